"""Whom callers are shown is counted in windows that roll: never above a limit, and refused at most a little early."""

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from policies.limits import DAY_S, HOUR_S
from proxy.quota.book import LATE, Book, Numbers, Question, Verdict
from proxy.quota.file import Broken, QuotaFile
from proxy.quota.keeper import FileKeeper
from proxy.quota.server import Quota
from tests.proxy.clocks import Machine

HOUR_MS, DAY_MS = 1000 * HOUR_S, 1000 * DAY_S
MINUTE_MS = 60_000


def asked(*subjects: str, an_hour: int | None = 3, a_day: int | None = None, caller: str = "li") -> Question:
    return Question(caller, (Numbers("l", an_hour, a_day),), tuple((subject, "") for subject in subjects))


def ask(quota: Quota, question: Question) -> Verdict | None:
    answer = quota.answer(msgspec.json.encode(question))
    return msgspec.json.decode(answer, type=Verdict) if answer is not None else None


def take(book: Book, question: Question, now_ms: int) -> bool:
    if book.judge(question, now_ms).refused:
        return False
    book.admit(question.caller, [each.limit for each in question.numbers], question.subjects, now_ms)
    return True


def test_different_subjects_are_counted_and_each_once() -> None:
    book = Book()
    assert take(book, asked("a", "b"), 0)
    assert take(book, asked("b", "c"), 1)
    assert not take(book, asked("d"), 2)
    assert not take(book, asked("a", "d"), 2)
    assert take(book, asked("a", "b", "c"), 3)
    assert take(book, asked("d", caller="wang"), 3)


def test_an_answer_that_has_no_room_counts_for_nothing() -> None:
    book = Book()
    assert not take(book, asked("a", "b", "c", "d"), 0)
    assert book.judge(asked("a", "b", "c", "d"), 0) == Verdict(("l",), 0)
    assert book.counted("l", "li") == (0, 0)


def test_the_window_begins_anew_with_each_time_that_a_subject_is_shown() -> None:
    book = Book()
    assert take(book, asked("a", "b", "c"), 0)
    assert take(book, asked("a"), HOUR_MS)
    assert take(book, asked("d", "e"), HOUR_MS + HOUR_MS // 20)
    assert not take(book, asked("f"), 2 * HOUR_MS)


def test_it_is_told_when_there_will_be_room() -> None:
    book = Book()
    for number, subject in enumerate("abc"):
        assert take(book, asked(subject), number * MINUTE_MS)
    refused = book.judge(asked("d"), 3 * MINUTE_MS)
    assert refused == Verdict(("l",), 63 * 60 - 3 * 60)
    assert not take(book, asked("d"), 3 * MINUTE_MS + 1000 * refused.retry_s - 1)
    assert take(book, asked("d"), 3 * MINUTE_MS + 1000 * refused.retry_s)


def test_a_number_that_was_lowered_holds_for_those_who_were_shown_before() -> None:
    book = Book()
    assert take(book, asked("a", "b", "c"), 0)
    assert not take(book, asked("a", an_hour=2), 1)


def test_all_limits_are_judged_before_one_of_them_counts() -> None:
    book = Book()
    both = Question("li", (Numbers("wide", 5, None), Numbers("narrow", 1, None)), (("a", ""), ("b", "")))
    assert book.judge(both, 0).refused == ("narrow",)
    assert take(book, Question("li", (Numbers("wide", 5, None),), both.subjects), 0)
    assert book.counted("wide", "li") == (2, 2)
    assert book.counted("narrow", "li") == (0, 0)


def test_a_subject_whose_digest_has_changed_counts_once_whichever_key_a_worker_knows() -> None:
    book = Book()

    def by(*pairs: tuple[str, str]) -> Question:
        return Question("li", (Numbers("l", 2, None),), pairs)

    assert take(book, by(("1:a", ""), ("1:b", "")), 0)
    assert take(book, by(("2:a", "1:a"), ("2:b", "1:b")), 1)
    assert take(book, by(("1:a", "")), 2)
    assert take(book, by(("2:a", "")), 3)  # once the former one is written no more
    assert not take(book, by(("2:c", "1:c")), 4)
    assert book.counted("l", "li") == (2, 2)


# -- what no window may ever hold


class Shown(RuleBasedStateMachine):
    """One caller under a limit, on a machine that is started anew, with a process that is killed at any point."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.machine = Machine()
        self.passed_ms = 0
        """Of the time that the machine has run for, whatever its clock says."""
        self.admitted: list[tuple[int, str]] = []
        self.numbers: tuple[int | None, int | None] = (3, None)

    @initialize(numbers=st.sampled_from([(3, None), (None, 4), (2, 5), (1, 1), (4, 6)]))
    def declare(self, numbers: tuple[int | None, int | None]) -> None:
        self.numbers = numbers
        self.quota = self.started()

    def started(self) -> Quota:
        return Quota(FileKeeper(Path(self.folder.name), self.machine))

    @rule(subjects=st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=4))
    def ask(self, subjects: set[str]) -> None:
        an_hour, a_day = self.numbers
        verdict = ask(self.quota, asked(*sorted(subjects), an_hour=an_hour, a_day=a_day))
        assert verdict is not None
        if not verdict.refused:
            self.admitted += [(self.passed_ms, subject) for subject in subjects]
        else:
            assert self.is_full_of(subjects), "refused, with room in a window that is longer by what may be early"

    def is_full_of(self, subjects: set[str]) -> bool:
        return any(
            most is not None and len(self.shown_since(self.passed_ms - length_ms * (1 + LATE)) | subjects) > most
            for length_ms, most in zip((HOUR_MS, DAY_MS), self.numbers, strict=True)
        )

    def shown_since(self, begin_ms: float) -> set[str]:
        return {subject for at_ms, subject in self.admitted if at_ms > begin_ms}

    @rule(ms=st.one_of(st.integers(1, 5 * MINUTE_MS), st.integers(1, 2 * HOUR_MS), st.just(HOUR_MS)))
    def wait(self, ms: int) -> None:
        self.machine.uptime_ms += ms
        self.passed_ms += ms
        self.quota.tick()

    @rule()
    def kill(self) -> None:
        self.quota.close()  # which writes nothing
        self.quota = self.started()

    @rule(torn=st.binary(min_size=1, max_size=20).filter(lambda data: b"\n" not in data))
    def kill_within_a_line(self, torn: bytes) -> None:
        self.quota.close()
        segments = sorted(Path(self.folder.name).glob("*.log"))
        if segments:
            with segments[-1].open("ab") as last:
                last.write(torn)
        self.quota = self.started()

    @precondition(lambda self: self.passed_ms > 0)
    @rule()
    def look_that_nothing_is_early_after_a_wait(self) -> None:
        self.machine.uptime_ms += 2 * DAY_MS
        self.passed_ms += 2 * DAY_MS
        assert ask(self.quota, asked("z", an_hour=self.numbers[0], a_day=self.numbers[1])) == Verdict()
        self.admitted.append((self.passed_ms, "z"))

    @invariant()
    def no_window_holds_more(self) -> None:
        for length_ms, most in zip((HOUR_MS, DAY_MS), self.numbers, strict=True):
            for end_ms, _ in self.admitted:
                window = {subject for at_ms, subject in self.admitted if end_ms - length_ms <= at_ms <= end_ms}
                assert most is None or len(window) <= most

    def teardown(self) -> None:
        self.quota.close()
        self.folder.cleanup()


TestShown = Shown.TestCase


# -- what lies in the file


def filled(folder: Path, machine: Machine, subjects: Sequence[str] = "abc") -> Quota:
    quota = Quota(FileKeeper(folder, machine))
    for subject in subjects:
        assert ask(quota, asked(subject)) == Verdict()
    return quota


def test_what_was_admitted_is_known_after_a_kill(tmp_path: Path) -> None:
    machine = Machine()
    filled(tmp_path, machine)
    verdict = ask(Quota(FileKeeper(tmp_path, machine)), asked("d"))
    assert verdict is not None
    assert verdict.refused == ("l",)


def test_while_the_machine_is_off_no_time_passes(tmp_path: Path) -> None:
    machine = Machine()
    filled(tmp_path, machine)
    machine.start_anew()
    again = Quota(FileKeeper(tmp_path, machine))
    refused = ask(again, asked("d"))
    assert refused is not None
    assert refused.refused
    machine.uptime_ms += int(HOUR_MS * (1 + LATE))
    assert ask(again, asked("d")) == Verdict()


def test_what_is_torn_at_the_end_has_not_happened(tmp_path: Path) -> None:
    machine = Machine()
    filled(tmp_path, machine)
    (segment,) = tmp_path.glob("*.log")
    whole = segment.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for end in range(last, len(whole)):
        segment.write_bytes(whole[:end])
        quota = Quota(FileKeeper(tmp_path, machine))
        assert ask(quota, asked("a", "b", "d")) == Verdict(), "of the third nobody was told"
        quota.close()
        (tmp_path / "000000002.log").unlink()


@pytest.mark.parametrize("hours", [30, -30])
def test_a_clock_that_is_set_gives_nobody_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    quota = Quota(FileKeeper(tmp_path))
    assert ask(quota, asked("a", "b", "c")) == Verdict()
    then = time.time()
    monkeypatch.setattr(time, "time", lambda: then + hours * HOUR_S)
    monkeypatch.setattr(time, "time_ns", lambda: int((then + hours * HOUR_S) * 1e9))
    for each in (quota, Quota(FileKeeper(tmp_path))):
        verdict = ask(each, asked("d"))
        assert verdict is not None
        assert verdict.refused == ("l",)
        assert 0 < verdict.retry_s <= HOUR_S * (1 + LATE)


def test_a_line_that_was_altered_lets_nobody_be_shown_anything(tmp_path: Path) -> None:
    machine = Machine()
    filled(tmp_path, machine)
    (segment,) = tmp_path.glob("*.log")
    segment.write_bytes(segment.read_bytes().replace(b'"a"', b'"x"', 1))
    quota = Quota(FileKeeper(tmp_path, machine))
    assert ask(quota, asked("a")) is None
    assert segment.name in quota.trouble
    with pytest.raises(Broken):
        [*QuotaFile(tmp_path, machine).open()]


def test_what_counts_no_more_is_removed(tmp_path: Path) -> None:
    machine = Machine()
    quota = filled(tmp_path, machine)
    for _ in range(30):
        machine.uptime_ms += HOUR_MS + 1
        assert ask(quota, asked("a")) == Verdict()
    assert 25 <= len([*tmp_path.glob("*.log")]) <= 28
    assert ask(Quota(FileKeeper(tmp_path, machine)), asked("a", "b", "c")) == Verdict()


def test_what_cannot_be_written_down_is_not_admitted(tmp_path: Path) -> None:
    machine = Machine()
    quota = filled(tmp_path, machine, "ab")
    tmp_path.rename(tmp_path.with_name("elsewhere"))
    machine.uptime_ms += HOUR_MS + 1  # time for another segment, which has no folder
    assert ask(quota, asked("c")) is None
    assert "无法写入" in quota.trouble
    tmp_path.with_name("elsewhere").rename(tmp_path)
    verdict = ask(Quota(FileKeeper(tmp_path, machine)), asked("d"))
    assert verdict == Verdict(), "what was not written down was not counted either"
    assert ask(quota, asked("c")) == Verdict()
    assert quota.trouble == ""


def test_what_is_no_question_is_not_answered(tmp_path: Path) -> None:
    quota = Quota(FileKeeper(tmp_path, Machine()))
    assert quota.answer(b"[]") is None
    assert quota.answer(b"\xff") is None


def test_it_tells_who_is_at_a_limit(tmp_path: Path) -> None:
    machine = Machine()
    quota = filled(tmp_path, machine)
    ask(quota, asked("d"))
    ask(quota, asked("e"))
    (told,) = quota.facts()["at_limit"]
    assert told == {"limit": "l", "caller": "li", "an_hour": 3, "a_day": 3, "refused": 2}
    machine.uptime_ms += 2 * HOUR_MS
    quota.tick()
    assert quota.facts()["at_limit"] == []
