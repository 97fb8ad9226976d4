"""Simulates a district for some days and writes what its gateway would have recorded, with the truth beside it.

The folder holds `events/<day>.jsonl` (ECS, in order of time, a day being local), `truth.jsonl` (one attack a line),
`known.json` (what an installation may be told: digests of listed persons and of relatives) and `about.json`. The same
seed gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random

import orjson

from siem.baseline.calendar import Calendar, read_calendar
from siem.record.ecs import to_ecs
from siem.simulate.act import Act, digest, events_of
from siem.simulate.attack import KINDS, Setting, Strength
from siem.simulate.district import Clerk, District, make_district
from siem.simulate.work import at, everybody

CLERKS = 2_000
LEAST_DAYS, LEAST_CLERKS = 4, 200
"""Fewer do not leave room for the attacks: each has a clerk of its own."""
QUIET = 0.5
"""The share of the days before the first attack, in which what is usual can be learned."""
_GONE_FOR = 18
"""Days after which an account that was left open is misused."""
_TRIES = 5
"""How many clerks are tried for an attack: one may be away for all the days that are left."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One attack as it was carried out."""

    number: int
    kind: str
    strength: Strength
    acts: Sequence[tuple[int, Act]]
    """With the number of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What was written."""

    events: int
    attacks: int


def simulate(
    folder: Path, seed: int, days: int, *, clerks: int = CLERKS, start: date | None = None, rounds: int = 1
) -> Simulated:
    """Write *days* days of a district with *clerks* clerks into *folder*, and say how much it was.

    Each kind of attack is planted *rounds* times at each strength. Begins on *start* or on a Monday drawn from the
    seed. Raises OSError, FileExistsError where *folder* has events already, and ValueError where the attacks need more
    clerks.
    """
    random = _seeded(seed)
    first = start or date(2025, 1, 6) + timedelta(weeks=random.randrange(96))
    calendar = read_calendar()
    district = make_district(random, days, clerks)
    planted = _plant(district, calendar, first, days, rounds, random)
    events = folder / "events"
    events.mkdir(parents=True)
    of_day: defaultdict[int, list[Act]] = defaultdict(list)
    for attack in planted:
        for number, act in attack.acts:
            of_day[number].append(act)
    ids: defaultdict[int, list[str]] = defaultdict(list)
    count = 0
    for number in range(days):
        day = first + timedelta(days=number)
        rng = _seeded(f"{seed}-{number}")
        drawn = [*everybody(district, calendar, day, number, rng), *of_day.pop(number, ())]
        midnight = at(day, 24)
        of_day[number + 1].extend(act for act in drawn if act.at >= midnight)
        acts = [act for act in drawn if act.at < midnight]
        with (events / f"{day}.jsonl").open("wb") as file:
            for line in _lines(acts, day, rng, ids):
                file.write(line)
                count += 1
    _write_lines(folder / "truth.jsonl", (_truth(attack, ids[attack.number]) for attack in planted))
    known = {
        "listed": [digest(person) for person in district.listed],
        "relatives": {clerk.caller.id: [digest(person) for person in clerk.family] for clerk in district.clerks},
    }
    (folder / "known.json").write_bytes(orjson.dumps(known))
    about = {"seed": seed, "days": days, "first": str(first), "clerks": clerks, "rounds": rounds}
    (folder / "about.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))
    return Simulated(events=count, attacks=len(planted))


def _seeded(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 -- it draws no secret, and has to draw the same again


def _lines(acts: Sequence[Act], day: date, random: Random, ids: defaultdict[int, list[str]]) -> Iterator[bytes]:
    """The events of *acts* in order of time. Those of one act can reach past the beginning of the next."""
    start = f"{day:%y%m%d}{''.join(random.choices(_CROCKFORD, k=4))}"
    waiting: list[tuple[datetime, int, bytes]] = []
    number = 0
    for act in sorted(acts, key=lambda each: each.at):
        while waiting and waiting[0][0] <= act.at:
            yield heappop(waiting)[2]
        for event in events_of(act, start, number + 1):
            number += 1
            heappush(waiting, (event.at, number, orjson.dumps(to_ecs(event), option=orjson.OPT_APPEND_NEWLINE)))
            if act.attack:
                ids[act.attack].append(event.id)
    while waiting:
        yield heappop(waiting)[2]


def _plant(
    district: District, calendar: Calendar, first: date, days: int, rounds: int, random: Random
) -> list[Planted]:
    workdays = frozenset(number for number in range(days) if calendar.is_workday(first + timedelta(days=number)))
    free = [clerk for clerk in district.clerks if clerk.joins == 0 and clerk.leaves > days and not clerk.changes]
    random.shuffle(free)
    if (needed := 2 * len(KINDS) * len(Strength) * rounds) > len(free):
        raise ValueError(f"攻击需要 {needed} 名工作人员 / the attacks need {needed} clerks, each its own")
    planted: list[Planted] = []
    for kind in KINDS:
        for strength in list(Strength) * rounds:
            for _ in range(_TRIES):
                setting = _setting(kind, strength, district, free, workdays, first, days, len(planted) + 1, random)
                if acts := list(KINDS[kind](setting)):
                    planted.append(Planted(number=setting.number, kind=kind, strength=strength, acts=acts))
                    break
    return planted


def _setting(
    kind: str,
    strength: Strength,
    district: District,
    free: list[Clerk],
    workdays: frozenset[int],
    start: date,
    days: int,
    number: int,
    random: Random,
) -> Setting:
    quiet = round(days * QUIET)
    begins = random.randint(quiet, max(quiet, days - 1 - days // 6))
    if kind == "former_account":
        begins = max(begins, min(days - 2, _GONE_FOR + quiet // 2))
    return Setting(
        district=district,
        clerk=_taken(free, kind, begins),
        other=_taken(free, "", begins),
        number=number,
        strength=strength,
        first=quiet if kind == "slow_drip" else begins,
        days=days,
        workdays=workdays,
        start=start,
        random=random,
    )


def _taken(free: list[Clerk], kind: str, begins: int) -> Clerk:
    """A clerk whom no other attack has, and whom this kind fits: not by night who works by night."""
    place = next(
        (
            place
            for place, clerk in enumerate(free)
            if kind not in {"off_hours", "stolen_credential"} or not clerk.post.around_the_clock
        ),
        0,
    )
    clerk = free.pop(place)
    if kind == "former_account":
        clerk.leaves = begins - _GONE_FOR
    return clerk


def _truth(attack: Planted, ids: Sequence[str]) -> dict[str, object]:
    times = sorted(act.at for _, act in attack.acts)
    callers = sorted({act.caller.id or act.caller.ip for _, act in attack.acts})
    return {
        "attack": attack.number,
        "kind": attack.kind,
        "strength": attack.strength.name.lower(),
        "callers": callers,
        "first": times[0].isoformat(),
        "last": times[-1].isoformat(),
        "events": ids,
    }


def _write_lines(path: Path, rows: Iterator[dict[str, object]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
