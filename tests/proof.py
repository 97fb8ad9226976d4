"""`python -m tests.proof`: what an ordinary run tries a little of, at length, from a seed; the result is committed.

Two parts: every property, with many times the examples; and the faults that wait, for as long as the manual says.
`docs/proof/proof.md` tells what was tried, from which seed, and how it ended.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.gateway import ROOT

WRITTEN = ROOT / "docs" / "proof" / "proof.md"
LOG = ROOT / "build" / "proof.log"
TIMES = 100
OUTAGE_S = 60


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the proof."""

    name: str
    select: tuple[str, ...]
    """What pytest is told to run."""
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """How one part ended."""

    part: Part
    passed: int
    failed: int
    skipped: int
    minutes: float


def main(arguments: list[str]) -> int:
    """Exit code: 0 all holds, 1 something does not."""
    parser = argparse.ArgumentParser(
        prog="make proof", description=__doc__, epilog="Example: python -m tests.proof --times 10 --seed 7"
    )
    parser.add_argument("--times", type=int, default=TIMES, help="times the examples of an ordinary run (default: 100)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31), help="to repeat a run")
    given = parser.parse_args(arguments)
    parts = (
        Part(
            f"properties, {given.times} times the examples",
            ("-m", "property", f"--hypothesis-seed={given.seed}"),
            {"YINGBI_PROOF_TIMES": str(given.times)},
        ),
        Part(
            f"an index that is away for {OUTAGE_S} s under load",
            ("tests/faults/test_index.py",),
            {"YINGBI_TEST_OUTAGE_S": str(OUTAGE_S)},
        ),
    )
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    results = [_run(part) for part in parts]
    _write(results, given.seed)
    print(f"{WRITTEN.relative_to(ROOT)} holds the result; {LOG.relative_to(ROOT)} all that was said")
    return int(any(result.failed for result in results))


def _run(part: Part) -> Result:
    print(part.name, flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-n", "2", *part.select]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **part.environment}, capture_output=True, text=True, check=False
    )
    with LOG.open("a", encoding="utf-8") as log:
        log.write(ran.stdout + ran.stderr)
    counted = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", ran.stdout)}
    failed = counted.get("failed", 0) + counted.get("error", 0)
    if ran.returncode and not failed:
        failed = 1  # it did not even come to an end
    minutes = (time.monotonic() - started) / 60
    return Result(part, counted.get("passed", 0), failed, counted.get("skipped", 0), minutes)


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
        "| What | Passed | Failed | Not run | Minutes |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {each.part.name} | {each.passed} | {each.failed} | {each.skipped} | {each.minutes:.0f} |"
            for each in results
        ),
    ]
    WRITTEN.parent.mkdir(parents=True, exist_ok=True)
    WRITTEN.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
