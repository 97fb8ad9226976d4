"""A playbook counts from a time until another: outside of them it begins nothing, and what has begun goes on."""

from dataclasses import replace

import pytest

from incident.facts.case import Noted
from incident.graph import read_texts
from incident.ids import NotPermitted
from incident.playbook import read_playbook
from incident.signing import Trust
from tests.incident.books import manual, raw_book, text_of
from tests.incident.office import CHEN, TEN, Office, alert

BEFORE, AFTER = "2026-11-23T09:59:59.000Z", "2026-11-23T10:00:01.000Z"


def text(**times: str) -> str:
    return text_of({**raw_book(start={"then": "do"}, do=manual(ok="end"), end={}), **times})


@pytest.mark.parametrize(
    ("times", "codes"),
    [
        ({}, []),
        ({"valid_from": BEFORE, "valid_until": AFTER}, []),
        ({"valid_until": BEFORE}, ["expired"]),
        ({"valid_from": AFTER}, ["not-yet-valid"]),
        ({"valid_from": AFTER, "valid_until": BEFORE}, ["not-yet-valid", "expired"]),
        ({"valid_until": "2026-12-31T23:59:60Z"}, []),
        ({"valid_until": "2026-02-31T00:00:00Z"}, ["wrong-value"]),
    ],
)
def test_what_is_outside_its_time_is_a_finding(times: dict[str, str], codes: list[str]) -> None:
    _, found = read_texts({"x.json": text(**times)}, trust=Trust(now=TEN))
    assert sorted(each.code for each in found) == sorted(codes)
    assert all("valid_" in text(**times).splitlines()[each.line - 1] for each in found)


def test_what_has_expired_since_it_was_loaded_begins_no_case_and_ends_none(office: Office) -> None:
    book, _ = read_playbook(text(valid_until=AFTER), "x.json")
    assert book is not None
    office.cases.rules = replace(office.cases.rules, books={"ending": book})
    asked = alert("a-1", respond="ending")
    running = office.cases.open_or_join(asked)
    office.watch.move(minutes=1)
    office.cases.tick()
    (question,) = office.cases.get(running).questions
    office.cases.complete(running, question.key, CHEN)
    assert office.cases.get(running).run_ended is not None
    later = office.cases.get(office.cases.open_or_join(alert("a-2", respond="ending", group={"user.id": "other"})))
    assert (later.main, later.questions) == (None, ())
    assert "不在有效期内" in "".join(each.fact.text for each in later.entries if isinstance(each.fact, Noted))
    with pytest.raises(NotPermitted, match="is not valid now"):
        office.cases.open_by_hand("来信", "high", CHEN, "", book="ending")
    with pytest.raises(NotPermitted, match="is not valid now"):
        office.cases.open_drill("演练", "high", CHEN, book="ending", once="x")
