import pytest

from siem.detect.definition import RuleId
from siem.detect.lifecycle import Disposition
from siem.detect.precision import NOTHING_CLOSED, Precision, precision_of

LETTERS = {"l": "leak", "v": "violation", "b": "benign", "f": "false_alarm", "d": "drill"}


def of(letters: str) -> Precision:
    one = RuleId("one")
    return precision_of((one, Disposition(LETTERS[each])) for each in letters).get(one, NOTHING_CLOSED)


@pytest.mark.parametrize(
    ("closed", "true", "untrue", "percent", "wants_review"),
    [
        ("", 0, 0, None, False),
        ("ddd", 0, 0, None, False),
        ("lv", 2, 0, 100, False),
        ("lvbf", 2, 2, 50, False),
        ("lbb", 1, 2, 33, False),
        ("f" * 9, 0, 9, 0, False),
        ("f" * 9 + "d" * 5, 0, 9, 0, False),
        ("f" * 10, 0, 10, 0, True),
        ("l" * 3 + "f" * 7, 3, 7, 30, False),
        ("l" * 2 + "b" * 5 + "f", 2, 6, 25, False),
        ("l" * 2 + "b" * 5 + "f" * 3, 2, 8, 20, True),
    ],
)
def test_what_is_counted(closed: str, true: int, untrue: int, percent: int | None, wants_review: bool) -> None:
    found = of(closed)
    assert (found.true, found.untrue, found.percent) == (true, untrue, percent)
    assert found.wants_review() is wants_review


def test_the_bound_is_stated() -> None:
    half = of("l" * 5 + "f" * 5)
    assert not half.wants_review(50)
    assert half.wants_review(51)


def test_rules_are_apart_and_what_was_silenced_counts_for_its_rule() -> None:
    closed = [("one", Disposition.LEAK), ("one/S-3", Disposition.FALSE_ALARM), ("two", Disposition.DRILL)]
    found = precision_of((RuleId(rule), disposition) for rule, disposition in closed)
    assert found == {
        "one": Precision(counts={Disposition.LEAK: 1, Disposition.FALSE_ALARM: 1}),
        "two": Precision(counts={Disposition.DRILL: 1}),
    }
