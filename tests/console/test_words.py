import re

import pytest

from console import words
from console.cases.words import MOVES, STATES
from console.form_words import DONE, WRITTEN
from console.notices.view import STANDING_KINDS, STANDINGS, Standing
from console.pages import TEMPLATES
from console.rules.words import LEVELS as LEVEL_WORDS
from incident.activation import Progress
from incident.command import Containment, Question
from incident.duty.clocks import Reading, Urgency
from incident.duty.duties import Grade, Occurrence, SetBy
from incident.duty.duties import Standing as LawStanding
from incident.facts.case import Move
from incident.ids import ENGINE, Actor, ActorKind, PersonId, person
from incident.level import LEVELS
from incident.notice import Stage, WithdrawalReason
from incident.scope import Caution
from incident.state import State
from siem.detect.lifecycle import AlertState, Disposition
from siem.notify.message import Kind as Notified
from siem.record.event import CallerKind, Disclosure, Phase, Verdict
from tests.console.bureau import Bureau

CLOSED = {
    "states": State,
    "levels": LEVELS,
    "alert_states": AlertState,
    "dispositions": Disposition,
    "occurrences": Occurrence,
    "readings": Reading,
    "urgencies": Urgency,
    "limits": SetBy,
    "standings": LawStanding,
    "cautions": Caution,
    "questions": Question,
    "progress": Progress,
    "caller_kinds": CallerKind,
    "phases": Phase,
    "verdicts": Verdict,
    "disclosures": Disclosure,
    "grades": Grade,
    "stages": Stage,
    "withdrawals": WithdrawalReason,
    "containments": Containment,
    "notified": Notified,
}


@pytest.mark.parametrize("name", CLOSED)
def test_every_member_has_its_words(name: str) -> None:
    assert {str(key) for key in words.TABLES[name]} == {str(member) for member in CLOSED[name]}


def test_every_move_has_its_words() -> None:
    assert set(MOVES) == set(Move)


def test_words_are_in_their_language() -> None:
    for table in (*words.TABLES.values(), DONE, MOVES, WRITTEN, STANDINGS):
        for word in table.values():
            assert re.search("[一-鿿]", word.zh)
            assert word.en
            assert not re.search("[一-鿿]", word.en)


def test_every_standing_of_a_notice_has_a_look() -> None:
    assert set(STANDINGS) == set(STANDING_KINDS) == set(Standing)


def test_something_unknown_is_shown_as_it_is() -> None:
    assert words.word(LEVEL_WORDS, "catastrophic").zh == "catastrophic"


def test_who_did_something(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.with_question())
    rule = case.entries[0].by
    assert rule.kind is ActorKind.RULE
    assert words.who(rule, case).zh == "规则“短时间大量读取个人信息”"
    assert words.who(rule).zh == "规则"
    assert words.who(person(PersonId("p-chen"))).zh == "p-chen"
    assert words.who(ENGINE).zh == "系统"
    for actor in (rule, ENGINE, person(PersonId("p-chen"))):
        assert words.whose(str(actor)) == words.who(actor)
    assert words.whose("somebody else").zh == "somebody else"
    assert words.who(Actor(kind=ActorKind.RULE, id="unknown"), case).zh == "规则"


def test_choices_are_in_two_languages() -> None:
    assert words.options(LEVEL_WORDS, ("low", "high")) == [("low", "低 / low"), ("high", "高 / high")]
    assert len(words.options(STATES)) == len(State)


def test_every_field_in_which_people_write_is_given_back() -> None:
    """Each `area` of the templates, and each line but for those that a list, a clock or the settings fill in."""
    found = set()
    for path in TEMPLATES.glob("*.j2"):
        found |= set(re.findall(r'm\.(?:area|line)\((?:form|"[^"]+"), "([^"]+)"', path.read_text("utf-8")))
    short = {
        "since",
        "until",
        "place",
        "operation",
        "caller",
        "post",
        "address",
        "url",
        "credential",
        "input:",
        "start",
        "received_at",
        "at",
        "hours",
        "days",
        "target",
        "at_least",
        "within",
        "id",
        "unit_zh",
        "unit_en",
        "phone",
        "hotline",
        "due",
        "size",
        "sha256",
        "sm3",
    }
    assert found - short == set(WRITTEN)
