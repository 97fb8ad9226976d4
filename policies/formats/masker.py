"""What every masker promises, and what it keeps count of.

INVARIANT 1: a masker that cannot decode, parse or finish its body raises Withheld. Bytes it returned before are safe to
have been sent; the answer must then be cut, never ended.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Protocol

from policies.digest import Digester
from policies.formats.prose import Prose
from policies.formats.withheld import Withheld as Withheld
from policies.transforms.columns import Together
from policies.transforms.make import hidden_number
from policies.transforms.spec import Spec


class Kind(Enum):
    """What a masker does with a value."""

    SHOW = "show"
    MASK = "mask"
    SCAN = "scan"
    DROP = "drop"
    BLOCK = "block"
    """Whatever holds a value of it is withheld as a whole."""


VALUE_BLOCKED = "value_blocked"
LEFT_OUT = "record_left_out"
"""For a body that would show a record which is left out for the caller, and cannot be sent without it."""
HIDDEN_KEY = "hidden_key_repeated"
"""For a body in which a name, and no value, is a key that the caller has asked by and may not see."""
TOO_MANY_SUBJECTS = "too_many_subjects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What becomes of the values of one declared field, for one view."""

    field: int
    """Index of the field in its program; 0 stands for everything undeclared."""
    kind: Kind
    apply: Callable[[str], str] = str
    """For MASK: the value's mask. A mask of a mask is the same mask."""
    together: Together | None = None
    """What does the same as an `apply` to many values at once: of this one, or it says nothing."""
    number: Callable[[float], float | None] = hidden_number
    """For MASK: what becomes of a number in JSON; None for null."""
    stays: bool = False
    """For DROP: whether JSON keeps the key, with null."""
    apply_for: Callable[[str, str], str] | None = None
    """Where the mask depends on whom the record is about: from value and canonical subject to it. `apply` is then what
    becomes of values of nobody knows whom."""
    personal: bool = True
    """Whether the field holds personal data; values of others are not counted."""
    followed: bool = True
    """Whether what it hides in a page is hidden wherever else it stands in the page."""
    restore: bool = False
    """Whether a form must carry the true value, sealed, so that saving it unchanged changes nothing."""
    makes: Callable[[str], bool] | None = None
    """Whether a value could be one that it makes; None for masks that everybody can tell from a true value."""
    stored: bool = False
    """Whether the system stores it encrypted: it holds texts alone, and null is no mask of one."""
    prose: int = 0
    """For SCAN: from how many characters on a tagger looks for names and addresses besides; 0: it never does."""
    opens: Callable[[str], str] | None = None
    """What a token that it made stands for, where the caller sends it back; raises BadToken."""

    def each_masked(self, values: Sequence[str]) -> list[str]:
        """What `apply` makes of each of *values*, in order."""
        if self.together is None or self.together.apply is not self.apply:
            return list(map(self.apply, values))
        return self.together.each(values)

    @property
    def spec(self) -> Spec | None:
        """What `apply` does to a value, where nothing else is done to it."""
        return self.together.spec if self.together is not None and self.together.apply is self.apply else None

    def masked(self, value: str, subject: str) -> str:
        """The mask of *value* in a record of the canonical *subject*, "" where nobody knows whose it is."""
        return self.apply(value) if self.apply_for is None or not subject else self.apply_for(value, subject)


def _goes_on() -> None:
    """Nobody else waits."""


@dataclass(slots=True)
class Tally:
    """What a masker has put into its output since it was last asked."""

    digester: Digester
    fields: dict[int, int] = field(default_factory=partial(defaultdict, int))
    """How many values of each field index, personal fields only."""
    found: dict[str, int] = field(default_factory=partial(defaultdict, int))
    """How many values recognisers found and masked in free text, by category and why: see `found.found_as`."""
    paths: dict[str, int] = field(default_factory=partial(defaultdict, int))
    """How many values stood at each path of a body of which nothing is declared."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Digests of the subjects, in order of appearance, with those of the epoch before while both are written."""
    unnamed: dict[str, str] = field(default_factory=dict)
    """The same of people who are shown and not named, by digests of what is shown of them: to be counted, and never
    recorded as subjects."""
    unopened: dict[int, set[int]] = field(default_factory=partial(defaultdict, set))
    """Hashes of stored values that did not open, by field index: a body may be read more than once."""
    prose: Prose = field(default_factory=Prose, compare=False)
    """What of the running text of this body has been read, and how much more of it may be."""
    gives_way: Callable[[], None] = field(default=_goes_on, compare=False, repr=False)
    """Called between parts of a long body: others may have their turn meanwhile."""
    takes_time: bool = field(default=False, compare=False)
    """Whether the body may take its time, as it may in a process of its own: a text is then read as on a desk."""
    left_out: int = 0
    """How many records are left out, which the caller may not see."""
    has_unreadable: bool = False
    """Whether the output says something about a subject that is named in a way that nobody can read."""
    has_nameless: bool = False
    """Whether the output shows personal values in a record whose declared subject is missing, or names nobody."""

    def apart(self) -> "Tally":
        """A tally of nothing yet, for a part of the same body that is counted by itself."""
        return Tally(self.digester, prose=self.prose, gives_way=self.gives_way)

    def count(self, action: Action) -> None:
        """Note one value treated by *action*."""
        if action.personal:
            self.fields[action.field] += 1

    def count_found(self, told: Iterable[str]) -> None:
        """Note that what is *told* was found and hidden."""
        for each in told:
            self.found[each] += 1

    def note_subject(self, identifier: str) -> bool:
        """Note that the output says something about the subject known by *identifier*. Returns whether it names one."""
        if identifier:
            self.digester.note((identifier,), self.subjects)
        return names_somebody(identifier)

    def add(self, other: "Tally") -> None:
        """Count what *other* counted as well."""
        for index, number in other.fields.items():
            self.fields[index] += number
        for told, number in other.found.items():
            self.found[told] += number
        for path, number in other.paths.items():
            self.paths[path] += number
        if self.subjects:
            self.subjects.update(other.subjects)
        else:
            self.subjects = other.subjects.copy()
        self.unnamed.update(other.unnamed)
        for index, hashes in other.unopened.items():
            self.unopened[index] |= hashes
        self.left_out += other.left_out
        self.has_unreadable |= other.has_unreadable
        self.has_nameless |= other.has_nameless

    def take(self) -> "Tally":
        """What was counted so far; counting starts again from nothing."""
        taken = replace(self)
        self.fields, self.found, self.paths = defaultdict(int), defaultdict(int), defaultdict(int)
        self.subjects, self.unnamed, self.unopened = {}, {}, defaultdict(set)
        self.left_out, self.has_unreadable, self.has_nameless = 0, False, False
        return taken


def names_somebody(identifier: str) -> bool:
    """Whether there is a letter or a digit in *identifier*: else each of many people could be called so."""
    return identifier.isalnum() or any(map(str.isalnum, identifier))


class Masker(Protocol):
    """Masks one body. Any split of the input into chunks gives the same output, joined."""

    tally: Tally

    def feed(self, data: bytes) -> list[bytes]:
        """What may be sent on now. Never an empty `bytes`. Raises Withheld; then it must not be used again."""

    def close(self) -> list[bytes]:
        """The rest, after the last byte of input. Raises Withheld where the body is not whole."""


def masked_whole(masker: Masker, body: bytes) -> bytes:
    """All of *body*, masked by a *masker* that was fed nothing yet. Raises Withheld."""
    return b"".join([*masker.feed(body), *masker.close()])
