import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.by_hand_acts import give_back, take
from incident.codec import tag_of
from incident.draft import CHECK_LIST
from incident.duty.duties import Occurrence
from incident.evidence import Custody
from incident.evidence_book import EvidenceBook
from incident.facts.case import Move, Noted
from incident.facts.duty import Happened
from incident.facts.persons import PersonsListed
from incident.handling_book import HandlingBook
from incident.ids import ENGINE, CaseId, DutyId, person
from incident.journal import BrokenJournal, Entry, Fact, entries_of, read_fact, verify, write_fact
from incident.marking import CaseRole, Tlp
from incident.notice import WithdrawalReason
from incident.taken import LinkKind
from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from tests.golden import Golden
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, alert, zh

CASE = CaseId("C-20261123-001")


RECIPIENT = f"age1{'q' * 58}"


def whole_road(office: Office) -> tuple[Entry, ...]:
    """The journal of a case in which nearly everything has happened."""
    case = office.to_the_draft()
    office.cases.settle_fact(case, CHEN, "accounts", zh("1", "1"), "已核对")
    office.cases.note(case, CHEN, "已电话通知分管领导")
    digest = office.cases.get(case).notice.digest
    due = office.watch() + timedelta(minutes=1)
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST), due=due)
    office.cases.call_off_notice(case, CHEN, digest)
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST), due=due)
    office.cases.approve_notice(case, ZHAO, digest)
    office.watch.move(minutes=1)
    office.cases.tick()
    office.perform_all()
    office.cases.withdraw_notice(case, CHEN, WithdrawalReason.WRONG)
    office.perform_all()
    late_step(office, case)
    office.do_the_rest(case)
    (block,) = office.cases.get(case).containments
    office.cases.ask_lift(case, block.key, CHEN, "核实后恢复")
    office.cases.agree_lift(case, block.key, LI)
    office.perform_all()
    office.cases.happened(case, CHEN, Occurrence.CRIME_CLUE, TEN)
    office.cases.state_item(case, CHEN, "cause", "账号借用\n正在核实")
    office.cases.dispute_clue(case, CHEN, "误登记")
    office.cases.withdraw_clue(case, LI)
    office.cases.fulfil(case, DutyId("tell-persons"), CHEN, "通告 N-20261123-001")
    book = HandlingBook(office.cases)
    book.give_role(case, CHEN, CaseRole.LEAD, [LI])
    book.set_task(case, CHEN, "核对台账", LI, office.watch.at + timedelta(days=1))
    book.finish_task(case, LI, 1, "已核对")
    book.mark(case, CHEN, Tlp.RED)
    evidence = EvidenceBook(office.cases, SealedFolder(office.folder / "evidence", b"s" * 32, "evidence"), NotAsSealed)
    evidence.add(case, CHEN, "日志.txt", b"line", "一号服务器", Tlp.AMBER)
    evidence.move(case, CHEN, 1, Custody.HANDED_OVER, "区公安分局", "")
    evidence.open(case, CHEN, 1, audits=False)
    book.restrict(case, CHEN, [LI], "涉及内部人员")
    book.read(case, ZHAO, "case")
    office.cases.act(case, Move.RESOLVE, CHEN)
    book.review(case, CHEN, "口令共用", "一人一号")
    office.watch.move(hours=13)
    office.cases.tick()
    office.watch.move(hours=17)
    office.cases.tick()
    office.cases.open_or_join(alert("a-2", rule="canary"))
    tell_persons(office, case)
    office.perform_all()
    other, last = (office.cases.open_by_hand(title, "low", CHEN, "") for title in ("同一账号的来电", "上级通报"))
    office.cases.link(case, CHEN, LinkKind.RELATED, other, "同一账号")
    office.cases.unlink(case, CHEN, LinkKind.RELATED, other, "误登记")
    office.cases.merge(other, case, CHEN, "同一件事")
    office.perform_all()
    office.cases.split(case, "a-2", CHEN, "另一件事")
    office.perform_all()
    book.mark(last, CHEN, Tlp.RED)
    book.restrict(last, CHEN, [LI], "涉及内部人员")
    office.cases.merge(case, last, CHEN, "由上级通报统一处置")
    return office.cases.get(case).entries


def late_step(office: Office, case: CaseId) -> None:
    """Of the step that is due first: taken, given back, and late."""
    first = min(office.cases.get(case).questions, key=lambda asked: asked.due or TEN + timedelta(days=99))
    office.cases.record(case, LI, lambda known: take(known, first.key, LI))
    office.cases.record(case, CHEN, lambda known: give_back(known, first.key, CHEN, "休假"))
    assert first.due is not None
    office.watch.at = first.due + timedelta(seconds=1)
    office.cases.tick()


def tell_persons(office: Office, case: CaseId) -> None:
    """A list of persons to tell that is given up when a part of it is there."""
    office.cases.ask_persons(case, CHEN, "register", RECIPIENT, "依法告知", masked=False)
    office.cases.agree_persons(case, LI, 1, RECIPIENT)
    why = "系统没有答完（ReadError） / the system did not answer to the end"
    fact = PersonsListed(number=1, part=1, affected=9, found=4, read=5, complete=False, why=why)
    office.cases.persons_listed(case, fact)
    office.cases.stop_persons(case, CHEN, 1, "系统已下线")


FACTS = tuple(
    kind for member in get_args(Fact.__value__) for kind in get_args(getattr(member, "__value__", None)) or (member,)
)


def test_the_kinds_of_facts_keep_their_names(golden: Golden) -> None:
    """A journal is for ever: a fact that is renamed, or loses a field, makes old journals unreadable."""
    golden.check("facts.txt", "".join(f"{tag_of(kind)}: {' '.join(kind.__slots__)}\n" for kind in FACTS))


def test_every_kind_of_fact_is_read_as_it_was_written(office: Office) -> None:
    entries = whole_road(office)
    assert {type(entry.fact) for entry in entries} == set(FACTS)
    for entry in entries:
        assert read_fact(json.loads(entry.body)) == entry.fact
        assert read_fact(json.loads(json.dumps(write_fact(entry.fact)))) == entry.fact


def test_a_journal_that_nobody_touched_is_whole(office: Office) -> None:
    entries = whole_road(office)
    verify(entries)
    office.restart()
    verify(office.cases.get(CASE).entries)
    assert office.cases.get(CASE).entries == entries


def three() -> list[Entry]:
    facts = [Noted(text=text) for text in ("one", "two", "three")]
    return list(entries_of(CASE, facts, after=None, at=TEN, by=ENGINE))


@pytest.mark.parametrize(
    "tamper",
    [
        lambda entries: entries[:1] + entries[2:],
        lambda entries: entries[1:],
        lambda entries: [entries[1], entries[0], entries[2]],
        lambda entries: [*entries, entries[2]],
        lambda entries: [entries[0], replace(entries[1], body=entries[1].body.replace("two", "2")), entries[2]],
        lambda entries: [entries[0], replace(entries[1], at=TEN + timedelta(seconds=1)), entries[2]],
        lambda entries: [entries[0], replace(entries[1], by=person(CHEN)), entries[2]],
        lambda entries: [replace(entry, case=CaseId("C-20261123-002")) for entry in entries],
    ],
    ids=[
        "dropped",
        "the first dropped",
        "moved",
        "repeated",
        "changed",
        "another time",
        "another actor",
        "another case",
    ],
)
def test_what_was_altered_shows(tamper: Callable[[list[Entry]], list[Entry]]) -> None:
    verify(three())
    with pytest.raises(BrokenJournal, match="does not follow"):
        verify(tamper(three()))


def test_entries_go_on_from_the_last() -> None:
    first, second, _ = three()
    (again,) = entries_of(CASE, [Noted(text="two")], after=first, at=TEN, by=ENGINE)
    assert again == second


@pytest.mark.parametrize("raw", [{}, {"type": "dance"}, {"type": "noted"}, {"type": "noted", "text": "x", "by": "me"}])
def test_what_is_no_fact_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"unknown|missing"):
        read_fact(raw)


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(Occurrence), st.text(max_size=20))
def test_times_and_texts_survive(at: datetime, what: Occurrence, note: str) -> None:
    fact = Happened(what=what, at=at, note=note)
    (entry,) = entries_of(CASE, [fact], after=None, at=at, by=ENGINE)
    assert read_fact(json.loads(entry.body)) == fact
