"""The compiled kernel, which does to a long list octet by octet what Python does value by value (docs/decisions/0030).

`deploy/setup/kernel.sh` builds it from the Rust files beside this one. Where it is not there, nothing is different but
the time that it takes: all that it refuses, and all without it, is parsed.
"""

import ctypes
import hashlib
from array import array
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from policies.transforms.spec import Keep, Redact

LIBRARY = Path(__file__).parent / "libkernel.so"
SHOWN, TAKEN, END = 0, 1, 2
"""Kinds of the pieces of a template; see `records.rs`."""
LONGEST_PIECE = 0xFFFF
"""Octets."""
DIGEST_BYTES = 16
"""Of a subject; no two of a billion subjects share a digest, but for a chance of about 1 in 10^21."""
_STATE_BYTES = 64
_LONGER = 5
"""Octets by which a value of two may become longer where nothing but stars is shown."""
_BEHIND_RECORD = "\x1e"
_LEFT, _KEPT, _REDACTED, _PUT = 0, 1, 2, 3
_UNKNOWN = -2
_ROOM, _OCTETS_EACH = 64, 8
"""Numbers for what is found in any text, and octets of UTF-32 for one more: a hit takes three of them."""
_OCTET, _NUMBER = array("B", (0,)), array("I", (0,))
"""Of which room is made for what the kernel writes: nothing is copied for that."""

type Numbers = tuple[int, int]
"""Where numbers lie, and how many."""
type Mask = tuple[int, int, int, int]
"""What `weave.rs` makes of the values of a group."""

LEAVE: Mask = (_LEFT, 0, 0, 0)
PUT: Mask = (_PUT, 0, 0, 0)


class Plan:
    """What the kernel is told of records that are written alike, and of what becomes of them."""

    __slots__ = ("group", "groups", "longer", "masks", "numbers", "pieces")

    def __init__(self, pieces: bytes, masks: Sequence[Mask], group: int | None) -> None:
        self.pieces = pieces
        """See `records.rs`."""
        self.masks = tuple(masks)
        """What becomes of the values of each group, one at least."""
        self.groups = len(self.masks)
        self.group = self.groups if group is None else group
        """That which says whom each record is about; none of them where none does."""
        self.numbers = _numbers_of(self.masks)
        self.longer = _longer_by(self.masks)


class Spans(msgspec.Struct, frozen=True):
    """Where the values of *groups* stand in each of *number* records."""

    number: int
    groups: int
    counts: "array[int]"
    """For each group, how many texts with something in them there are, and how many nulls; and what else was told."""
    both: "array[int]"
    """Begin and end in turns."""

    def of(self, group: int) -> "tuple[array[int], array[int]]":
        """Where the values of *group* begin, record by record, and where they end."""
        step = 2 * self.groups
        return self.both[2 * group :: step], self.both[2 * group + 1 :: step]


class Masked(msgspec.Struct, frozen=True):
    """What the kernel made of records that are written alike."""

    spans: Spans
    digests: bytes | None
    """Of those whom they are about, see `Kernel.digests`."""
    woven: bytes | None
    """What they become; None where Python must spell the values of some groups."""
    unknown: tuple[int, ...]
    """Of which the kernel did not know it, beside those that the plan leaves to Python."""


def _numbers_of(masks: Iterable[Mask]) -> "array[int]":
    return array("I", [number for mask in masks for number in mask])


def _longer_by(masks: Iterable[Mask]) -> int:
    """By how many octets a record becomes longer at most."""
    return sum(first + last + fill + _LONGER for _, first, last, fill in masks)


def mask_of(spec: Keep | Redact) -> Mask:
    """What the kernel is told to make of values by *spec*."""
    match spec:
        case Redact():
            return (_REDACTED, 0, 0, 0)
        case Keep(first, last, fill):
            return (_KEPT, first, last, 0 if fill is None else fill + 1)


def piece(kind: int, octets: bytes) -> bytes:
    """A piece of a template: *octets* that every record has, and what follows. At most `LONGEST_PIECE` of them."""
    return bytes((kind,)) + len(octets).to_bytes(2, "little") + octets


def _sources_beside(path: Path) -> bytes:
    """The digest of the sources beside *path*: of other ones, what a kernel does may be another thing as well."""
    sources = sorted(path.parent.glob("*.rs"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest().encode()


class Kernel:
    """Calls the library at *path*. Raises OSError where there is none, ValueError where other sources lie beside it."""

    def __init__(self, path: Path) -> None:
        library = ctypes.PyDLL(str(path))  # which keeps the interpreter's lock: a call takes microseconds
        library.kernel_sources.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
        built_of = ctypes.create_string_buffer(2 * hashlib.sha256().digest_size)
        if library.kernel_sources(built_of, len(built_of)) < 0 or built_of.raw != _sources_beside(path):
            raise ValueError(f"{path} was built of other sources: `make venv` builds it anew")
        self._masked, self._weave = library.kernel_masked, library.kernel_weave
        self._gather = library.kernel_gather
        self._holds = library.kernel_holds
        self._may_open = library.kernel_may_open
        self._identify = library.kernel_identify
        self._recur = library.kernel_recur
        self._keyed, self._digests = library.kernel_keyed, library.kernel_digests
        octets, numbers = (ctypes.c_char_p, ctypes.c_size_t), (ctypes.c_void_p, ctypes.c_size_t)
        self._masked.argtypes = octets * 3 + (ctypes.c_size_t,) + numbers * 5
        self._weave.argtypes = octets + numbers * 2 + octets + numbers * 2
        self._gather.argtypes = octets + numbers + octets + numbers
        self._holds.argtypes = octets * 2
        self._keyed.argtypes = octets + numbers
        self._digests.argtypes = octets * 2 + numbers + (ctypes.c_size_t, ctypes.c_size_t) + numbers
        self._may_open.argtypes = octets + numbers * 4
        self._identify.argtypes = (
            *(*octets, ctypes.c_uint64, ctypes.c_size_t, ctypes.c_size_t),
            *(ctypes.c_void_p, *numbers * 2),
        )
        self._automaton, self._forget = library.kernel_automaton, library.kernel_forget
        self._automaton.argtypes, self._automaton.restype = (*numbers * 4, ctypes.c_size_t), ctypes.c_void_p
        self._forget.argtypes, self._forget.restype = (ctypes.c_void_p,), None
        self._recur.argtypes = numbers * 4 + (ctypes.c_size_t, ctypes.c_size_t) + numbers
        for function in (
            *(self._masked, self._weave, self._gather, self._holds),
            *(self._keyed, self._digests, self._may_open, self._identify, self._recur),
        ):
            function.restype = ctypes.c_int64

    def masked(self, plan: Plan, records: bytes, most: int, state: bytes = b"") -> "Masked | None":
        """What becomes of *records*, which are not empty, by *plan*; *state* digests whom they are about.

        None where they are not all written alike, or more than *most*.
        """
        groups = plan.groups
        both, told = _NUMBER * (2 * groups * most), _NUMBER * (2 * groups + 2)
        masks, digests = plan.numbers[:], _OCTET * (DIGEST_BYTES * most)
        out = _OCTET * (len(records) + most * plan.longer)
        length = self._masked(
            plan.pieces,
            len(plan.pieces),
            records,
            len(records),
            state,
            len(state),
            plan.group,
            *both.buffer_info(),
            *told.buffer_info(),
            *masks.buffer_info(),
            *digests.buffer_info(),
            *out.buffer_info(),
        )
        if length < 0 and length != _UNKNOWN:
            return None
        number, are_digested = told[-2:]
        del both[2 * groups * number :]
        return Masked(
            Spans(number, groups, told, both),
            digests[: DIGEST_BYTES * number].tobytes() if are_digested else None,
            bytes(memoryview(out)[:length]) if length >= 0 else None,
            () if length >= 0 else tuple(_left_unknown(plan.masks, masks)),
        )

    def weave(
        self, records: bytes, spans: Spans, masks: Sequence[Mask], put: bytes, ends: Sequence[int]
    ) -> bytes | list[int] | None:
        """What *records* become: *masks* tells it of each group.

        *put* holds what is put in place of values, group by group, and *ends* where each ends in it. Numbers are the
        groups of which the kernel does not know what to make; None: these do not go together.
        """
        out = _OCTET * (len(records) + len(put) + spans.number * _longer_by(masks))
        told, behind = _numbers_of(masks), array("I", ends)
        length = self._weave(
            records,
            len(records),
            *spans.both.buffer_info(),
            *told.buffer_info(),
            put,
            len(put),
            *behind.buffer_info(),
            *out.buffer_info(),
        )
        if length >= 0:
            return bytes(memoryview(out)[:length])
        if length != _UNKNOWN:
            return None
        return _left_unknown(masks, told)

    def gather(self, records: bytes, spans: Spans, chosen: Collection[int]) -> list[str]:
        """The texts of the groups *chosen* in each record, each with a line break behind it; null is as good as ""."""
        flags = bytes(group in chosen for group in range(spans.groups))
        out = _OCTET * (len(records) + spans.number * (spans.groups + 1))
        length = self._gather(records, len(records), *spans.both.buffer_info(), flags, len(flags), *out.buffer_info())
        assert length >= 0
        return bytes(memoryview(out)[:length]).decode().split(_BEHIND_RECORD)[:-1]

    def keyed(self, key: bytes) -> bytes:
        """What digests under *key*, of 1 to 64 octets, begin with: as secret as the key."""
        state = _OCTET * _STATE_BYTES
        if self._keyed(key, len(key), *state.buffer_info()) < 0:
            raise ValueError("a digest key has 1 to 64 bytes")
        return state.tobytes()

    def digests(self, state: bytes, records: bytes, spans: Spans, group: int) -> bytes | None:
        """The digests of the values of *group*, `DIGEST_BYTES` each, under the key of *state*.

        None unless all are 18 ASCII letters and digits.
        """
        out = _OCTET * (DIGEST_BYTES * spans.number)
        of_records, places = (records, len(records)), spans.both.buffer_info()
        done = self._digests(state, len(state), *of_records, *places, spans.groups, group, *out.buffer_info())
        return out.tobytes() if done >= 0 else None

    def recur(
        self,
        projected: Numbers,
        gates: Numbers,
        candidates: Numbers,
        active: Numbers,
        size: int,
        count: int,
        hidden: Numbers,
    ) -> bool:
        """Write the states of a layer of *size* gated units to *hidden*: see `recur.rs`. False where it is refused.

        Each is where as many numbers of four octets lie in a row as stand behind it, those of *active* whole ones.
        """
        return bool(self._recur(*projected, *gates, *candidates, *active, size, count, *hidden) == 0)

    def holds_packed(self, text: bytes, values: bytes) -> bool | None:
        """False only where none of *values*, a line each, stands in anything that is packed in *text*.

        None where Python must ask: see `packed.rs`.
        """
        answer = self._holds(text, len(text), values, len(values))
        return None if answer < 0 else answer == 1

    def may_open(self, text: bytes, tables: Sequence[int]) -> bool | None:
        """False only where *text*, UTF-16 without a mark, opens nothing of what *tables* describe: see `gate.rs`.

        *tables*: where each lies and how long it is. None where Python must ask.
        """
        answer = self._may_open(text, len(text), *tables)
        return None if answer < 0 else answer == 1

    def automaton(
        self, code: "array[int]", sets: "array[int]", rows: "array[int]", read_as: "array[int]", most: int
    ) -> int | None:
        """What reads texts for several of *rows* at once, for `identify` with the same tables, until `forget`.

        None: nothing does. It learns from what it reads, *most* states, one thread at a time: see `automaton.rs`.
        """
        tables = (code, sets, rows, read_as)
        made: int | None = self._automaton(*(place for table in tables for place in table.buffer_info()), most)
        return made

    def forget(self, automaton: int) -> None:
        """Give *automaton* back: it is not used again."""
        self._forget(automaton)

    def identify(
        self, text: bytes, wanted: int, becomes: int, unpacks: bool, automaton: int | None, tables: "array[int]"
    ) -> "array[int] | None":
        """What the *wanted* rows of *tables* find in *text*, UTF-32 without a mark, as `Identified.write` writes it.

        None where Python must look: see `identify.rs`.
        """
        room = _ROOM + len(text) // _OCTETS_EACH
        while True:
            out = _NUMBER * room
            length = self._identify(
                text, len(text), wanted, becomes, unpacks, automaton, *tables.buffer_info(), *out.buffer_info()
            )
            if length <= room:
                return None if length < 0 else out
            room = length


def _left_unknown(masks: Sequence[Mask], told: "array[int]") -> list[int]:
    """The groups of which the kernel, told of *masks*, left word in *told* that it does not know what to make."""
    return [group for group, mask in enumerate(masks) if mask[0] != told[len(mask) * group]]


def _loaded() -> Kernel | None:
    try:
        return Kernel(LIBRARY)
    except (OSError, ValueError, AttributeError):
        return None


KERNEL = _loaded()
"""None where it was not built."""
