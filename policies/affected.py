"""Who is affected by the incidents that the public was told of: one small signed table, and a file of digests for each.

The file of an incident holds records of one length, sorted: a digest, and whether anything of that person was shown in
clear. The table holds a hash for every few thousand of them, so whoever looks one person up reads and checks a few
kilobytes, exactly, however many persons there are.

INVARIANT: what is altered, missing or out of date tells nothing of anybody, and never that somebody is not affected.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from pathlib import Path
from typing import IO, Annotated

import msgspec

from policies.digest import DIGEST_BYTES
from policies.keys.key_files import Signer, Verifier
from policies.signed_table import SignedTable

RECORD_BYTES = DIGEST_BYTES + 1
MOST_IN_PART = 4_096
LARGEST_TABLE = 16 * 1024 * 1024
"""Bytes: some forty thousand for each million persons."""
LONGEST_TITLE = 512
_CLEAR, _MASKED = b"\x01", b"\x00"

type _Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TITLE)]
type _Moment = Annotated[datetime, msgspec.Meta(tz=True)]
type Marked = tuple[str, bool]
"""A digest, and whether anything of that person was shown in clear."""


class NotKnown(Exception):
    """Whether somebody is affected cannot be told from what was published."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some records of a file, one after the other, of one epoch."""

    epoch: Annotated[str, msgspec.Meta(min_length=1, max_length=16)]
    first: Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{2 * DIGEST_BYTES}}}$")]
    """The first of its digests, in hex."""
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_IN_PART)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    """Of the bytes of its records, in hex."""


class Incident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One incident that was told."""

    notice: Annotated[str, msgspec.Meta(pattern=r"^(N-\d{8}-\d{3,})?$", max_length=32)] = ""
    """The number of its public notice; empty where only the persons were told."""
    title_zh: _Text = ""
    title_en: _Text = ""
    """As the notice has it; empty with it."""
    is_counted: bool
    """Whether the persons are known at all."""
    is_whole: bool
    """Whether all were counted whom the log holds: else nobody can be told that they are not among them."""
    has_unattributed: bool = False
    """Whether values were shown of which the log does not say whose they are."""
    has_other_numbers: bool = False
    """Whether records were shown that name whom they are about by another number than a resident ID."""
    file: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9-]{0,99}\.digests)?$")] = ""
    """The name of the file of its digests; empty where they are not known."""
    parts: tuple[Part, ...] = ()


class AffectedTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All incidents that were told, the newest first. `generation` grows with every publication."""

    generation: Annotated[int, msgspec.Meta(ge=0)] = 0
    until: _Moment
    """From then on it says nothing: whoever publishes it renews it long before."""
    site: _Text = ""
    """Where the notices are, without a slash at the end."""
    phone: _Text = ""
    """Of who answers questions beside the hotline."""
    incidents: tuple[Incident, ...] = ()


_SIGNED = SignedTable(AffectedTable, "affected", "yingbi affected 1", "incidents", LARGEST_TABLE)


def write_affected(table: AffectedTable, signer: Signer) -> bytes:
    """The signed bytes of *table*. Raises ValueError where they are more than workers read."""
    data = _SIGNED.write(table, signer)
    if len(data) > LARGEST_TABLE:
        raise ValueError(f"the table of incidents has more than {LARGEST_TABLE} bytes")
    return data


def read_affected(data: bytes, verifier: Verifier) -> AffectedTable:
    """The table in *data*. Raises BadSignature, or ValueError where it is none."""
    return _SIGNED.read(data, verifier)


@dataclass(frozen=True, slots=True)
class Written:
    """What a file of digests came to."""

    parts: tuple[Part, ...]
    persons_hash: str
    """SHA-256 over the sorted digests, each on a line, in hex: as the scope of a case has it."""


def write_digests(file: IO[bytes], persons: Iterable[Marked]) -> Written:
    """Write *persons*, who come sorted by digest and each once, into *file*. Raises ValueError where they do not."""
    whole, parts = hashlib.sha256(), []
    separator = b""
    for epoch, each in groupby(_in_order(persons), key=lambda marked: marked[0].partition(":")[0]):
        for some in batched(each, MOST_IN_PART):
            records = []
            for digest, is_clear in some:
                whole.update(separator + digest.encode())
                separator = b"\n"
                records.append(_octets(digest) + (_CLEAR if is_clear else _MASKED))
            data = b"".join(records)
            file.write(data)
            first, sha256 = data[:DIGEST_BYTES].hex(), hashlib.sha256(data).hexdigest()
            parts.append(Part(epoch=epoch, first=first, count=len(records), sha256=sha256))
    return Written(tuple(parts), whole.hexdigest())


def digests_are_whole(path: Path, parts: Iterable[Part], *, by_size: bool = False) -> bool:
    """Whether the file at *path* holds the records of *parts* and nothing else; with *by_size*, as many."""
    each = tuple(parts)
    try:
        if path.stat().st_size != sum(part.count for part in each) * RECORD_BYTES:
            return False
        if not by_size:
            start = 0
            for part in each:
                _read(path, start, part)
                start += part.count * RECORD_BYTES
    except (OSError, NotKnown):
        return False
    return True


def shown_of(folder: Path, incident: Incident, digests: Sequence[str]) -> bool | None:
    """Whether anything of the person whom *digests* name, by any epoch, was shown in clear, or masked only; None where
    they are not among those affected. Raises NotKnown.
    """
    if not incident.is_counted:
        raise NotKnown("nobody was counted")
    found = [marked for digest in digests if (marked := _looked_up(folder, incident, digest)) is not None]
    if found:
        return any(found)
    if not incident.is_whole:
        raise NotKnown("not everybody was counted")
    if {part.epoch for part in incident.parts} - {digest.partition(":")[0] for digest in digests}:
        raise NotKnown("some were recorded under a key that nobody has looked by")
    return None


def _looked_up(folder: Path, incident: Incident, digest: str) -> bool | None:
    epoch, _, spelled = digest.partition(":")
    start, found = 0, None
    for part in incident.parts:
        if part.epoch == epoch and part.first <= spelled:
            found = start, part
        start += part.count * RECORD_BYTES
    if found is None:
        return None
    return _in_part(_read(folder / incident.file, *found), _octets(digest))


def _read(path: Path, start: int, part: Part) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(part.count * RECORD_BYTES)
    except OSError:
        raise NotKnown("the digests cannot be read") from None
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise NotKnown("the digests are not those that were published")
    return data


def _in_part(data: bytes, wanted: bytes) -> bool | None:
    low, high = 0, len(data) // RECORD_BYTES
    while low < high:
        middle = (low + high) // 2
        at = middle * RECORD_BYTES
        if (here := data[at : at + DIGEST_BYTES]) == wanted:
            return data[at + DIGEST_BYTES : at + RECORD_BYTES] == _CLEAR
        low, high = (middle + 1, high) if here < wanted else (low, middle)
    return None


def _in_order(persons: Iterable[Marked]) -> Iterator[Marked]:
    before = ""
    for digest, is_clear in persons:
        if digest <= before:
            raise ValueError("digests are written sorted, and each once")
        before = digest
        yield digest, is_clear


def _octets(digest: str) -> bytes:
    octets = bytes.fromhex(digest.partition(":")[2])
    if len(octets) != DIGEST_BYTES:
        raise ValueError("not a digest of a subject")
    return octets
