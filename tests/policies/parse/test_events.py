"""What two policies say otherwise of streams is told as it is of other answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.load import load_policy
from policies.program import Program
from policies.rehearsal.changes import Kind
from policies.rehearsal.rehearse import rehearse
from tests.evasion.streaming import declare_streams
from tests.policies.compiled import program

NOW = datetime(2026, 11, 25, tzinfo=UTC)

CHANGES: dict[str, tuple[str, str, Kind]] = {
    "a field of an event is shown": (
        "/choices/*/delta/role: public",
        "/choices/*/delta/role: person_name",
        Kind.MASKED,
    ),
    "a field of an event is hidden no more": ("/id: public", "/id: public\n              /who: public", Kind.SHOWN),
    "another text runs on": ('literals: ["[DONE]"]', "literals: []", Kind.OTHERWISE),
    "texts are whole": ("note: {text: scan}", "note: {text: scan, whole: true}", Kind.OTHERWISE),
    "ids pass": ("id: {key_of: person}", "id: any", Kind.OTHERWISE),
    "a silence lasts longer": ("idle_s: 5", "idle_s: 500", Kind.OTHERWISE),
    "a subprotocol": ("[people.v1]", "[people.v1, people.v2]", Kind.OTHERWISE),
    "what a message is": ("messages: {text: scan}", "messages: {text: mobile}", Kind.SHOWN),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_told(tmp_path: Path, case: str) -> None:
    old, new, kind = CHANGES[case]
    folder = declare_streams(tmp_path / "before")
    before = _program(folder)
    system = folder / "systems" / "people.yaml"
    assert old in system.read_text("utf-8")
    system.write_text(system.read_text("utf-8").replace(old, new), "utf-8")
    found = rehearse({"people": before}, {"people": _program(folder)}, [], NOW)
    assert kind in [each.kind for each in found], [(each.kind, each.about) for each in found]


def test_nothing_is_told_where_nothing_changes(tmp_path: Path) -> None:
    first, second = (_program(declare_streams(tmp_path / name)) for name in ("before", "after"))
    assert list(rehearse({"people": first}, {"people": second}, [], NOW)) == []


def test_a_web_socket_is_not_spoken_to_a_system_in_http_2(tmp_path: Path) -> None:
    folder = declare_streams(tmp_path / "policies")
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("upstream: http://127.0.0.1:9", "upstream: https://127.0.0.1:9")
    system.write_text(text.replace("state: enforcing", "state: enforcing\nupstream_tls: {http2: true}"), "utf-8")
    assert [each.code for each in load_policy(folder).findings.errors] == ["websocket-over-http2"]


def test_text_runs_on_only_where_it_is_scanned(tmp_path: Path) -> None:
    folder = declare_streams(tmp_path / "policies")
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("delta/content: scan", "delta/content: resident_id")
    system.write_text(text, "utf-8")
    assert [each.code for each in load_policy(folder).findings.errors] == ["joined-not-scanned"]


def _program(folder: Path) -> Program:
    return program(folder=folder)
