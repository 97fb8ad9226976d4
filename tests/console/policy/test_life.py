"""Invariant 8, tried from every side that a person, an account or a hand in the database has."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from console.policy.acts import MOST_WAITING, merged
from console.policy.journal import JOURNAL, Approved, BrokenPolicyJournal, Published
from console.policy.life import judge
from console.policy.state import Origin, Standing
from console.policy.store import AlteredFiles, PolicyStore
from console.sealed_journal import Row
from console.tables import METADATA
from incident.database import for_writing, open_database
from incident.ids import ENGINE, NotPermitted, person
from policies.keys.key_files import Signer, make_secret
from policies.snapshot import Snapshot
from tests.console.policies import BROKEN, FIRST, MORE, QIAN, SUN, WANG, WORDED, Lives, with_text
from tests.incident.office import Watch


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    METADATA.create_all(engine)
    yield Lives(engine, tmp_path, Watch())
    engine.dispose()


# -- the whole road


def test_a_policy_from_the_draft_to_the_roll_back(lives: Lives) -> None:
    assert (lives.current.number, lives.current.origin, lives.current.approved_by) == (1, Origin.ADOPTED, None)
    number = lives.draft()
    assert lives.latest().standing is Standing.DRAFT
    lives.life.submit(SUN, number, WORDED.digest)
    lives.life.approve(QIAN, number, WORDED.digest)
    assert lives.current.number == 1, "approved is not published"
    lives.life.publish(SUN, number, WORDED.digest)
    second = lives.current
    assert (second.number, second.content, second.origin) == (2, WORDED.digest, Origin.PUBLISHED)
    assert (second.drafted_by, second.approved_by, second.by, second.draft) == ((SUN,), QIAN, SUN, 1)
    assert lives.life.snapshot(second.content).files == WORDED.files
    lives.life.roll_back(QIAN, 1, 2, "窗口反映名称有误")
    third = lives.current
    assert (third.number, third.content, third.origin) == (3, FIRST.digest, Origin.ROLLED_BACK)
    assert (third.to, third.by) == (1, QIAN)
    assert [version.content for version in lives.history.versions] == [FIRST.digest, WORDED.digest, FIRST.digest]


def test_it_is_all_there_after_a_start(lives: Lives) -> None:
    lives.published()
    before = lives.history
    lives.restart()
    assert lives.history == before
    assert not lives.life.govern(two_people=True, found=lambda: MORE), "only where there is nothing yet"
    assert lives.history == before


def test_when_two_people_were_no_longer_asked_for_is_remembered(lives: Lives) -> None:
    lives.life.govern(two_people=False, found=lambda: MORE)
    assert lives.history.two_people is False
    with pytest.raises(NotPermitted, match="two_people"):
        lives.draft()
    lives.life.govern(two_people=True, found=lambda: MORE)
    assert lives.current.content == FIRST.digest, "what nobody approved meanwhile is not taken over"


# -- one person under whatever name


@pytest.mark.parametrize("step", ["drafted", "edited", "submitted"])
def test_who_had_a_hand_in_it_does_not_approve_it(lives: Lives, step: str) -> None:
    number = lives.draft()
    lives.life.edit(QIAN if step == "edited" else SUN, number, WORDED.digest, MORE)
    lives.life.submit(QIAN if step == "submitted" else SUN, number, MORE.digest)
    barred = {"drafted": (SUN,), "edited": (SUN, QIAN), "submitted": (SUN, QIAN)}[step]
    for who in barred:
        with pytest.raises(NotPermitted, match="another person has to"):
            lives.life.approve(who, number, MORE.digest)
    lives.life.approve(WANG, number, MORE.digest)


def test_nothing_is_published_that_nobody_approved(lives: Lives) -> None:
    number = lives.draft()
    with pytest.raises(NotPermitted, match="no other person"):
        lives.life.publish(QIAN, number, WORDED.digest)
    with pytest.raises(NotPermitted, match="has to submit it first"):
        lives.life.approve(QIAN, number, WORDED.digest)
    lives.life.submit(SUN, number, WORDED.digest)
    with pytest.raises(NotPermitted, match="no other person"):
        lives.life.publish(QIAN, number, WORDED.digest)
    assert lives.current.number == 1


# -- other files than those that were seen


def test_an_approval_is_of_the_exact_files(lives: Lives) -> None:
    number = lives.submitted()
    with pytest.raises(NotPermitted, match="changed since you looked"):
        lives.life.approve(QIAN, number, MORE.digest)
    lives.life.edit(SUN, number, WORDED.digest, MORE)
    with pytest.raises(NotPermitted, match="changed since you looked"):
        lives.life.approve(QIAN, number, WORDED.digest)


def test_what_is_edited_after_the_approval_has_to_be_approved_anew(lives: Lives) -> None:
    number = lives.approved()
    lives.life.edit(SUN, number, WORDED.digest, MORE)
    for content in (WORDED.digest, MORE.digest):
        with pytest.raises(NotPermitted):
            lives.life.publish(QIAN, number, content)
    lives.life.edit(SUN, number, MORE.digest, WORDED)
    with pytest.raises(NotPermitted, match="no other person"):
        lives.life.publish(SUN, number, WORDED.digest)


def test_an_edit_that_changes_nothing_leaves_the_approval(lives: Lives) -> None:
    number = lives.approved()
    lives.life.edit(SUN, number, WORDED.digest, Snapshot(dict(WORDED.files)))
    assert lives.latest().standing is Standing.APPROVED


def test_who_edits_what_somebody_else_has_changed_is_told(lives: Lives) -> None:
    number = lives.draft()
    lives.life.edit(QIAN, number, WORDED.digest, MORE)
    with pytest.raises(NotPermitted, match="changed since you looked"):
        lives.life.edit(SUN, number, WORDED.digest, FIRST)


# -- two drafts at once


def test_a_draft_of_an_older_version_is_neither_approved_nor_published(lives: Lives) -> None:
    """Else the second would take back what the first has changed, and nobody would have seen it."""
    first, second, third = lives.approved(WORDED), lives.approved(MORE), lives.submitted(MORE, by=QIAN)
    lives.life.publish(SUN, first, WORDED.digest)
    with pytest.raises(NotPermitted, match="version 2 is in force"):
        lives.life.publish(SUN, second, MORE.digest)
    with pytest.raises(NotPermitted, match="version 2 is in force"):
        lives.life.approve(SUN, third, MORE.digest)
    lives.life.rebase(SUN, second, MORE.digest, keep=False)
    both = lives.history.drafts[second]
    assert (both.base, both.standing, both.approved_by) == (2, Standing.DRAFT, None)
    files = lives.life.snapshot(both.content).files
    assert files["systems/people.yaml"] == WORDED.files["systems/people.yaml"]
    assert files["grants.yaml"] == MORE.files["grants.yaml"]


def test_where_both_changed_a_file_a_person_decides(lives: Lives) -> None:
    other = with_text("受理业务", "办理业务")
    first, second = lives.approved(other), lives.submitted(MORE)
    lives.life.publish(SUN, first, other.digest)
    with pytest.raises(NotPermitted, match=r"both .* changed grants\.yaml"):
        lives.life.rebase(SUN, second, MORE.digest, keep=False)
    lives.life.rebase(SUN, second, MORE.digest, keep=True)
    assert lives.life.snapshot(lives.history.drafts[second].content).files == MORE.files


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "found", "both"),
    [
        ({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}, []),
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}, []),
        ({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}, []),
        ({"a": "1"}, {"a": "2"}, {"a": "3"}, {"a": "2"}, ["a"]),
        ({"a": "1"}, {}, {"a": "1"}, {}, []),
        ({"a": "1"}, {"a": "1"}, {}, {}, []),
        ({"a": "1"}, {}, {"a": "2"}, {}, ["a"]),
        ({}, {"b": "1"}, {"c": "1"}, {"b": "1", "c": "1"}, []),
    ],
)
def test_how_files_are_brought_together(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str], found: dict[str, str], both: list[str]
) -> None:
    assert merged(base, mine, theirs) == (found, both)


def test_of_many_who_publish_at_once_one_does(lives: Lives) -> None:
    numbers = [lives.approved(with_text("2027", str(2028 + each))) for each in range(4)]
    contents = [lives.history.drafts[number].content for number in numbers]
    refused: list[str] = []

    def publish(number: int, content: str) -> None:
        try:
            lives.life.publish(SUN, number, content)
        except NotPermitted as why:
            refused.append(str(why))

    threads = [threading.Thread(target=publish, args=pair) for pair in zip(numbers, contents, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (lives.current.number, len(refused)) == (2, 3)


# -- ends


def test_a_form_that_is_sent_again_does_nothing(lives: Lives) -> None:
    number = lives.published()
    entries = len(lives.history.entries)
    again: Callable[[], None]
    for again in (
        lambda: lives.life.submit(SUN, 1, WORDED.digest),
        lambda: lives.life.approve(QIAN, 1, WORDED.digest),
        lambda: lives.life.publish(SUN, 1, WORDED.digest),
        lambda: lives.life.withdraw(SUN, 1, "不需要了"),
    ):
        with pytest.raises(NotPermitted, match="was published or withdrawn"):
            again()
    assert (lives.current.number, len(lives.history.entries)) == (number, entries)


def test_what_is_withdrawn_is_no_way_to_publish(lives: Lives) -> None:
    number = lives.approved()
    lives.life.withdraw(SUN, number, "不需要了")
    with pytest.raises(NotPermitted, match="was published or withdrawn"):
        lives.life.publish(SUN, number, WORDED.digest)


# -- back


def test_back_leads_step_by_step_and_never_to_what_was_left(lives: Lives) -> None:
    """What was rolled back from may be what did the harm: it takes two people to have it again."""
    lives.published(WORDED)
    lives.published(MORE)
    assert list(lives.history.ways_back) == [2, 1]
    lives.life.roll_back(SUN, 2, 3, "授权过宽")
    assert list(lives.history.ways_back) == [1]
    for gone in (2, 3, 4, 5, 0, -1):
        with pytest.raises(NotPermitted, match="back leads only"):
            lives.life.roll_back(SUN, gone, 4, "再来")
    lives.life.roll_back(SUN, 1, 4, "名称也有误")
    assert (lives.current.number, lives.current.content, [*lives.history.ways_back]) == (5, FIRST.digest, [])


def test_a_roll_back_is_of_what_was_seen(lives: Lives) -> None:
    lives.published(WORDED)
    lives.life.roll_back(SUN, 1, 2, "名称有误")
    with pytest.raises(NotPermitted, match="version 3 is in force by now"):
        lives.life.roll_back(QIAN, 1, 2, "名称有误")


def test_a_draft_that_was_approved_before_a_roll_back_is_not_published_after(lives: Lives) -> None:
    lives.published(WORDED)
    number = lives.approved(MORE)
    lives.life.roll_back(SUN, 1, 2, "名称有误")
    with pytest.raises(NotPermitted, match="version 3 is in force"):
        lives.life.publish(SUN, number, MORE.digest)


# -- what the check finds


def test_a_draft_with_an_error_can_be_kept_and_not_submitted(lives: Lives) -> None:
    number = lives.draft(BROKEN)
    with pytest.raises(NotPermitted, match=r"1 errors? to be mended first: grants\.yaml:9"):
        lives.life.submit(SUN, number, BROKEN.digest)


def test_what_has_become_wrong_since_the_approval_is_not_published(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another release of the product refuses what it took before."""
    number = lives.approved()
    lives.restart()
    monkeypatch.setattr("console.policy.life.judge", lambda snapshot, now: judge(BROKEN, now))
    with pytest.raises(NotPermitted, match="to be mended first"):
        lives.life.publish(SUN, number, WORDED.digest)


def test_what_changes_nothing_is_not_submitted(lives: Lives) -> None:
    number = lives.draft(FIRST)
    with pytest.raises(NotPermitted, match="is what is in force already"):
        lives.life.submit(SUN, number, FIRST.digest)


@pytest.mark.parametrize(("title", "reason"), [("", "理由"), ("标题", " "), ("标题 11010519491231002X", "理由")])
def test_words_are_needed_and_hold_nobody_s_data(lives: Lives, title: str, reason: str) -> None:
    with pytest.raises(NotPermitted):
        lives.life.draft(SUN, WORDED, title, reason)
    assert not lives.history.drafts


def test_drafts_that_nobody_ends_come_to_an_end(lives: Lives) -> None:
    for _ in range(MOST_WAITING):
        lives.draft()
    with pytest.raises(NotPermitted, match="withdraw"):
        lives.draft()


# -- a hand in the database


def change(lives: Lives, statement: str, **values: object) -> None:
    with for_writing(lives.engine).begin() as connection:
        connection.execute(text(statement), values)


def shortened(lives: Lives) -> None:
    change(lives, "DELETE FROM policy_journal WHERE number = (SELECT max(number) FROM policy_journal)")


def somebody_else(lives: Lives) -> None:
    change(lives, "UPDATE policy_journal SET by_id = 'p-qian' WHERE by_id = 'p-sun'")


def other_files(lives: Lives) -> None:
    change(lives, "UPDATE policy_journal SET body = replace(body, :old, :new)", old=WORDED.digest, new=MORE.digest)


def renumbered(lives: Lives) -> None:
    change(lives, "UPDATE policy_journal SET number = 9 WHERE number = (SELECT max(number) FROM policy_journal)")


@pytest.mark.parametrize("hand", [shortened, somebody_else, other_files, renumbered])
def test_a_row_that_was_altered_is_noticed_and_nothing_is_done_on_it(
    lives: Lives, hand: Callable[[Lives], None]
) -> None:
    number = lives.submitted()
    hand(lives)
    with pytest.raises(BrokenPolicyJournal):
        lives.life.history()
    with pytest.raises(NotPermitted, match="an auditor has to look"):
        lives.life.approve(QIAN, number, WORDED.digest)
    lives.restart()
    if hand is not shortened:  # with nothing published since, nobody can know what was at the end
        with pytest.raises(BrokenPolicyJournal):
            lives.life.history()


def test_an_entry_with_the_right_chain_and_no_seal_counts_for_nothing(lives: Lives) -> None:
    """Whoever can write the database can reckon the chain, and has not got the key."""
    number = lives.submitted()
    make_secret(lives.folder / "forger.key")
    forger = Signer(lives.folder / "forger.key")
    store = PolicyStore(lives.engine)

    def forge(rows: list[Row]) -> list[Row]:
        approval = JOURNAL.row_of(
            Approved(draft=number, content=WORDED.digest), rows[-1], lives.clock(), person(QIAN), forger
        )
        published = Published(draft=number, version=2, content=WORDED.digest)
        return [approval, JOURNAL.row_of(published, approval, lives.clock(), ENGINE, forger)]

    store.add(forge)
    for _ in range(2):
        with pytest.raises(BrokenPolicyJournal, match="entry 5"):
            lives.life.history()
        lives.restart()


def test_a_journal_that_ends_before_what_was_released_is_noticed_after_a_start(lives: Lives) -> None:
    lives.published()
    known = lives.current.entry, lives.current.chain
    lives.anchor = lambda: known
    shortened(lives)
    lives.restart()
    with pytest.raises(BrokenPolicyJournal):
        lives.life.history()


def test_who_reads_while_something_is_released_sees_nothing_altered(lives: Lives) -> None:
    """What is released is looked at before the journal is read, as it can only be older."""
    other = Lives(lives.engine, lives.folder, lives.clock)
    released: list[tuple[int, str]] = []

    def release() -> tuple[int, str]:
        if not released:
            other.published()
            released.append((other.current.entry, other.current.chain))
        return released[0]

    lives.anchor = release
    assert lives.history.versions[-1].number == 2


def test_who_reads_while_others_write_sees_nothing_altered(lives: Lives) -> None:
    stop, broken = threading.Event(), list[str]()

    def read() -> None:
        while not stop.is_set():
            try:
                lives.life.history()
            except BrokenPolicyJournal as problem:
                broken.append(str(problem))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        lives.life.withdraw(SUN, lives.draft(), "不需要了")
    stop.set()
    for thread in threads:
        thread.join()
    assert broken == []


def test_files_that_were_altered_are_not_published(lives: Lives) -> None:
    number = lives.approved()
    change(lives, "UPDATE policy_texts SET text = replace(text, '人口库', '人员库')")
    with pytest.raises(AlteredFiles):
        lives.life.snapshot(WORDED.digest)
    lives.restart()
    with pytest.raises(NotPermitted, match="an auditor has to look"):
        lives.life.publish(SUN, number, WORDED.digest)
    assert lives.current.number == 1


def test_without_room_nothing_is_half_done(lives: Lives) -> None:
    number = lives.submitted()
    with lives.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(lives.engine, "checkout", lambda one, *_: one.execute(f"PRAGMA max_page_count = {pages}"))
    large = Snapshot({**WORDED.files, "notes.txt": "x" * 500_000})
    with pytest.raises(NotPermitted, match="room on the disk"):
        lives.life.edit(SUN, number, WORDED.digest, large)
    assert lives.latest().content == WORDED.digest


# -- judging


def test_nobody_waits_for_the_judgement_of_files_of_others(lives: Lives) -> None:
    for snapshot in (MORE, WORDED):
        lives.draft(snapshot)
    known = lives.life.judged(FIRST.digest)
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()
    slow = threading.Thread(target=lambda: lives.life.judged(MORE.digest))
    got = []

    def hold(*_: object) -> None:
        if threading.current_thread() is slow:
            begun.set()
            go_on.wait()

    def others() -> None:
        got.append(lives.life.judged(FIRST.digest) is known)
        got.append(bool(lives.life.judged(WORDED.digest).loaded.policy.systems))
        done.set()

    event.listen(lives.engine, "before_cursor_execute", hold)
    slow.start()
    assert begun.wait(60)
    quick = threading.Thread(target=others)
    quick.start()
    answered = done.wait(60)
    go_on.set()
    slow.join()
    quick.join()
    assert answered, "waited for a judgement of other files"
    assert got == [True, True]


def test_what_could_not_be_judged_is_judged_again(lives: Lives) -> None:
    with pytest.raises(AlteredFiles):
        lives.life.judged(WORDED.digest)
    lives.draft(WORDED)
    assert lives.life.judged(WORDED.digest).loaded.policy.systems
