"""Figures are kept and printed as they were measured; nothing here depends on how fast the machine is."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.answers import answers
from tests.bench.cores import on, processor_seconds, shares
from tests.bench.figure import Figure, figure, table, write

RUNS = figure("requests a second", [2.0, 1.5, 1.82345], "×", "mitmdump")


def test_a_figure_is_the_median_of_its_runs() -> None:
    expected = Figure(name="requests a second", value=1.82345, low=1.5, high=2.0, unit="×", against="mitmdump")
    assert figure("requests a second", [2.0, 1.5, 1.82345], "×", "mitmdump") == expected


def test_figures_are_kept_as_a_list(tmp_path: Path) -> None:
    write(tmp_path / "build" / "bench.json", [RUNS])
    (kept,) = json.loads((tmp_path / "build" / "bench.json").read_text("utf-8"))
    assert kept == {
        "name": "requests a second",
        "value": 1.823,
        "low": 1.5,
        "high": 2.0,
        "unit": "×",
        "against": "mitmdump",
    }


def test_figures_are_a_table_for_people() -> None:
    head, row = table([RUNS]).splitlines()
    assert head.split() == ["median", "lowest", "highest", "against"]
    assert row.split() == ["requests", "a", "second", "1.82", "1.5", "2", "×", "mitmdump"]
    assert "1,234" in table([figure("x", [1234.4], "/s")])


@pytest.mark.parametrize(("is_terminal", "told"), [(True, ["round 1", "round 2"]), (False, ["round 1"])])
def test_progress_is_told_at_once_to_a_terminal_and_now_and_then_to_a_file(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, told: list[str]
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(said, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", said)
    progress = bench.Progress()
    for number in (1, 2):
        progress(f"round {number}")
    progress.end()
    assert re.findall(r"round \d", said.getvalue()) == told


@pytest.mark.parametrize("what", answers())
def test_bodies_are_as_large_as_they_are_called(what: str) -> None:
    body = answers()[what]
    size = int(what.split()[0]) * 1024
    assert size * 0.6 < len(body) <= size
    assert len(json.loads(body)["items"]) > 1


def test_the_processor_is_divided() -> None:
    server, others = shares()
    assert server
    assert others
    with on(server):
        assert shares()[0] == server
    assert processor_seconds(1) >= 0
