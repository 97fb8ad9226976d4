from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from incident.command import AssessScope, Done, Failed, PublishNotice, ScopeFound, Tighten
from incident.ids import CaseId, CommandKey
from incident.perform import PATIENCE
from incident.scope import Caution, ScopeQuestion
from tests.incident.office import TEN, Office, alert
from tests.incident.test_notice import CONTENT, notice, version
from tests.siem.events import digest

CASE, KEY = CaseId("C-20261123-001"), CommandKey("C-20261123-001.1.1")
QUESTION = ScopeQuestion(where={"user.id": ("clerk-wang",)}, start=TEN - timedelta(hours=1), end=TEN)
COUNT = AssessScope(key=KEY, case=CASE, question=QUESTION)


def tightening(office: Office) -> Tighten:
    office.cases.open_or_join(alert(automatic=True))
    (command,) = office.cases.pending()
    assert isinstance(command, Tighten)
    return command


def test_tightening_says_how_it_went(office: Office) -> None:
    command = tightening(office)
    assert office.performer.perform(command) == Done(said="generation 1")
    assert office.performer.perform(command) == Done(said="generation 1")
    assert list(office.overlay) == [command.key]


def raising(error: Exception) -> Callable[[Tighten], str]:
    def tighten(_: Tighten) -> str:
        raise error

    return tighten


def test_what_may_work_in_a_moment_is_tried_again_and_what_cannot_is_told(office: Office) -> None:
    command = tightening(office)
    later = replace(office.performer, tighten=raising(OSError("disk full")))
    assert later.perform(command) is None
    never = replace(office.performer, tighten=raising(ValueError("no such system")))
    assert never.perform(command) == Failed(said="no such system")


def test_a_count_waits_for_the_index_but_not_for_ever(office: Office) -> None:
    office.record()
    behind = replace(office.performer, indexed_until=lambda: TEN - timedelta(seconds=1))
    assert behind.perform(COUNT) is None
    office.watch.at = TEN + PATIENCE
    outcome = behind.perform(COUNT)
    assert isinstance(outcome, ScopeFound)
    assert Caution.INDEX_BEHIND in outcome.scope.cautions
    assert outcome.scope.persons == 20


def test_a_count_of_a_whole_index(office: Office) -> None:
    office.record()
    outcome = office.performer.perform(COUNT)
    assert isinstance(outcome, ScopeFound)
    assert Caution.INDEX_BEHIND not in outcome.scope.cautions


def test_while_the_index_is_down_the_count_stays_pending(office: Office) -> None:
    broken = replace(office.performer, events=type(office.events)(office.folder / "absent" / "e.db", read_only=True))
    assert broken.perform(COUNT) is None


def test_publishing(office: Office) -> None:
    command = PublishNotice(key=KEY, case=CASE, notice=notice())
    assert office.performer.perform(command) == Done()
    assert office.performer.perform(command) == Done()
    other = PublishNotice(key=KEY, case=CASE, notice=notice(version(1, replace(CONTENT, title_zh="别的"))))
    assert office.performer.perform(other) == Failed(
        said="N-20261123-001: a version that was published would vanish from the history"
    )


def test_a_folder_that_cannot_be_written_is_told(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    nowhere = replace(office.performer, published=tmp_path / "file" / "published")
    outcome = nowhere.perform(PublishNotice(key=KEY, case=CASE, notice=notice()))
    assert outcome == Failed(said="无法写入通告 / cannot write the notice: Not a directory")


def test_a_count_leaves_out_the_canaries_that_are_known_now(office: Office) -> None:
    office.record()
    planted = replace(office.performer, canaries=lambda: frozenset({digest(0), digest(1)}))
    outcome = planted.perform(COUNT)
    assert isinstance(outcome, ScopeFound)
    assert (outcome.scope.persons, outcome.scope.canaries) == (18, 2)
