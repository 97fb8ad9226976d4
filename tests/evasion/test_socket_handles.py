"""Handles in the messages of callers: opened where a key belongs, for whom they were made, and nowhere else."""

import json
from collections.abc import Iterator

import pytest
from wsproto.events import CloseConnection, Event, TextMessage

from tests.evasion.streaming import OPERATIONS, declare_streams
from tests.evasion.test_websocket import reason_of_last
from tests.gateway import BATCH_KEY, CLERK_KEY, wait_until
from tests.rig import ID_NO, Rig, rigged, shows_nothing
from tests.sockets import End, opened, speaking

VISITS = """
  - on: GET /visits/live
    websocket:
      messages: {json: visit}
      sent: {json: visit}
"""
RECORD = """  visit:
    fields:
      whom: {category: resident_id, key_of: person}
      city: public
"""
OTHER_ID = "440524188001010014"
CLERK = {"X-API-Key": CLERK_KEY}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = declare_streams(tmp_path_factory.mktemp("policies") / "handles", OPERATIONS.rstrip() + VISITS)
    system = folder / "systems" / "people.yaml"
    system.write_text(system.read_text("utf-8").replace("\noperations:\n", f"\n{RECORD}operations:\n", 1), "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=folder) as made:
        yield made


def handle(rig: Rig, headers: dict[str, str] | None = None, number: str = ID_NO) -> str:
    """What a caller is told in the place of *number* in a message."""

    def told(end: End) -> None:
        end.say(json.dumps({"whom": number}))
        end.say(CloseConnection(1000))
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port, "/visits/live", CLERK if headers is None else headers) as (_, _, end):
        found: str = json.loads(end.text())["whom"]
    assert shows_nothing(end.received)
    assert found.startswith("yb~")
    return found


def heard(rig: Rig, *said: str, target: str = "/visits/live", closes: int | None = None) -> list[object]:
    """What the system hears of what a clerk has *said*, in turn; with *closes*, he is then hung up on by that code."""
    events: list[Event] = []
    rig.behind.script = speaking(lambda end: events.extend(end.rest()))
    with opened(rig.gateway.port, target, CLERK) as (status, _, end):
        assert status == 101
        for each in said:
            end.say(each)
        if closes is None:
            end.say(CloseConnection(1000))
            assert end.close_code() == 1000
        else:
            assert end.close_code() == closes
            assert end.rest() == []
    wait_until(lambda: any(isinstance(event, CloseConnection) for event in events), 5)
    return [json.loads(event.data) for event in events if isinstance(event, TextMessage)]


def test_a_key_that_stands_behind_a_handle_reaches_the_system(rig: Rig) -> None:
    mine, other = handle(rig), handle(rig, number=OTHER_ID)
    assert heard(
        rig, json.dumps({"whom": mine, "city": "x"}), json.dumps({"whom": other}), json.dumps({"city": "y"})
    ) == [
        {"whom": ID_NO, "city": "x"},
        {"whom": OTHER_ID},
        {"city": "y"},
    ]
    assert heard(rig, json.dumps([{"whom": mine}, {"whom": other}])) == [[{"whom": ID_NO}, {"whom": OTHER_ID}]]


REFUSED = {
    "in a public field": ('{"city": "MINE"}', "mask_returned"),
    "in an undeclared one": ('{"other": "MINE"}', "mask_returned"),
    "as a name": ('{"MINE": 1}', "mask_returned"),
    "within a text": ('{"whom": "x MINE"}', "mask_returned"),
    "in a list in its place": ('{"whom": ["MINE"]}', "not_as_declared"),
    "in an object in its place": ('{"whom": {"x": "MINE"}}', "not_as_declared"),
    "of somebody else": ('{"whom": "OTHERS"}', "unknown_handle"),
    "of nobody in particular": ('{"whom": "NOBODYS"}', "unknown_handle"),
    "altered": ('{"whom": "ALTERED"}', "unknown_handle"),
    "in escapes": ('{"whom": "ESCAPED"}', "mask_returned"),
    "cut": ('{"whom": "CUT"}', "unknown_handle"),
    "the number itself": (f'{{"whom": "{ID_NO}"}}', "question_about_hidden_field"),
    "another number": (f'{{"whom": "{OTHER_ID}"}}', "question_about_hidden_field"),
    "the number as a number": ('{"whom": 440524188001010014}', "question_about_hidden_field"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_in_another_place_or_of_another_it_goes_nowhere_and_nothing_follows(rig: Rig, case: str) -> None:
    said, reason = REFUSED[case]
    mine = handle(rig)
    for name, value in {
        "OTHERS": handle(rig, {"X-API-Key": BATCH_KEY}) if "OTHERS" in said else "",
        "NOBODYS": handle(rig, {}) if "NOBODYS" in said else "",
        "ALTERED": mine[:-2] + ("AA" if mine[-2:] != "AA" else "BB"),
        "CUT": mine[:-8],
        "ESCAPED": "".join(f"\\u{ord(char):04x}" for char in mine),
        "MINE": mine,
    }.items():
        said = said.replace(name, value)
    assert heard(rig, '{"city": "before"}', said, '{"city": "after"}', closes=1008) == [{"city": "before"}]
    assert reason_of_last(rig) == reason


def test_in_text_there_is_no_place_for_one(rig: Rig) -> None:
    mine = handle(rig)
    events: list[Event] = []
    rig.behind.script = speaking(lambda end: events.extend(end.rest()))
    for said in (mine, f"这是{mine}"):
        events.clear()
        with opened(rig.gateway.port, "/people/talk", CLERK) as (_, _, end):
            end.say(said)
            assert end.close_code() == 1008
        wait_until(lambda: events, 5)
        assert events == [CloseConnection(1001, "")]
        assert reason_of_last(rig) == "mask_returned"
