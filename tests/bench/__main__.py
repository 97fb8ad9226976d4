"""`python -m tests.bench`: measure everything, print a table, write build/bench.json. It never judges."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    choosing,
    compiling,
    handshakes,
    inline,
    masking,
    overlay,
    recording,
    road,
    rules,
    seam,
    shipping,
    throughput,
    tracing,
    workers,
)
from tests.bench.figure import Bench, Figure, Group, NotMeasured, table, write
from yingbi import interpreter

GROUPS: dict[str, Group] = {
    "throughput": throughput.figures,
    "nginx": throughput.against_nginx,
    "inline": inline.figures,
    "workers": workers.figures,
    "handshakes": handshakes.figures,
    "seam": seam.figures,
    "shipping": shipping.figures,
    "masking": masking.figures,
    "compiling": compiling.figures,
    "choosing": choosing.figures,
    "overlay": overlay.figures,
    "road": road.figures,
    "log": recording.figures,
    "rules": rules.figures,
    "trace": tracing.figures,
}
"""A module for each group of figures; to add one, write its module and name it here."""
WRITTEN = Path("build/bench.json")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, epilog="Example: python -m tests.bench --only overlay"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each run of a load takes (default: 2)")
    parser.add_argument("--only", choices=GROUPS, action="append", help="measure only this group; may be repeated")
    arguments = parser.parse_args()
    figures: list[Figure] = []
    missing: list[str] = []
    for name in arguments.only or GROUPS:
        with tempfile.TemporaryDirectory(prefix="yingbi-bench-") as folder:
            try:
                figures += GROUPS[name](Bench(folder=Path(folder), seconds=arguments.seconds, progress=say))
            except NotMeasured as problem:
                missing.append(f"NOT MEASURED: {name}: {problem}")
    say("")
    print(f"{interpreter.sentence(interpreter.own())}\n")
    print(table(figures))
    for line in missing:
        print(f"\n!!! {line}")
    write(WRITTEN, figures)
    print(f"\n{WRITTEN} holds these figures.")


def say(what: str) -> None:
    """Tell a person at a terminal what is being done; nobody else."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
