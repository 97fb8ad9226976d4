"""`python -m tests.proof`: what an ordinary run tries a little of, at length, from a seed; the result is committed.

Six parts: random exchanges over sockets, a hundred thousand; every other property, with many times the examples; the
faults that wait, for as long as the manual says; folders of many files; documents through an office program; and
exports as large as they may be. `docs/proof/proof.md` tells what was tried, from which seed, and how it ended.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.gateway import ROOT

WRITTEN = ROOT / "docs" / "proof" / "proof.md"
LOG = ROOT / "build" / "proof.log"
COUNT = ROOT / "build" / "proof.count"
TIMES = 100
TIMES_AT_ONCE = 5
"""What Hypothesis remembers of the examples of one run grows with them: a long one is many, each from its own seed."""
OUTAGE_S = 60
EXCHANGES = "tests/evasion/test_differential.py"
EXPORT_MIB = 1024
MIXED_FILES = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the proof."""

    name: str
    select: tuple[str, ...]
    """What pytest is told to run."""
    environment: dict[str, str]
    seeds: tuple[int, ...] = ()
    """From each of which it is run; none: it leaves nothing to chance."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one part ended."""

    part: Part
    passed: int
    failed: int
    skipped: int
    minutes: float
    kinds: tuple[str, ...]
    """A line for every exchange that was counted."""
    seeds: int
    """From so many seeds it was run."""


def main(arguments: list[str]) -> int:
    """Exit code: 0 all holds, 1 something does not."""
    parser = argparse.ArgumentParser(
        prog="make proof", description=__doc__, epilog="Example: python -m tests.proof --times 10 --seed 7"
    )
    parser.add_argument("--times", type=int, default=TIMES, help="times the examples of an ordinary run (default: 100)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31), help="to repeat a run")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--only", default="", help="only the part whose name begins like this")
    given = parser.parse_args(arguments)
    rounds = max(1, given.times // TIMES_AT_ONCE)
    parts = (
        Part(
            "random exchanges over both versions of HTTP",
            ("-m", "property", EXCHANGES),
            {"YINGBI_PROOF_TIMES": str(min(given.times, TIMES_AT_ONCE)), "YINGBI_PROOF_COUNT": str(COUNT)},
            tuple(range(given.seed, given.seed + rounds)),
        ),
        Part(
            f"properties, {given.times} times the examples",
            ("-m", "property", f"--ignore={EXCHANGES}"),
            {"YINGBI_PROOF_TIMES": str(given.times)},
            (given.seed,),
        ),
        Part(
            f"an index that is away for {OUTAGE_S} s under load",
            ("tests/faults/test_index.py",),
            {"YINGBI_TEST_OUTAGE_S": str(OUTAGE_S)},
        ),
        Part(
            f"a folder of {MIXED_FILES} files of all kinds, looked through",
            ("tests/yingbi/test_scan_files.py",),
            {"YINGBI_TEST_MIXED_FILES": str(MIXED_FILES)},
        ),
        Part(
            "workbooks, texts and slides through an office program",
            ("tests/e2e/test_spreadsheet.py", "tests/e2e/test_office.py"),
            {"YINGBI_TEST_OFFICE": "1"},
        ),
        Part(
            f"an export of {EXPORT_MIB} MiB in bounded memory",
            ("tests/evasion/test_large_bodies.py",),
            {"YINGBI_TEST_EXPORT_MIB": str(EXPORT_MIB)},
        ),
    )
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    ended: list[Result] = []
    for part in (part for part in parts if part.name.startswith(given.only)):
        for result in _run(part, given.jobs):
            _write([*ended, result], given.seed)  # a run that is broken off has said how far it came
        ended.append(result)
    print(f"{WRITTEN.relative_to(ROOT)} holds the result; {LOG.relative_to(ROOT)} all that was said")
    return int(any(result.failed for result in ended))


def _run(part: Part, jobs: int) -> Iterator[Result]:
    """How *part* stands, after it was run from each of its seeds."""
    print(part.name, flush=True)
    started = time.monotonic()
    COUNT.write_bytes(b"")
    counted: Counter[str] = Counter()
    for number, seed in enumerate([f"--hypothesis-seed={seed}" for seed in part.seeds] or [""], 1):
        spread = ("-n", str(jobs)) if jobs > 1 else ()
        command = [sys.executable, "-m", "pytest", *spread, *part.select, *([seed] if seed else [])]
        ran = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **part.environment}, capture_output=True, text=True, check=False
        )
        with LOG.open("a", encoding="utf-8") as log:
            log.write(ran.stdout + ran.stderr)
        found = Counter({word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error|skipped)", ran.stdout)})
        if ran.returncode and not found["failed"] + found["error"]:
            found["failed"] = 1  # it did not even come to an end
        counted += found
        yield Result(
            part,
            counted["passed"],
            counted["failed"] + counted["error"],
            counted["skipped"],
            (time.monotonic() - started) / 60,
            tuple(COUNT.read_text("utf-8").splitlines()),
            number,
        )


def _write(results: list[Result], seed: int) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [
        "# The last long proof",
        "",
        "Written by `make proof`; not edited. The seed repeats the run.",
        "",
        f"- when: {datetime.now(UTC):%Y-%m-%d}",
        f"- of: {commit.stdout.strip()}",
        f"- seed: {seed}",
        "",
        "| What | Seeds | Exchanges | Passed | Failed | Not run | Minutes |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *map(_row, results),
        *_kinds([kind for result in results for kind in result.kinds]),
    ]
    WRITTEN.parent.mkdir(parents=True, exist_ok=True)
    WRITTEN.write_text("\n".join(lines) + "\n", "utf-8")


def _row(result: Result) -> str:
    exchanges = f"{len(result.kinds):,}" if result.kinds else "–"
    seeds = f"{result.seeds} of {max(1, len(result.part.seeds))}"
    numbers = (seeds, exchanges, result.passed, result.failed, result.skipped, f"{result.minutes:.0f}")
    return f"| {' | '.join([result.part.name, *map(str, numbers)])} |"


def _kinds(lines: list[str]) -> Iterator[str]:
    """How many exchanges there were of each kind, most first; one is of several."""
    if not lines:
        return
    yield from ["", f"Exchanges by kind, of which there were {len(set(lines)):,} together:", ""]
    yield from ["| Kind | Exchanges |", "| --- | --- |"]
    kinds = Counter(kind for line in lines for kind in line.split("\t"))
    yield from (f"| {kind} | {number:,} |" for kind, number in kinds.most_common())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
