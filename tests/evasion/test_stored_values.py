"""Values that a system stores encrypted, and what it gives back in their place: over real sockets."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gateway import CLERK_KEY
from tests.policies.compiled import GOOD
from tests.rig import MOBILE, Rig, reads, rigged
from tests.scripted import answering
from yingbi.explain import lines_of_event
from yingbi.home import Home

CLERK = f"X-API-Key: {CLERK_KEY}\r\n"
JSON = "Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A system that stores mobile numbers encrypted, which clerks see in clear."""
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    system, grants = policies / "systems" / "people.yaml", policies / "grants.yaml"
    text = system.read_text("utf-8").replace(
        "      mobile: mobile\n", "      mobile: {category: mobile, at_rest: token}\n"
    )
    text = text.replace("    answers: {json: person}\n  - on: POST", "    answers: {json: person, html: {record: person, "
                        'elements: [{element: td, class: "{field}"}]}, csv: person}\n  - on: POST')  # fmt: skip
    system.write_text(
        text.replace("phone: {category: mobile, mask: redact}", "phone: {category: mobile, at_rest: token}"), "utf-8"
    )
    grants.write_text(
        grants.read_text("utf-8").replace("person_name: show", "person_name: show\n      mobile: show"), "utf-8"
    )
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        yield made


@pytest.fixture(scope="module")
def stored(rig: Rig) -> str:
    """What the system is sent in the place of the number."""
    body = json.dumps({"mobile": MOBILE}).encode()
    rig.ask(answering(b"{}"), target="/people", method="POST", headers=CLERK + JSON, body=body)
    token: str = json.loads(rig.behind.asked[-1].body)["mobile"]
    assert MOBILE not in token
    return token


def read(rig: Rig, body: bytes, kind: str = "application/json") -> str:
    return reads(rig.ask(answering(body, kind), target="/people/7", headers=CLERK))[2].decode()


def unopened(rig: Rig) -> dict[str, int]:
    """Of each field, how many values the last event says did not open."""
    uses: list[dict[str, Any]] = rig.gateway.events()[-1]["yingbi"].get("fields", [])
    return {use["name"]: use["count"] for use in uses if use["transform"] == "unopened"}


def altered(stored: str) -> dict[str, str]:
    swapped = "A" if stored[-2] != "A" else "B"
    return {
        "altered": stored[:-2] + swapped + stored[-1],
        "truncated": stored[:-4],
        "of another key": stored.replace(stored.split(".")[1], "00000000"),
        "of another method": "y1" + stored[2:],
        "never encrypted": MOBILE,
        "a mask": "138****8000",
    }


def test_what_opens_is_shown_and_counts_for_nothing(rig: Rig, stored: str) -> None:
    before = rig.gateway.counters()["unopened"]
    assert json.loads(read(rig, json.dumps({"mobile": stored}).encode()))["mobile"] == MOBILE
    assert (unopened(rig), rig.gateway.counters()["unopened"]) == ({}, before)


@pytest.mark.parametrize("case", altered("d1.00000000.AAAA"))
def test_whatever_does_not_open_looks_the_same_and_is_told(rig: Rig, stored: str, case: str) -> None:
    wrong, before = altered(stored)[case], rig.gateway.counters()["unopened"]
    assert json.loads(read(rig, json.dumps({"mobile": wrong}).encode()))["mobile"] == "***"
    assert unopened(rig) == {"person.mobile": 1}
    assert read(rig, f"mobile\n{wrong}\n{stored}\n{wrong}\n".encode(), "text/csv") == f"mobile\n***\n{MOBILE}\n***\n"
    assert unopened(rig) == {"person.mobile": 1}, "one and the same counts once"
    page = '<table><tr><td class="mobile">{}</td><td class="mobile">{}</td></tr></table>'
    assert read(rig, page.format(wrong, stored).encode(), "text/html") == page.format("***", MOBILE)
    assert unopened(rig) == {"person.mobile": 1}
    assert rig.gateway.counters()["unopened"] == before + 3
    event = rig.gateway.events()[-1]["event"]["id"]
    said = "\n".join(lines_of_event(Home(rig.gateway.home), event, datetime.now(UTC)))
    assert "person.mobile (mobile): 后端存的密文打不开" in said


def test_what_was_moved_and_what_is_no_text_do_not_open(rig: Rig, stored: str) -> None:
    moved = {"mobile": 13800138000, "home": {"phone": stored}}
    assert json.loads(read(rig, json.dumps(moved).encode())) == {"mobile": None, "home": {"phone": "***"}}
    assert unopened(rig) == {"person.mobile": 1, "home.phone": 1}


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
OTHERWISE: dict[str, tuple[bytes, str]] = {
    "within": (json.dumps({"person": {"mobile": MOBILE}}).encode(), JSON),
    "in an undeclared list": (json.dumps({"items": [{"x": {"Mobile": MOBILE}}]}).encode(), JSON),
    "as a path": (json.dumps({"person.mobile": MOBILE}).encode(), JSON),
    "as a list": (json.dumps({"mobile": [MOBILE]}).encode(), JSON),
    "within a form": (f"person%5Bmobile%5D={MOBILE}".encode(), FORM),
    "as a default in a form": (f"%21mobile={MOBILE}".encode(), FORM),
    "of a prefix in a form": (f"form-0-mobile={MOBILE}".encode(), FORM),
    "with what some cut off": (f"mobile%00x={MOBILE}".encode(), FORM),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_nothing_is_stored_as_it_is_under_another_name(rig: Rig, case: str) -> None:
    body, kind = OTHERWISE[case]
    answer = rig.ask(answering(b"{}"), target="/people", method="POST", headers=CLERK + kind, body=body)
    assert reads(answer)[0] == 400
    assert rig.behind.asked == []
    assert rig.gateway.events()[-1]["event"]["reason"] == "not_as_declared"


def test_a_long_answer_tells_it_window_by_window(rig: Rig, stored: str) -> None:
    items = [{"mobile": f"{stored[:-8]}{number:08}" if number % 2 else stored} for number in range(40_000)]
    answer = rig.ask(
        answering(json.dumps({"items": items}).encode(), "application/json"), target="/people", headers=CLERK
    )
    assert sum(item["mobile"] == "***" for item in json.loads(reads(answer)[2])["items"]) == 20_000
    exchange = rig.gateway.events()[-1]["yingbi"]["exchange"]
    events = [event["yingbi"] for event in rig.gateway.events() if event["yingbi"]["exchange"] == exchange]
    uses = [use for event in events for use in event.get("fields", ()) if use["transform"] == "unopened"]
    assert len(uses) > 1
    assert sum(use["count"] for use in uses) == 20_000
