"""The pages where one asks to be shown a record whole: whole themselves, and never the words of somebody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.permits import Answered, Kind, State
from policies.program import GrantRule, RevealRule
from proxy.reveal import REVEAL, Refused, Wanted, permit_in
from proxy.reveal_pages import form_page, state_document, state_of, state_page
from proxy.signin import OwnAnswer

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PERMIT = "prm-0123456789abcdef"
ANSWERED = {
    "asked": None,
    "open": Answered(id=PERMIT, caller="wang", state=State.OPEN, until=NOW + timedelta(minutes=15)),
    "refused": Answered(id=PERMIT, caller="wang", state=State.REFUSED, code="not_one_record"),
    "ended": Answered(id=PERMIT, caller="wang", state=State.ENDED, until=NOW),
}


def parsed(own: OwnAnswer) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(own.body)


def rule(name: str, kind: Kind = Kind.REVEAL, titles: tuple[tuple[str, str], ...] = ()) -> RevealRule:
    grant = GrantRule(id=name, sees={}, until=NOW.timestamp(), rule="grants.yaml:1")
    return RevealRule(grant=grant, kind=kind, minutes=15, at_most_a_day=20, sampled=10, titles=titles)


NAMES = rule("names", titles=(("姓名", "Name"),))
GLASS = rule("glass", Kind.BREAK_GLASS)


@pytest.mark.parametrize("rules", [(NAMES,), (GLASS,), (NAMES, GLASS), (NAMES, rule("mobiles"), GLASS)])
@pytest.mark.parametrize(
    "refused", [None, Refused("reveal_tells_of_somebody"), Refused("reveal_incomplete", "甲", "a")]
)
def test_the_form_needs_no_script_and_names_each_of_its_controls(
    rules: tuple[RevealRule, ...], refused: Refused | None
) -> None:
    page = parsed(form_page("大厅 Hall", rules, Wanted(), refused))
    assert page.find(".//form").attrib["action"] == REVEAL
    assert not page.findall(".//script")
    named = {label.attrib["for"] for label in page.findall(".//label") if "for" in label.attrib}
    assert {"event", "case", "reason"} <= named
    choices = page.findall(".//input[@name='reveal']")
    assert [choice.attrib["value"] for choice in choices] == [rule.grant.id for rule in rules]
    assert {choice.attrib["type"] for choice in choices} == {"radio" if len(rules) > 1 else "hidden"}
    assert [choice for choice in choices if "checked" in choice.attrib] == (choices[:1] if len(rules) > 1 else [])


def test_what_was_chosen_stays_chosen_and_says_what_it_shows() -> None:
    page = form_page("大厅 Hall", (NAMES, GLASS), Wanted(reveal="glass"), Refused("reveal_incomplete"))
    (checked,) = [each for each in parsed(page).findall(".//input[@name='reveal']") if "checked" in each.attrib]
    assert checked.attrib["value"] == "glass"
    assert "查看一个人的原文：姓名（names）" in page.body.decode()


@given(st.builds(Wanted, event=st.text(), case=st.text(), reason=st.text(), reveal=st.text()))
def test_what_was_written_comes_back_as_text_and_as_nothing_else(wanted: Wanted) -> None:
    told = form_page("<b>", (NAMES, GLASS), wanted, Refused("reveal_incomplete")).body
    empty = form_page("<b>", (NAMES, GLASS), Wanted(), Refused("reveal_incomplete")).body
    assert told.count(b"<") == empty.count(b"<")
    assert told.count(b'"') == empty.count(b'"')


@pytest.mark.parametrize("state", ANSWERED)
def test_a_state_is_told_to_people_and_programs_alike(state: str) -> None:
    page = state_page("大厅 Hall", PERMIT, ANSWERED[state], NOW)
    parsed(page)
    assert (b'http-equiv="refresh"' in page.body) is (state == "asked")
    assert f'"state": "{state}"'.encode() in state_document(PERMIT, ANSWERED[state], NOW).body


def test_what_is_open_has_ended_once_its_time_is_over() -> None:
    assert state_of(ANSWERED["open"], NOW + timedelta(minutes=14)) == "open"
    assert state_of(ANSWERED["open"], NOW + timedelta(minutes=15)) == "ended"


@given(st.text())
def test_only_the_id_of_a_permit_is_one(name: str) -> None:
    assert permit_in(f"{REVEAL}/{name}") in ("", name)
    assert permit_in(f"{REVEAL}/{PERMIT}") == PERMIT
    assert permit_in(f"{REVEAL}/{PERMIT}/{name}") == ""
    assert permit_in(PERMIT) == ""
