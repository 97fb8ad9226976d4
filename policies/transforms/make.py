"""Builds the functions that transform values, and those that recognise their results coming back.

Properties all of them share: an empty value stays empty; a mask of a mask is the same mask; a value is read as code
points, never as bytes.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import assert_never

from policies.transforms.dates import date_part, is_date_part, shifter, whole_date
from policies.transforms.divisions import area, area_number
from policies.transforms.fpe import fpe
from policies.transforms.generalise import age_band, age_floor, amount_band, amount_floor, grid, grid_number
from policies.transforms.keyed import (
    DIGEST_ALPHABET,
    DIGEST_CHARS,
    SIGN_ALPHABET,
    FieldKeys,
    SubjectTransform,
    digester,
    number_of,
    surrogate,
)
from policies.transforms.positions import REDACTED as REDACTED
from policies.transforms.positions import seen, starred, stars_of
from policies.transforms.sealed import TOKEN, shown_tokens
from policies.transforms.spec import (
    AgeBand,
    AmountBand,
    Area,
    Block,
    Cover,
    CoverAfter,
    CoverBefore,
    CoverRange,
    DatePart,
    Dictionary,
    Digest,
    Drop,
    Encrypt,
    Fpe,
    Grid,
    Keep,
    KeepRange,
    Null,
    Pseudonym,
    Redact,
    Replace,
    Scan,
    Shift,
    Show,
    Spec,
    Token,
    needs_subject,
)

type Transform = Callable[[str], str]
type NumberTransform = Callable[[float], float | None]
type Recogniser = Callable[[str], bool]


def transform_of(spec: Spec, keys: FieldKeys) -> Transform:
    """The function from a value to what *spec* makes of it. *keys* are for the transforms that need one.

    `Scan`, `Null`, `Drop` and `Block` are the masker's work, which acts on more than a value: asking for them is a
    programming error.
    Where *spec* goes by whom the record is about (`needs_subject`) and nobody has said it, a value becomes `***`.
    """
    match spec:
        case Show():
            return _as_it_is
        case Redact():
            return lambda value: REDACTED if value else value
        case Replace(text):
            return lambda value: text if value else value
        case Keep() | KeepRange() | Cover() | CoverRange() | CoverBefore() | CoverAfter():
            return starred(spec)
        case DatePart(to):
            return lambda value: date_part(value, to)
        case AgeBand() | AmountBand() | Grid() | Area():
            return _coarser(spec)
        case Digest(hash):
            return digester(keys, hash)
        case Fpe():
            return fpe(spec, keys)
        case Token() | Encrypt():
            # Without keys nothing could open it again.
            return shown_tokens(spec, keys).make if keys.data is not None else transform_of(Redact(), keys)
        case Pseudonym() | Dictionary() if not needs_subject(spec):
            of = surrogate(spec, keys)
            return lambda value: of(value, "")
        case Shift() | Pseudonym() | Dictionary():
            return transform_of(Redact(), keys)
        case Scan() | Null() | Drop() | Block():
            raise ValueError("free text, nulls, dropped fields and blocked answers are the masker's work")
        case _:
            assert_never(spec)


def number_transform_of(spec: Spec) -> NumberTransform:
    """The function from a number of JSON to the number that stands for its band; None where *spec* hides numbers.

    What is coarser keeps its type: the age 37 becomes 30. No other transform has an honest number for another.
    """
    match spec:
        case AgeBand():
            return age_floor(spec)
        case AmountBand():
            return amount_floor(spec)
        case Grid():
            return grid_number(spec)
        case Area(to):
            return area_number(to)
        case _:
            return hidden_number


def hidden_number(number: float) -> None:
    """What becomes of a number for which no other one can stand."""


def opener_of(spec: Spec, keys: FieldKeys) -> Transform | None:
    """The function from what *spec* makes of a value to the value, which raises BadToken; None where there is none.

    It is for who was shown the token and sends it back. What is no token by its look it leaves as it is.
    """
    if not isinstance(spec, Token | Encrypt) or keys.data is None:
        return None
    tokens = shown_tokens(spec, keys)
    return lambda value: tokens.open(value) if TOKEN.fullmatch(value) else value


def subject_transform_of(spec: Spec, keys: FieldKeys) -> SubjectTransform:
    """The function from a value and whom its record is about to what *spec* makes of it; see `needs_subject`.

    The subject is in canonical form (`policies.digest.canonical`); an empty one stands for nobody. Any *spec* may be
    asked for that `transform_of` makes: those that do not go by the subject make the same of every one.
    """
    match spec:
        case Shift(days):
            key = keys.of_system("shift")
            return shifter(days, lambda subject: number_of(key, subject))
        case Pseudonym() | Dictionary() if needs_subject(spec):
            of = surrogate(spec, keys)
            hidden = transform_of(Redact(), keys)
            return lambda value, subject: of(value, subject) if subject else hidden(value)
        case _:
            plain = transform_of(spec, keys)
            return lambda value, subject: plain(value)


def could_have_made(spec: Spec) -> Recogniser:
    """A test for values that *spec* could have made of some other value.

    DESIGN decision 4: such a value, coming back in a request, must never reach the system that holds the true one.
    What some transforms make looks like a true value (`looks_true`): of those, only who is shown it can mean it.
    """
    match spec:
        case Show() | Null() | Drop() | Block():
            return lambda value: False
        case Redact() | Scan():
            return lambda value: REDACTED in value
        case Replace(text):
            texts = {text.strip(), unicodedata.normalize("NFKC", text).strip()}
            return lambda value: value.strip() in texts
        case Keep() | KeepRange() | Cover() | CoverRange() | CoverBefore() | CoverAfter():
            shape = re.compile(rf"{stars_of(spec)}|\*+", re.DOTALL)
            return lambda value: any(shape.fullmatch(text) for text in (value, value.strip(), seen(value)))
        case DatePart(to):
            return lambda value: REDACTED in value or is_date_part(value, to)
        case AgeBand() | AmountBand() | Grid() | Area():
            band = _coarser(spec)
            return lambda value: REDACTED in value or (bool(value.strip()) and band(value) == value.strip())
        case Digest():
            return lambda value: len(value) == DIGEST_CHARS and not set(value) - set(DIGEST_ALPHABET)
        case Token() | Encrypt():
            return lambda value: REDACTED in value or TOKEN.fullmatch(value) is not None
        case Pseudonym(prefix, chars, _):
            sign = re.compile(rf"\s*{re.escape(prefix)}-[{SIGN_ALPHABET}]{{{chars}}}\s*")
            return lambda value: REDACTED in value or sign.fullmatch(value) is not None
        case Dictionary(words, then, _):
            made = {first + second for first in words for second in then or ("",)}
            made |= {unicodedata.normalize("NFKC", each) for each in made}
            return lambda value: REDACTED in value or value.strip() in made
        case Fpe():
            other = fpe(spec, FieldKeys(bytes(32), "", ""))  # what it makes something of, it could have made
            return lambda value: REDACTED in value or (bool(value.strip()) and other(value) != REDACTED)
        case Shift():
            return lambda value: REDACTED in value or whole_date(value) is not None
        case _:
            assert_never(spec)


def _coarser(spec: AgeBand | AmountBand | Grid | Area) -> Transform:
    match spec:
        case AgeBand():
            return age_band(spec)
        case AmountBand():
            return amount_band(spec)
        case Grid():
            return grid(spec)
        case Area(to):
            return area(to)


def _as_it_is(value: str) -> str:
    return value
