"""`python -m tests.bench`: measure everything, print a table, write build/bench.json. It never judges."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import (
    alerting,
    bulletin,
    choosing,
    compiling,
    draft,
    handshakes,
    inline,
    leakers,
    masking,
    names,
    ocr,
    overlay,
    recognition,
    recording,
    road,
    rules,
    scale,
    scanning,
    scope,
    seam,
    shipping,
    throughput,
    turns,
    workbooks,
    workers,
)
from tests.bench.figure import Bench, Figure, Group, NotMeasured, table, write
from yingbi import interpreter

GROUPS: dict[str, Group] = {
    "throughput": throughput.figures,
    "nginx": throughput.against_nginx,
    "inline": inline.figures,
    "workers": workers.figures,
    "turns": turns.figures,
    "handshakes": handshakes.figures,
    "seam": seam.figures,
    "shipping": shipping.figures,
    "masking": masking.figures,
    "recognition": recognition.figures,
    "scanning": scanning.figures,
    "names": names.figures,
    "ocr": ocr.figures,
    "workbooks": workbooks.figures,
    "bulletin": bulletin.figures,
    "compiling": compiling.figures,
    "choosing": choosing.figures,
    "overlay": overlay.figures,
    "road": road.figures,
    "log": recording.figures,
    "rules": rules.figures,
    "alerts": alerting.figures,
    "alerts-elastic": alerting.on_elastic,
    "leakers": leakers.figures,
    "scope": scope.figures,
    "draft": draft.figures,
    "scale-sqlite": scale.of_sqlite,
    "scale-elasticsearch": scale.of_elasticsearch,
}
"""A module for each group of figures; to add one, write its module and name it here."""
WRITTEN = Path("build/bench.json")
EVERY_S = 10.0


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, epilog="Example: python -m tests.bench --only overlay"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each run of a load takes (default: 2)")
    parser.add_argument("--only", choices=GROUPS, action="append", help="measure only this group; may be repeated")
    parser.add_argument(
        "--whole", action="store_true", help="rules: over all events of the hour, not a part of them; takes an hour"
    )
    parser.add_argument(
        "--events", type=int, default=0, help="how large the groups `scale-…` let an index grow (default: 100,000)"
    )
    arguments = parser.parse_args()
    say = Progress()
    figures: list[Figure] = []
    missing: list[str] = []
    for name in arguments.only or GROUPS:
        with tempfile.TemporaryDirectory(prefix="yingbi-bench-") as folder:
            try:
                bench = Bench(
                    folder=Path(folder),
                    seconds=arguments.seconds,
                    progress=say,
                    whole=arguments.whole,
                    events=arguments.events,
                )
                figures += GROUPS[name](bench)
            except NotMeasured as problem:
                missing.append(f"NOT MEASURED: {name}: {problem}")
    say.end()
    print(f"{interpreter.sentence(interpreter.own())}\n")
    print(table(figures))
    for line in missing:
        print(f"\n!!! {line}")
    write(WRITTEN, figures)
    print(f"\n{WRITTEN} holds these figures.")


class Progress:
    """Tells what is being done: a person at a terminal at once, in one line, and a file or a pipe now and then."""

    def __init__(self) -> None:
        self._at_terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._told = -EVERY_S

    def __call__(self, what: str) -> None:
        passed = time.monotonic() - self._began
        if self._at_terminal:
            print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)
        elif passed - self._told >= EVERY_S:
            print(f"{passed:5.0f} s  {what}", file=sys.stderr, flush=True)
            self._told = passed

    def end(self) -> None:
        """Leave the line of a terminal empty."""
        if self._at_terminal:
            self("")


if __name__ == "__main__":
    main()
