"""What is published of incidents for citizens who ask, from a real journal and a real index, as workers read it."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from incident.handling_book import HandlingBook
from incident.ids import CaseId, DutyId
from incident.notice import WithdrawalReason
from policies.affected import AffectedTable, Incident, NotKnown, shown_of
from policies.digest import Digester
from policies.keys.key_files import Signer, Verifier, make_secret
from proxy.published import AFFECTED_TABLE, NotPublished, digests_folder, read_published_affected
from siem.record.event import Disclosure
from tests.incident.office import CHEN, LIMIT, TEN, Office, alert, new_database, shown
from tests.siem.events import document
from yingbi.publish.affected import AGAIN, LASTS, AffectedPublisher

OLD, NOW = Digester("1", bytes(32)), Digester("2", bytes([1]) * 32)
MINE, MASKED, OTHER = "R-000001", "R-000002", "R-000003"
TELL = DutyId("tell-persons")


@dataclass
class Desk:
    """An installation, and what its workers would read."""

    office: Office
    folder: Path
    key: Path
    canaries: frozenset[str] | None = frozenset()

    def publisher(self) -> AffectedPublisher:
        return AffectedPublisher(
            folder=self.folder,
            signer=Signer(self.key),
            cases=self.office.cases,
            events=self.office.events,
            canaries=lambda: self.canaries,
            clock=self.office.watch,
            site="https://bulletin.localhost",
            phone="0570-8765000",
        )

    @property
    def table(self) -> AffectedTable:
        return read_published_affected(self.folder, Verifier(Signer(self.key).public_bytes))

    @property
    def files(self) -> list[str]:
        folder = digests_folder(self.folder)
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def answer(self, incident: Incident, person: str) -> bool | None:
        return shown_of(digests_folder(self.folder), incident, [NOW(person), OLD(person)])

    def contained(self) -> CaseId:
        """A case whose persons are counted, and of which nobody outside was told."""
        at = TEN - timedelta(minutes=4)
        clear = {"fields": (shown("name", count=2),), "subjects": (OLD(MINE), OLD("R-000004"))}
        masked = {"fields": (shown("name", Disclosure.MASKED),), "subjects": (OLD(MASKED),)}
        self.office.events.append(
            [
                document(1, at=at, disclosure=Disclosure.CLEAR, **clear),
                document(2, at=at, disclosure=Disclosure.MASKED, **masked),
            ],
            LIMIT,
        )
        case = self.office.cases.open_or_join(alert(automatic=True))
        self.office.perform_all()
        return case

    def published(self) -> CaseId:
        case = self.contained()
        assert self.office.publish(case).notice.published
        return case


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = new_database(tmp_path)
    office = Office(folder=tmp_path, engine=engine, canaries=frozenset())
    make_secret(tmp_path / "permits.key")
    with closing(office.events):
        yield Desk(office, tmp_path / "workers", tmp_path / "permits.key")
    engine.dispose()


def steps(publisher: AffectedPublisher) -> None:
    """Count what is due, and publish it."""
    publisher.step()
    publisher.step()


def test_nothing_is_said_of_a_case_until_the_public_is_told(desk: Desk) -> None:
    desk.contained()
    steps(desk.publisher())
    assert (desk.table.incidents, desk.files) == ((), []), "that there is none is published as well"


def test_a_published_notice_is_answered_from_exactly_its_persons_by_any_epoch(desk: Desk) -> None:
    case = desk.published()
    steps(desk.publisher())
    (incident,) = desk.table.incidents
    content = desk.office.cases.get(case).notice.versions[-1].content
    assert content is not None
    assert (incident.notice, incident.title_zh) == ("N" + case[1:], content.title_zh)
    assert (incident.is_counted, incident.is_whole) == (True, True)
    assert incident.has_other_numbers, "no answer of theirs holds a resident ID"
    assert [desk.answer(incident, person) for person in (MINE, MASKED, OTHER)] == [True, False, None]
    (name,) = desk.files
    path = digests_folder(desk.folder) / name
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_withdrawn_notice_is_gone_with_its_digests(desk: Desk) -> None:
    case = desk.published()
    publisher = desk.publisher()
    steps(publisher)
    desk.office.cases.withdraw_notice(case, CHEN, WithdrawalReason.WRONG)
    desk.office.perform_all()
    publisher.step()
    assert (desk.table.incidents, desk.files) == ((), [])


def test_where_persons_were_told_without_a_notice_no_number_and_no_title_is_published(desk: Desk) -> None:
    case = desk.contained()
    desk.office.cases.fulfil(case, TELL, CHEN, "告知书 2026-17")
    steps(desk.publisher())
    (incident,) = desk.table.incidents
    assert (incident.notice, incident.title_zh, incident.title_en) == ("", "", "")
    assert [desk.answer(incident, person) for person in (MINE, OTHER)] == [True, None]


def test_what_never_was_is_not_told_though_persons_were(desk: Desk) -> None:
    case = desk.published()
    desk.office.cases.fulfil(case, TELL, CHEN, "告知书 2026-17")
    desk.office.cases.withdraw_notice(case, CHEN, WithdrawalReason.NO_INCIDENT)
    desk.office.perform_all()
    steps(desk.publisher())
    assert desk.table.incidents == ()


def test_of_a_drill_nothing_is_said_whatever_is_done_in_it(desk: Desk) -> None:
    case = desk.office.cases.open_drill("演练", "high", CHEN, book="", once="1")
    if TELL in desk.office.cases.get(case).clocks:
        desk.office.cases.fulfil(case, TELL, CHEN, "演练")
    steps(desk.publisher())
    assert desk.table.incidents == ()


def test_of_a_restricted_case_nothing_is_said_but_what_its_notice_says(desk: Desk) -> None:
    case = desk.published()
    publisher = desk.publisher()
    steps(publisher)
    HandlingBook(desk.office.cases).restrict(case, CHEN, [CHEN], "涉及内部人员")
    publisher.step()
    (incident,) = desk.table.incidents
    assert (incident.notice, incident.is_counted, incident.parts) == ("N" + case[1:], False, ())
    assert desk.files == []
    with pytest.raises(NotKnown):
        desk.answer(incident, OTHER)


def test_of_a_restricted_case_without_a_notice_nothing_is_said(desk: Desk) -> None:
    case = desk.contained()
    desk.office.cases.fulfil(case, TELL, CHEN, "告知书 2026-17")
    HandlingBook(desk.office.cases).restrict(case, CHEN, [CHEN], "涉及内部人员")
    steps(desk.publisher())
    assert desk.table.incidents == ()


def test_who_is_told_later_than_the_count_can_not_be_told_that_he_is_not_affected(desk: Desk) -> None:
    case = desk.published()
    publisher = desk.publisher()
    steps(publisher)
    desk.office.watch.move(hours=1)
    desk.office.cases.open_or_join(alert(last_at=TEN + timedelta(minutes=50)))
    assert desk.office.cases.get(case).scope_outdated
    publisher.step()
    (incident,) = desk.table.incidents
    assert desk.answer(incident, MINE) is True
    with pytest.raises(NotKnown):
        desk.answer(incident, OTHER)


def test_persons_other_than_those_of_the_journal_are_not_published(desk: Desk) -> None:
    desk.published()
    desk.canaries = frozenset({OLD("R-000004")})
    publisher = desk.publisher()
    steps(publisher)
    (incident,) = desk.table.incidents
    assert (incident.is_counted, desk.files) == (False, [])
    desk.canaries = frozenset()
    publisher.step()
    assert desk.files == [], "it rests meanwhile"
    desk.office.watch.move(seconds=AGAIN.total_seconds() + 1)
    steps(publisher)
    assert desk.table.incidents[0].is_counted


def test_what_was_published_outlasts_the_events_and_the_process(desk: Desk) -> None:
    desk.published()
    steps(desk.publisher())
    before = desk.table
    desk.office.events.drop_before((TEN + timedelta(days=2)).date(), LIMIT)
    desk.office.restart()
    later = desk.publisher()
    steps(later)
    assert desk.table == before


SPOIL: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "cut short": lambda path: os.truncate(path, 3),
    "altered": lambda path: path.write_bytes(bytes(path.stat().st_size)),
}


@pytest.mark.parametrize("spoil", SPOIL)
def test_a_file_that_was_spoilt_is_made_anew(desk: Desk, spoil: str) -> None:
    desk.published()
    steps(desk.publisher())
    SPOIL[spoil](digests_folder(desk.folder) / desk.files[0])
    steps(desk.publisher())
    assert desk.answer(desk.table.incidents[0], MINE) is True


def test_the_table_is_renewed_before_it_is_out_of_date_and_grows_where_it_was_lost(desk: Desk) -> None:
    desk.published()
    publisher = desk.publisher()
    steps(publisher)
    first = desk.table
    assert first.until == desk.office.watch() + LASTS
    publisher.step()
    assert desk.table == first, "as long as nothing changes and there is time"
    desk.office.watch.move(minutes=6)
    publisher.step()
    second = desk.table
    assert (second.until, second.incidents) == (desk.office.watch() + LASTS, first.incidents)
    (desk.folder / AFFECTED_TABLE).unlink()
    desk.office.watch.move(minutes=1)
    desk.publisher().step()
    assert first.generation < second.generation < desk.table.generation


def test_a_clock_that_is_put_back_shortens_the_time_of_the_table(desk: Desk) -> None:
    publisher = desk.publisher()
    publisher.step()
    desk.office.watch.move(hours=-1)
    publisher.step()
    assert desk.table.until == desk.office.watch() + LASTS


def test_another_key_publishes_anew(desk: Desk) -> None:
    desk.published()
    steps(desk.publisher())
    desk.key.unlink()
    make_secret(desk.key)
    with pytest.raises(NotPublished):
        _ = desk.table
    steps(desk.publisher())
    assert desk.answer(desk.table.incidents[0], MINE) is True


def test_a_disk_that_refuses_stops_nothing_and_is_tried_again(desk: Desk) -> None:
    desk.folder.write_bytes(b"")
    publisher = desk.publisher()
    publisher.step()
    desk.folder.unlink()
    publisher.step()
    assert desk.table.incidents == ()
