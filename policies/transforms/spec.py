"""The transforms an officer can name: what a value becomes. Data only; `make.py` builds what runs."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec


class Form(StrEnum):
    """What a transformed value still says about the person, least first."""

    NONE = "none"
    """Nothing but that there was a value."""
    MASKED = "masked"
    PSEUDONYMOUS = "pseudonymous"
    """Which person, but only to who already knows."""
    CLEAR = "clear"


FORM_ORDER = tuple(Form)


class Of(StrEnum):
    """What a surrogate is consistent for."""

    VALUE = "value"
    SUBJECT = "subject"
    """The person whom the record is about, whatever the value."""


class Show(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="show"):
    """The value as it is."""


class Scan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="scan"):
    """Free text with everything masked that a recogniser finds. What none finds is shown."""

    prose: bool = False
    """Whether a tagger looks for names and addresses that no word gives away however short the text is: in a long one
    it does so anyhow."""


class Redact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="redact"):
    """Three stars, whatever the value."""


class Null(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="null"):
    """JSON's null; where the format has none, an empty value."""


class Replace(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="replace"):
    """A fixed text."""

    text: str


class Keep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="keep"):
    """The first and last characters, stars between. A value too short to hide anything becomes all stars."""

    first: int = 0
    last: int = 0
    fill: int | None = None
    """How many stars stand between, at least `make.least_hidden`; None: as many as characters were hidden."""


class KeepRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="keep-range"):
    """The characters from one place to another, counted from 1, stars in place of all others."""

    start: int
    end: int


class Cover(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cover"):
    """Stars in place of the first and last characters; what stands between is shown."""

    first: int = 0
    last: int = 0


class CoverRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cover-range"):
    """Stars in place of the characters from one place to another, counted from 1; the others are shown."""

    start: int
    end: int


class CoverBefore(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cover-before"):
    """Stars in place of what stands before the first *mark*; it and what follows are shown."""

    mark: str


class CoverAfter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cover-after"):
    """Stars in place of what stands after the first *mark*; it and what precedes are shown."""

    mark: str


class Part(StrEnum):
    """How much of a date is shown."""

    MONTH = "month"
    YEAR = "year"
    DECADE = "decade"


class DatePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="date"):
    """A date without its finer parts, in the way in which it was written. What is no date becomes three stars."""

    to: Part


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="shift"):
    """A date moved by up to so many days either way: all dates of one subject by the same, so that spans stay true."""

    days: int


class AgeBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="age"):
    """The band of an age, or of a birth date: bands of so many years, or those that begin at the ages *at*."""

    every: int = 0
    at: tuple[int, ...] = ()
    on: str = ""
    """The day, as 2026-07-01, on which a birth date is an age. Without one a birth date becomes a band of years."""


class AmountBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="amount"):
    """The band of an amount: bands of so much, or those that begin at the amounts *at*."""

    every: int = 0
    at: tuple[int, ...] = ()


class Grid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="grid"):
    """A latitude, a longitude or a pair of them, to the nearest of points that lie so many degrees apart."""

    every: str
    """A decimal fraction: `0.01` is about a kilometre."""


class Reach(StrEnum):
    """How much of an address is shown."""

    PROVINCE = "province"
    CITY = "city"
    """The prefecture."""
    DISTRICT = "district"
    """The county, the district, the city of a county's rank."""


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="area"):
    """An address, or the code of a division, without its finer parts. Source: GB/T 2260."""

    to: Reach


class Hash(StrEnum):
    """What a digest is made with."""

    SHA256 = "sha256"
    SM3 = "sm3"
    """Source: GB/T 32905-2016."""


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="digest"):
    """A keyed digest: the same for the same value, system and category."""

    hash: Hash = Hash.SHA256


class Shape(StrEnum):
    """What a value is, whose form is kept."""

    LETTERS = "letters"
    """Letters of an alphabet."""
    RESIDENT_ID = "resident-id"
    """A resident ID number: the result has a day that there is and the right check digit."""


class Fpe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="fpe"):
    """The value encrypted into another one of its form. Source: NIST SP 800-38G, FF1."""

    alphabet: str = "digits"
    """The name of one in `fpe.ALPHABETS`, or its letters."""
    first: int = 0
    """How many characters at the beginning are kept as they are."""
    last: int = 0
    separators: str = ""
    """Characters that stay where they stand."""
    shape: Shape = Shape.LETTERS
    version: int = 1
    """Which key: raising it is the rotation."""


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="token"):
    """A token that can be opened again, one for one value: AES-SIV. Source: RFC 5297."""


class EncryptWith(StrEnum):
    """Which cipher."""

    AES = "aes"
    SM4 = "sm4"


class Encrypt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="encrypt"):
    """A token that can be opened again, another one each time: AES-256-GCM or SM4-GCM."""

    cipher: EncryptWith


class Pseudonym(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="pseudonym"):
    """A made-up sign such as `人员-7F3K2M9A`: the same for the same value or for the same subject."""

    prefix: str = "人员"
    chars: int = 8
    by: Of = Of.VALUE


class Dictionary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="dictionary"):
    """One of *words*, and one of *then* after it: the same for the same value or for the same subject."""

    words: tuple[str, ...]
    then: tuple[str, ...] = ()
    by: Of = Of.VALUE


class Drop(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="drop"):
    """The field is left out; where the format cannot leave it out, it is empty."""


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="block"):
    """An answer that holds a value is withheld as a whole."""


type Positions = Keep | KeepRange | Cover | CoverRange | CoverBefore | CoverAfter
"""Stars in place of some characters, told by where they stand."""
type Coarser = DatePart | AgeBand | AmountBand | Grid | Area
"""What a value is among others like it."""
type Surrogate = Digest | Pseudonym | Dictionary | Fpe
type Reversible = Token | Encrypt
"""What is opened again where it comes back from who was shown it."""
type Spec = Show | Scan | Redact | Null | Replace | Positions | Coarser | Shift | Surrogate | Reversible | Drop | Block


def needs_subject(spec: Spec) -> bool:
    """Whether what *spec* makes of a value depends on whom the record is about."""
    match spec:
        case Shift():
            return True
        case Pseudonym() | Dictionary():
            return spec.by is Of.SUBJECT
        case _:
            return False


def looks_true(spec: Spec) -> bool:
    """Whether what *spec* makes of a value looks like a true one, so that its look alone does not give it away."""
    return isinstance(spec, Shift | Dictionary | Fpe | Grid | Area)


def shows_more(one: Form, other: Form) -> bool:
    """Whether a value in the form *one* says more of the person than in the form *other*."""
    return FORM_ORDER.index(one) > FORM_ORDER.index(other)


def form_of(spec: Spec) -> Form:
    """What a value transformed by *spec* still says."""
    match spec:
        case Show():
            return Form.CLEAR
        case Digest() | Pseudonym() | Dictionary() | Fpe() | Token():
            return Form.PSEUDONYMOUS
        case Keep() | KeepRange() | Cover() | CoverRange() | CoverBefore() | CoverAfter():
            return Form.MASKED
        case DatePart() | AgeBand() | AmountBand() | Grid() | Area() | Shift() | Scan():
            return Form.MASKED
        case Redact() | Null() | Replace() | Drop() | Block() | Encrypt():
            return Form.NONE


def name_of(spec: Spec, transforms: Mapping[str, Spec] = MappingProxyType({})) -> str:
    """How records and explanations call *spec*: `keep 3..4`, `cover-before @`, `date year`, `redact`.

    Where it is one of *transforms*, that name stands before it: `last-four: keep 0..4`.
    """
    for name, named in transforms.items():
        if named == spec:
            return f"{name}: {name_of(spec)}"
    match spec:
        case Keep(first, last, _):
            return f"keep {first}..{last}"
        case Cover(first, last):
            return f"cover {first}..{last}"
        case KeepRange(start, end):
            return f"keep-range {start}-{end}"
        case CoverRange(start, end):
            return f"cover-range {start}-{end}"
        case CoverBefore(mark):
            return f"cover-before {mark}"
        case CoverAfter(mark):
            return f"cover-after {mark}"
        case DatePart(to):
            return f"date {to}"
        case AgeBand(every, at) | AmountBand(every, at):
            tag = type(spec).__struct_config__.tag
            on = f" on {spec.on}" if isinstance(spec, AgeBand) and spec.on else ""
            return (f"{tag} every {every}" if every else f"{tag} at {','.join(map(str, at))}") + on
        case Grid(every):
            return f"grid {every}"
        case Area(to):
            return f"area {to}"
        case Digest(Hash.SM3):
            return "digest sm3"
        case Encrypt(cipher):
            return f"encrypt {cipher}"
        case Fpe():
            return _fpe_name(spec)
        case Shift(days):
            return f"shift {days}"
        case Pseudonym() | Dictionary():
            chars = f" {spec.chars}" if isinstance(spec, Pseudonym) and spec.chars != Pseudonym().chars else ""
            return f"{type(spec).__struct_config__.tag}{chars}" + (" by subject" if needs_subject(spec) else "")
        case _:
            return str(type(spec).__struct_config__.tag)


def _fpe_name(spec: Fpe) -> str:
    parts = [f"{spec.first}..{spec.last}"] if spec.first or spec.last else []
    if spec.shape is not Shape.LETTERS:
        parts.append(spec.shape)
    elif spec.alphabet != Fpe().alphabet:
        parts.append(spec.alphabet)
    if spec.version != Fpe().version:
        parts.append(f"version {spec.version}")
    return " ".join(["fpe", *parts])
