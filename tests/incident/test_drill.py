"""Nothing of a drill happens outside its journal, whatever is tried."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin.wording import Site
from console.notices.view import Standing, standing_of
from incident.audience import Audience
from incident.codec import tag_of
from incident.command import (
    Containment,
    Failed,
    PublishNotice,
    Question,
    Rehearsal,
    Tighten,
)
from incident.commanding import with_draft
from incident.drill import NOT_DONE, harmless, is_barred, needs_real
from incident.duty.duties import Occurrence
from incident.duty.forms import Form
from incident.facts.case import AlertJoined, Move
from incident.facts.run import CommandIssued
from incident.graph import leading, load_playbooks
from incident.ids import CaseId, CommandKey, NotPermitted, person
from incident.incident import Case
from incident.journal import entries_of, read_fact, write_fact
from incident.notice import WithdrawalReason
from incident.rendition import markup_of, rendition_json
from incident.sheets.sheet import texts_of
from incident.state import State
from incident.store import CaseStore
from tests.incident.office import ANSWERS, CHEN, LI, PRESS, TEN, ZHAO, Office, alert, new_database
from yingbi.notices.file import notice_file

SITE = Site(unit=PRESS.contact.unit.zh, phone=PRESS.contact.phone)
BOOKS = sorted(leading(load_playbooks()))


def drill(office: Office, book: str = "bulk-retrieval") -> CaseId:
    return office.cases.open_drill("季度演练", "high", CHEN, book=book, once="q4", plan="quarterly")


def nothing_happened(office: Office) -> None:
    assert office.overlay == {}
    assert not (office.folder / "published").exists()


def to_the_end(office: Office, case: CaseId) -> Case:
    """Say yes to whatever is asked, and let two people publish."""
    for _ in range(60):
        office.perform_all()
        known = office.cases.get(case)
        if not known.questions:
            return known
        for asked in known.questions:
            if asked.question is Question.APPROVE_NOTICE:
                for name in ("persons", "persons_masked", "accounts", "from", "to", "systems", "categories"):
                    office.cases.settle_fact(case, LI, name, PRESS.zone_name, "演练")
                for problem in office.cases.problems(case):
                    assert problem.text.zh
                office.cases.redraft_notice(case, LI, office.cases.template_of(case))
                office.publish(case)
            else:
                inputs = {name: ANSWERS.get(name, "0") for name in asked.answers}
                if len(asked.measures) > 1:
                    inputs["measure"] = "0"
                office.cases.complete(case, asked.key, CHEN, inputs=inputs)
    raise AssertionError(f"still asked: {office.cases.get(case).questions}")


@pytest.mark.parametrize("book", BOOKS)
def test_a_shipped_playbook_is_rehearsed_to_its_end(office: Office, book: str) -> None:
    known = to_the_end(office, drill(office, book))
    nothing_happened(office)
    assert known.drill
    assert known.run_ended is not None
    issued = [each.command for each in known.commands.values()]
    assert not [command for command in issued if is_barred(known, command)]
    assert any(isinstance(command, Rehearsal) for command in issued)
    assert known.notice.versions == ()
    performed = {tag_of(type(known.commands[CommandKey(key)].command)) for key in office.performed}
    assert performed <= {"assess_scope"}
    assert book != "bulk-retrieval" or known.notice.approved_by
    assert not known.notice.approved_by or standing_of(known) is Standing.REHEARSED


def test_it_is_contained_as_far_as_the_drill_goes(office: Office) -> None:
    case = drill(office)
    office.say_yes(case, Question.CONTAIN)
    known = office.cases.get(case)
    assert known.state is State.CONTAINED
    assert known.contained_at == TEN
    assert known.held(TEN) == ()
    said = [each.said for each in known.commands.values() if isinstance(each.command, Rehearsal)]
    assert set(said) == {NOT_DONE}


@pytest.mark.parametrize("kind", list(Containment))
def test_containing_by_hand_blocks_nobody(office: Office, kind: Containment) -> None:
    case = drill(office, "")
    office.cases.contain(case, CHEN, kind, system="register", target="clerk-wang", hours=1, reason="演练", known=True)
    office.perform_all()
    nothing_happened(office)
    assert office.cases.get(case).tightenings == ()


def test_what_is_fulfilled_bears_the_mark(office: Office) -> None:
    case = drill(office)
    clocks = office.cases.get(case).clocks
    office.cases.fulfil(case, next(iter(clocks)), CHEN, "R-2026-1")
    done = office.cases.get(case).clocks[next(iter(clocks))].fulfilled
    assert done is not None
    assert done.reference == "【演练】R-2026-1"


def test_the_text_of_the_notice_bears_the_mark_also_once_somebody_took_it_out(office: Office) -> None:
    case = drill(office, "")
    office.cases.redraft_notice(case, LI, "bulk-retrieval")
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    assert draft.content.title_zh.startswith("【演练】")
    office.cases.edit_notice(case, LI, replace(draft.content, title_zh="关于信息安全事件的通告", title_en="Notice"))
    edited = office.cases.get(case).notice.draft
    assert edited is not None
    assert (edited.content.title_zh, edited.content.title_en) == ("【演练】关于信息安全事件的通告", "【DRILL】Notice")


@pytest.mark.parametrize("audience", list(Audience))
def test_what_is_rendered_of_it_bears_the_mark_in_every_format(office: Office, audience: Audience) -> None:
    found = office.cases.rendition(drill(office), "extortion", audience)
    title = found.draft.content.title_zh if found.chinese else found.draft.content.title_en
    assert title.startswith("【演练】" if found.chinese else "【DRILL】")
    assert title in markup_of(found)
    assert (rendition_json(found)["drill"], rendition_json(found)["publishable"]) == (True, False)
    assert title in notice_file(found, "txt", SITE).decode()
    assert "演练，不发布 / DRILL, published nowhere" in notice_file(found, "html", SITE).decode()


@pytest.mark.parametrize("form", [Form.FIRST, Form.SMS, Form.MAIL, Form.LETTER])
def test_the_forms_of_its_duties_bear_the_mark(office: Office, form: Form) -> None:
    case = drill(office)
    to_the_end(office, case)
    for item in ("cause", "harm"):
        office.cases.state_item(case, CHEN, item, "演练")
    sheet = office.cases.form(case, form, ("内部资料",))
    assert sheet.title.startswith("【演练】")
    assert sheet.marks == ("演练 / DRILL", "内部资料")
    assert form not in (Form.SMS, Form.MAIL) or any(text.startswith("【演练】【") for _, text in texts_of(sheet))


def test_a_real_alert_opens_a_case_of_its_own(office: Office) -> None:
    """A drill that took in a real alert would hide a leak."""
    case = drill(office)
    (invented,) = office.cases.get(case).alerts.values()
    real = office.cases.open_or_join(alert("a-1", group=invented.group, rule=invented.rule, automatic=True))
    assert real != case
    assert not office.cases.get(real).drill
    office.perform_all()
    assert [each.case for each in office.overlay.values()] == [real]
    with pytest.raises(NotPermitted, match="takes in no alert"):
        office.cases.record(case, CHEN, lambda _: (AlertJoined(alert=alert("a-2")),))


def test_only_a_real_case_is_told_of(office: Office) -> None:
    needs_real(office.cases.get(office.cases.open_by_hand("接到举报", "high", CHEN, "")))
    with pytest.raises(NotPermitted, match="a drill"):
        needs_real(office.cases.get(drill(office)))


def test_a_drill_needs_a_playbook_that_there_is(office: Office) -> None:
    with pytest.raises(NotPermitted, match="no such playbook: `no-such`"):
        office.cases.open_drill("演练", "high", CHEN, book="no-such", once="1")


def test_it_is_a_drill_after_a_restart_and_asked_for_twice_it_is_one(office: Office) -> None:
    case = drill(office)
    office.restart()
    assert office.cases.get(case).drill
    assert office.cases.get(case).plan == "quarterly"
    assert drill(office) == case


def smuggled(office: Office, case: CaseId) -> tuple[Tighten, PublishNotice]:
    """Commands that act outside, written into the journal of a drill past all that forbids it."""
    known = office.cases.get(case)
    tighten = Tighten(
        key=CommandKey(f"{case}.0.98"),
        case=case,
        kind=Containment.BLOCK_CALLER,
        target="clerk-wang",
        until=TEN + timedelta(hours=1),
        reason="smuggled",
        by=person(CHEN),
    )
    publish = PublishNotice(key=CommandKey(f"{case}.0.99"), case=case, notice=with_draft(known, TEN))
    facts = [CommandIssued(step=0, command=command) for command in (tighten, publish)]
    CaseStore(office.engine).append(entries_of(case, facts, after=known.last, at=TEN, by=person(CHEN)))
    return tighten, publish


def test_what_was_smuggled_into_the_journal_is_not_performed(office: Office) -> None:
    case = drill(office)
    office.cases.redraft_notice(case, LI, "bulk-retrieval")
    tighten, publish = smuggled(office, case)
    office.restart()
    assert {tighten.key, publish.key} <= {each.key for each in office.cases.get(case).machine_commands}
    assert not {tighten.key, publish.key} & {each.key for each in office.cases.pending()}
    barring = replace(office.performer, bars=lambda command: is_barred(office.cases.get(command.case), command))
    for command in (tighten, publish):
        assert barring.perform(command) == Failed(said=NOT_DONE)
    nothing_happened(office)


ACTS: tuple[Callable[[Office, CaseId], object], ...] = (
    lambda office, case: office.cases.contain(
        case, CHEN, Containment.STOP_SYSTEM, system="register", hours=2, reason="试", known=True
    ),
    lambda office, case: office.cases.complete(case, office.cases.get(case).questions[0].key, CHEN),
    lambda office, case: office.cases.decline(case, office.cases.get(case).questions[0].key, CHEN, "不"),
    lambda office, case: office.cases.redraft_notice(case, LI, "bulk-retrieval"),
    lambda office, case: office.publish(case),
    lambda office, case: office.cases.withdraw_notice(case, LI, WithdrawalReason.WRONG),
    lambda office, case: office.cases.approve_notice(case, ZHAO, office.cases.get(case).notice.digest),
    lambda office, case: office.cases.happened(case, CHEN, Occurrence.CRIME_CLUE, office.watch.at),
    lambda office, case: office.cases.act(case, Move.RESOLVE, CHEN),
    lambda office, case: office.cases.act(case, Move.REOPEN, CHEN, "再来"),
    lambda office, case: office.cases.fulfil(case, next(iter(office.cases.get(case).clocks)), CHEN, "R-1"),
    lambda office, case: office.cases.finished(CommandKey(f"{case}.0.1"), Failed(said="no")),
    lambda office, case: office.watch.move(hours=7),
    lambda office, case: office.cases.tick(),
    lambda office, case: office.restart(),
)


@settings(max_examples=10, deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=8), book=st.sampled_from(["", *BOOKS]))
def test_no_order_of_acts_makes_a_drill_act(
    tmp_path_factory: pytest.TempPathFactory, acts: list[Callable[[Office, CaseId], object]], book: str
) -> None:
    folder: Path = tmp_path_factory.mktemp("drill")
    engine = new_database(folder)
    office = Office(folder=folder, engine=engine)
    case = drill(office, book)
    for act in acts:
        with suppress(NotPermitted, IndexError, StopIteration, AssertionError):
            act(office, case)
        office.perform_all()
    nothing_happened(office)
    known = office.cases.get(case)
    assert not [each for each in known.commands.values() if is_barred(known, each.command)]
    office.events.close()
    engine.dispose()


def test_what_is_not_known_to_stay_inside_is_rehearsed(office: Office) -> None:
    """A kind of command that somebody adds later is rehearsed until it is said to stay inside."""
    real = office.cases.get(office.cases.open_by_hand("接到举报", "high", CHEN, ""))
    tighten = Tighten(
        key=CommandKey("k"), case=real.id, kind=Containment.STOP_SYSTEM, until=TEN, reason="", by=person(CHEN)
    )
    fact = CommandIssued(step=0, command=tighten)
    assert harmless(real.id, [fact], drill=False) == (fact,)
    (instead,) = harmless(real.id, [fact], drill=True)
    assert isinstance(instead, CommandIssued)
    assert isinstance(instead.command, Rehearsal)
    assert instead.command.of == "tighten"
    assert read_fact(write_fact(instead)) == instead
