"""Values encrypted into values of the same form, so that programs which check the form go on working.

One value has one result, under one version of the key, and whoever holds the key can undo it. The form has no room for
a key's id: the version stands in the policy, and raising it is the rotation. What is shown was never stored, so nothing
has to be made anew.
"""

import unicodedata
from collections.abc import Callable
from datetime import date

from policies.recognisers.checksums import is_resident_id, resident_id_check_digit
from policies.transforms.ff1 import Ff1
from policies.transforms.keyed import FieldKeys
from policies.transforms.positions import REDACTED
from policies.transforms.spec import Fpe, Shape

type Function = Callable[[str], str]

ALPHABETS = {
    "digits": "0123456789",
    "lower": "abcdefghijklmnopqrstuvwxyz",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "alphanumeric": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
}
"""By name; any other alphabet is declared by its letters."""
_FIRST_DAY, _DAYS = date(1900, 1, 1).toordinal(), date(2100, 1, 1).toordinal() - date(1900, 1, 1).toordinal()
_SEQUENCES = 1000


def fpe(spec: Fpe, keys: FieldKeys, *, back: bool = False) -> Function:
    """The function from a value to the one that *spec* makes of it, or *back*.

    What does not have the form, or has less than a million possibilities, becomes `***`. An empty value stays empty.
    """
    cipher = Ff1(keys.of_category("fpe", spec.shape, str(spec.version)), len(letters_of(spec)))
    crypt = cipher.decrypt if back else cipher.encrypt
    apply = _resident_id(spec, cipher, crypt) if spec.shape is Shape.RESIDENT_ID else _letters(spec, cipher, crypt)

    def transform(value: str) -> str:
        text = unicodedata.normalize("NFKC", value).strip()
        return (apply(text) or REDACTED) if text else value

    return transform


def letters_of(spec: Fpe) -> str:
    """The letters that *spec* encrypts."""
    return ALPHABETS.get(spec.alphabet, spec.alphabet)


def _letters(spec: Fpe, cipher: Ff1, crypt: Callable[..., list[int]]) -> Callable[[str], str | None]:
    letters, separators = letters_of(spec), frozenset(spec.separators)
    numeral = {letter: number for number, letter in enumerate(letters)}

    def apply(text: str) -> str | None:
        end = len(text) - spec.last
        places = [place for place in range(spec.first, end) if text[place] not in separators]
        try:
            numerals = [numeral[text[place]] for place in places]
        except KeyError:
            return None
        if end < spec.first or not cipher.fits(len(numerals)):
            return None
        # Kept ends are the tweak: values that differ there are encrypted each in its own way.
        tweak = f"{text[: spec.first]}\0{text[end:]}".encode("utf-8", "surrogatepass")
        made = list(text)
        for place, number in zip(places, crypt(numerals, tweak), strict=True):
            made[place] = letters[number]
        return "".join(made)

    return apply


def _resident_id(spec: Fpe, cipher: Ff1, crypt: Callable[..., list[int]]) -> Callable[[str], str | None]:
    """A resident ID number to another one that is valid: a day that there is, and the right check digit.

    Days and sequences, and regions where they are not kept, are counted through, and the count is encrypted. A result
    beyond the last is encrypted again until it is none ("cycle walking"): that stays one to one.
    """
    count = _DAYS * _SEQUENCES * 10 ** (6 - spec.first)
    width = len(str(count - 1))

    def apply(text: str) -> str | None:
        number = _rank(text.upper(), spec.first)
        if number is None:
            return None
        tweak = text[: spec.first].encode()
        while True:
            number = int("".join(map(str, crypt([*map(int, f"{number:0{width}}")], tweak))))
            if number < count:
                break
        rest, sequence = divmod(number, _SEQUENCES)
        region, day = divmod(rest, _DAYS)
        where = text[:6] if spec.first else f"{region:06}"
        body = f"{where}{date.fromordinal(_FIRST_DAY + day):%Y%m%d}{sequence:03}"
        return body + resident_id_check_digit(body)

    return apply


def _rank(text: str, first: int) -> int | None:
    """The number of a valid ID number among all, or among all that begin as it does."""
    if not is_resident_id(text):
        return None
    day = date(int(text[6:10]), int(text[10:12]), int(text[12:14])).toordinal() - _FIRST_DAY
    if not 0 <= day < _DAYS:
        return None
    region = 0 if first else int(text[:6])
    return (region * _DAYS + day) * _SEQUENCES + int(text[14:17])
