"""Publishing at a time, and by whom: what is stored, checked again when due, called off, and never published early."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident.draft import CHECK_LIST
from incident.ids import CaseId, NotPermitted
from incident.notice import read_notice
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, zh

DUE = TEN + timedelta(hours=3)


def waiting(office: Office) -> CaseId:
    """A case whose notice is approved and waits for three hours."""
    case = office.to_the_draft()
    digest = office.cases.get(case).notice.digest
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST), due=DUE)
    office.cases.approve_notice(case, ZHAO, digest)
    office.perform_all()
    return case


def published(office: Office, case: CaseId) -> int:
    """How many versions the public can read."""
    path = office.folder / "published" / f"N{case[1:]}.json"
    return len(read_notice(path).versions) if path.exists() else 0


def test_it_goes_out_when_it_is_due_and_no_sooner(office: Office) -> None:
    case = waiting(office)
    assert published(office, case) == 0
    office.watch.at = DUE - timedelta(seconds=1)
    office.cases.tick()
    office.perform_all()
    assert published(office, case) == 0
    office.watch.at = DUE
    office.cases.tick()
    office.perform_all()
    assert published(office, case) == 1
    assert office.cases.get(case).notice.published


def test_a_restart_moves_no_due_time_and_publishes_what_it_missed_once(office: Office) -> None:
    case = waiting(office)
    office.restart()
    assert office.cases.get(case).notice.due == DUE
    office.watch.at = DUE + timedelta(hours=5)
    office.restart()
    for _ in range(3):
        office.cases.tick()
        office.perform_all()
    assert published(office, case) == 1


def test_what_has_come_to_be_in_doubt_is_not_published_and_says_so(office: Office) -> None:
    case = waiting(office)
    office.cases.settle_fact(case, CHEN, "persons", zh("19", "19"), "其中一条为测试")
    office.watch.at = DUE
    office.cases.tick()
    office.perform_all()
    notice = office.cases.get(case).notice
    assert published(office, case) == 0
    assert "changed-fact" in notice.held
    assert (notice.submitted_by, notice.approved_by, notice.due) == (None, None, None)
    office.cases.redraft_notice(case, CHEN, "bulk-retrieval")
    office.publish(case)
    assert published(office, case) == 1
    assert office.cases.get(case).notice.held == ()


def test_one_person_calls_it_off(office: Office) -> None:
    case = waiting(office)
    office.cases.call_off_notice(case, CHEN, office.cases.get(case).notice.digest)
    office.watch.at = DUE
    office.cases.tick()
    office.perform_all()
    assert published(office, case) == 0
    assert office.cases.get(case).notice.held == ("by-hand",)
    with pytest.raises(NotPermitted, match="no notice waits"):
        office.cases.call_off_notice(case, CHEN, office.cases.get(case).notice.digest)


def test_an_edit_voids_time_and_approval(office: Office) -> None:
    case = waiting(office)
    draft = office.cases.get(case).notice.draft
    assert draft is not None
    office.cases.edit_notice(case, CHEN, replace(draft.content, title_zh=draft.content.title_zh + "（更新）"))
    office.watch.at = DUE
    office.cases.tick()
    office.perform_all()
    notice = office.cases.get(case).notice
    assert (notice.due, notice.approved_by, published(office, case)) == (None, None, 0)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), timedelta(days=31)])
def test_the_time_is_later_and_not_far_away(office: Office, ahead: timedelta) -> None:
    case = office.to_the_draft()
    digest = office.cases.get(case).notice.digest
    with pytest.raises(NotPermitted, match="within thirty days"):
        office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST), due=office.watch() + ahead)


def test_who_submitted_cannot_approve_whatever_the_account(office: Office) -> None:
    """Persons are compared: the console hands over the person behind each account."""
    case = office.to_the_draft()
    digest = office.cases.get(case).notice.digest
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST), due=DUE)
    with pytest.raises(NotPermitted, match="cannot approve"):
        office.cases.approve_notice(case, LI, digest)
    office.cases.approve_notice(case, ZHAO, digest)
    with pytest.raises(NotPermitted, match="approved already"):
        office.cases.approve_notice(case, CHEN, digest)
