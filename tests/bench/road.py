"""How long the road takes on a whole installation, on either index: from the answer that shows one person too many to
the alert, to the refusal, to the public notice; and from a changed file to every worker.
"""

import time
from itertools import count

from deploy.demo.people import CLERKS
from deploy.elasticsearch.connection import NodeUnavailable
from proxy.counters import read_counters
from tests import search_node
from tests.bench.figure import Bench, Figure, figure
from tests.gateway import wait_until
from tests.installation import Installation, installation
from yingbi.leak import Times, play
from yingbi.settings import Settings, read_settings

ROUNDS = len(CLERKS)
ALERT, CHANGE = "5 s, as promised", "1 s, as promised"


def figures(bench: Bench) -> list[Figure]:
    """Seconds, on SQLite and, where it can be had, on Elasticsearch."""
    found = []
    for index in ("sqlite", "elasticsearch"):
        if index == "elasticsearch" and not _has_elasticsearch(bench):
            continue
        bench.progress(f"road, starting an installation on {index}")
        with installation(bench.folder / index, "--index", index) as made:
            settings = read_settings(made.environment)
            played = [_played(bench, settings, index, number) for number in range(ROUNDS)]
            found += [
                figure(f"{index}: one person too many, to the alert", [each.alert for each in played], "s", ALERT),
                figure(f"{index}: the same, to the first refusal", [each.block for each in played], "s"),
                figure(f"{index}: the whole road, to the public notice", [each.whole for each in played], "s"),
            ]
            if index == "sqlite":
                bench.progress("road, a changed policy")
                found.append(figure("a changed policy: in force on every worker after", _changes(made), "s", CHANGE))
    return found


def _has_elasticsearch(bench: Bench) -> bool:
    try:
        search_node.check_parts()
    except NodeUnavailable as problem:
        bench.progress(f"road, without Elasticsearch: {problem}")
        return False
    return True


def _played(bench: Bench, settings: Settings, index: str, number: int) -> Times:
    bench.progress(f"road on {index}, leak {number + 1} of {ROUNDS}")
    times = play(settings, leave_notice=False, say=lambda line: None)
    if times is None:
        raise RuntimeError("the leak was not noticed")
    return times


def _changes(made: Installation, rounds: int = 7) -> list[float]:
    grants = made.home / "policies" / "grants.yaml"
    text = grants.read_text("utf-8")
    found, numbers = [], count(1)
    for _ in range(rounds):
        before = _generation(made)
        grants.write_text(text.replace("purpose: statistics", f"purpose: statistics-{next(numbers)}"), "utf-8")
        changed = time.monotonic()
        wait_until(lambda: _generation(made) > before, 10)  # noqa: B023  called before the next round
        found.append(time.monotonic() - changed)
    grants.write_text(text, "utf-8")
    return found


def _generation(made: Installation) -> int:
    """That of the programs which the worker that lags behind serves by."""
    return min(read_counters(made.home / "run" / f"counters-{number}")["programs"] for number in (0, 1))
