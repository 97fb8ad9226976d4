"""Bodies that an officer supplies, run through two policies to see what becomes of them.

A folder of samples holds the bodies, and `samples.json` that says of each what it answers and to whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from policies.program import Program
from policies.rehearsal.rehearse import Difference, Usage, rehearse
from policies.rehearsal.standpoint import Asker
from policies.rehearsal.trial import Caller, NotTried, Trial, Tried
from policies.transforms.spec import Replace
from yingbi.rehearsing.sample_bodies import shows_more

LIST_NAME = "samples.json"


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One body, as `samples.json` lists it."""

    body: str
    """The name of its file."""
    system: str
    operation: str
    caller: Caller = Caller()
    kind: str = "json"


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of one sample."""

    body: str
    before: str
    """Why it is withheld by the one policy; empty where it is shown."""
    after: str
    """The same of the other."""
    is_same: bool
    """Whether both give the same bytes."""
    differences: tuple[Difference, ...]
    """Of fields that the sample has."""
    shows_more: bool
    """Whether it is shown where it was withheld, or anything of it comes out that was hidden."""


def compare_samples(
    folder: Path, before: Mapping[str, Program], after: Mapping[str, Program], now: datetime
) -> list[Compared]:
    """What becomes of the samples in *folder*. Raises NotTried where their list is none, OSError."""
    try:
        samples = msgspec.json.decode((folder / LIST_NAME).read_bytes(), type=list[Sample])
    except msgspec.DecodeError as error:
        raise NotTried(f"样本清单有误 / `{LIST_NAME}` is a JSON list of samples: {error}") from None
    return [_compared(sample, (folder / sample.body).read_bytes(), before, after, now) for sample in samples]


def _compared(
    sample: Sample, body: bytes, before: Mapping[str, Program], after: Mapping[str, Program], now: datetime
) -> Compared:
    was, first = _tried(sample, body, before, now)
    would, second = _tried(sample, body, after, now)
    caller = sample.caller
    usage = Usage(
        system=sample.system,
        operation=sample.operation,
        format=sample.kind,
        asker=Asker(
            id=caller.id,
            is_signed_in=bool(caller.id or caller.posts),
            posts=frozenset(caller.posts),
            purposes=frozenset(caller.purposes),
            attributes=frozenset(caller.attributes.items()),
            address=caller.address,
        ),
        answered=1,
        fields={used.decision.name: (1, used.count) for used in was.used} if was is not None else {},
    )
    found = [each for each in rehearse(before, after, [usage], now) if each.times]
    is_same = was is not None and would is not None and was.body == would.body
    more = (bool(first) and not second) or _comes_out(sample.kind, body, was, would)
    return Compared(sample.body, first, second, is_same, tuple(found), more)


def _comes_out(kind: str, body: bytes, was: Tried | None, would: Tried | None) -> bool:
    """Whether anything of *body* is in what *would* leave, and is not in what *was* left."""
    if was is None or would is None:
        return False
    specs = [used.decision.spec for used in would.used]
    return shows_more(body, was.body, would.body, kind, {spec.text for spec in specs if isinstance(spec, Replace)})


def _tried(sample: Sample, body: bytes, programs: Mapping[str, Program], now: datetime) -> tuple[Tried | None, str]:
    try:
        tried = Trial(programs).try_on(
            body, system=sample.system, operation=sample.operation, caller=sample.caller, kind=sample.kind, now=now
        )
    except NotTried as reason:
        return None, str(reason)
    return tried, tried.withheld
