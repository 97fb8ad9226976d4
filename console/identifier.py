"""What one person is known by, as somebody types it: read, made canonical, and given back to nobody."""

from dataclasses import dataclass, field

from console.forms import Mistyped, Typed
from siem.trace.opened import BadSample
from siem.trace.sample import read_sample

LONGEST = 64


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number by which one person is known."""

    text: str = field(repr=False)
    """In canonical form."""
    kind: str
    """The category, as `resident_id`, or `other`."""
    is_misspelled: bool = False
    """Whether it is a resident ID but for its check digit, and so most likely nobody's."""


def identifier_in(form: Typed, name: str = "identifier") -> Identifier:
    """The one in the field *name* of *form*. Raises Mistyped, which repeats nothing of it."""
    typed = form.needed(name, most=LONGEST)
    quoted = typed.replace('"', '""')
    try:
        sample = read_sample(f'identifier\n"{quoted}"\n'.encode(), "identifier")
    except (BadSample, UnicodeEncodeError):
        raise Mistyped(
            name,
            "请填写完整的证件号码、手机号或系统中的编号；打了星号的查不了",
            "a whole number is needed: nobody is found by one that is masked",
        ) from None
    if len(sample.identifiers) != 1:
        raise Mistyped(name, "一次只查一个人", "one person at a time")
    return Identifier(sample.identifiers[0], next(iter(sample.counts())), sample.misspelled > 0)
