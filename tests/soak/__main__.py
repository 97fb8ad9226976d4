"""`python -m tests.soak`: run an installation under load and faults, judge what came of it, write build/soak.json.

Exit code 0: flat memory, no error but those expected, no true value in any byte, a log that verifies.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from deploy.demo.register import database as register
from siem.record.segment import opened
from tests.gateway import events_in
from tests.installation import Installation, installation
from tests.soak import callers
from tests.soak.callers import Heard, Where
from tests.soak.disturb import KEPT, Disturbances, pids
from tests.soak.memory import Memory
from yingbi.home import Home

WRITTEN = Path("build/soak.json")
WARM_UP = 1 / 2
"""The part of the time before memory is looked at; workers are renewed in the first half of it."""
MOST_GROWTH = 16.0
"""MiB that the line through a worker's memory may rise by from the warm-up to the end."""
EXPECTED = frozenset({"200", "403 caller_blocked", "503 too_busy", "503 gateway_stopping"})


def main() -> int:
    """Run it, and judge."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__, epilog="Example: make soak SECONDS=120")
    parser.add_argument("--seconds", type=int, default=600, help="how long it is under load (default: 600)")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="yingbi-soak-") as folder, installation(Path(folder)) as running:
        report = soak(running, seconds)
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))
    for problem in report["problems"]:
        print(f"!!! {problem}", file=sys.stderr)
    return 1 if report["problems"] else 0


def soak(running: Installation, seconds: int) -> dict[str, Any]:
    """What became of *running* within *seconds*, as the report has it."""
    home = Home(running.home)
    heard = Heard(callers.true_values(register.files_in(home.demo / "register").database))
    where = Where(running.base, home.authority, heard)
    memory = Memory(lambda: pids(home), heard.over)
    disturbances = Disturbances(running, heard, blocked="batch-stats")
    batch = running.credential("batch-stats")
    work: list[threading.Thread] = [
        threading.Thread(target=callers.churns, args=(where,)),
        threading.Thread(target=callers.keeps, args=(where,), kwargs={"http2": False}),
        threading.Thread(target=callers.keeps, args=(where,), kwargs={"http2": True}),
        threading.Thread(target=callers.keeps, args=(where,), kwargs={"http2": True, "credential": batch}),
        threading.Thread(target=callers.reads_slowly, args=(where,)),
        threading.Thread(target=callers.reads_slowly, args=(where,)),
        threading.Thread(target=callers.leaves_off, args=(where,)),
        threading.Thread(target=memory.go_on),
        threading.Thread(target=disturbances.go_on, args=(max(3.0, seconds / 40),)),
    ]
    begun_s = time.monotonic()
    for each in work:
        each.start()
    heard.over.wait(seconds * WARM_UP / 2)
    disturbances.reload()
    heard.over.wait(max(0.0, begun_s + seconds - time.monotonic()))
    heard.over.set()
    for each in work:
        each.join(90)
    problems = [f"{each.name} goes on" for each in work if each.is_alive()]
    return _judged(running, heard, memory, disturbances, problems, seconds)


def _judged(
    running: Installation,
    heard: Heard,
    memory: Memory,
    disturbances: Disturbances,
    problems: list[str],
    seconds: int,
) -> dict[str, Any]:
    home = Home(running.home)
    growth = {name: memory.grown(name, seconds * WARM_UP) for name in memory.samples}
    # Of the workers that are killed again and again none gets past its own warm-up: `KEPT` stands for all.
    measured = {name: round(grown, 1) for name, grown in growth.items() if grown is not None}
    if not any(name.startswith(KEPT) for name in measured):
        problems.append(f"the memory of {KEPT} was not measured for long enough")
    for name, grown in measured.items():
        if name.startswith((KEPT, "supervisor")) and grown > MOST_GROWTH:
            problems.append(f"{name} grew by {grown} MiB")
    problems += [
        f"unexpected answer: {name} ({number})" for name, number in heard.answers.items() if name not in EXPECTED
    ]
    problems += [f"unexplained: {name} ({number})" for name, number in heard.broken.items()]
    if heard.leaked:
        problems.append(f"true values were received: {len(heard.leaked)}")
    running.stop()
    recorded = {event["event"]["id"] for event in events_in(home.log)}  # raises where a chain breaks
    if missing := heard.events - recorded:
        problems.append(f"answers that are not in the log: {len(missing)}")
    for file in (path for folder in (home.log, home.said) for path in folder.rglob("*") if path.is_file()):
        if any(number.upper() in heard.truth for number in callers.numbers_in(_octets(file))):
            problems.append(f"true values stand in {file.relative_to(home.root)}")
    for name in ("kill", "stop", "publish", "tighten", "lift", "reload"):
        if name not in disturbances.done:
            problems.append(f"{name} never happened: run it for longer")
    return {
        "seconds": seconds,
        "answers": dict(heard.answers.most_common()),
        "explained by a killed worker": heard.explained,
        "given up by clients that were told of a renewal": heard.gone_away,
        "disturbances": len(disturbances.done),
        "events": len(recorded),
        "growth in MiB": measured,
        f"{KEPT} in MiB": [
            [round(x), round(y, 1)] for name in measured if name.startswith(KEPT) for x, y in memory.samples[name][::10]
        ],
        "last MiB": {name: round(points[-1][1], 1) for name, points in memory.samples.items()},
        "problems": problems,
    }


def _octets(file: Path) -> bytes:
    """What *file* holds, unpacked where it is a segment that was sealed."""
    if file.suffix != ".zst":
        return file.read_bytes()
    with opened(file.with_suffix("")) as segment:
        return segment.read()


if __name__ == "__main__":
    sys.exit(main())
