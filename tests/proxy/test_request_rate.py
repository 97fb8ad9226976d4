"""How often callers ask is counted by all workers together, in minutes that roll."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from proxy.request_rate import MINUTE_S, RequestRate
from tests.racing import raced

SECOND_NS = 10**9


class Clock:
    def __init__(self) -> None:
        self.ns = 3600 * SECOND_NS

    def __call__(self) -> int:
        return self.ns


def test_so_many_and_no_more(tmp_path: Path) -> None:
    rate = RequestRate(tmp_path / "requests", Clock())
    assert [rate.wait_s("l", "li", 3) for _ in range(3)] == [0, 0, 0]
    assert rate.wait_s("l", "li", 3) > 0
    assert rate.wait_s("l", "wang", 3) == 0
    assert rate.wait_s("other", "li", 3) == 0


def test_it_is_told_when_there_will_be_room(tmp_path: Path) -> None:
    clock = Clock()
    rate = RequestRate(tmp_path / "requests", clock)
    assert rate.wait_s("l", "li", 1) == 0
    clock.ns += 30 * SECOND_NS
    wait_s = rate.wait_s("l", "li", 1)
    clock.ns += (wait_s - 3) * SECOND_NS - 1
    assert rate.wait_s("l", "li", 1) > 0
    clock.ns += 3 * SECOND_NS + 1
    assert rate.wait_s("l", "li", 1) == 0


def test_what_was_counted_before_the_machine_was_started_anew_is_over(tmp_path: Path) -> None:
    clock = Clock()
    rate = RequestRate(tmp_path / "requests", clock)
    assert rate.wait_s("l", "li", 1) == 0
    clock.ns = 10 * SECOND_NS
    assert rate.wait_s("l", "li", 1) == 0
    assert rate.wait_s("l", "li", 1) > 0


@given(
    most=st.integers(1, 6),
    waits=st.lists(st.one_of(st.integers(0, SECOND_NS), st.integers(0, 70 * SECOND_NS)), max_size=60),
)
def test_no_minute_holds_more_and_nothing_is_refused_that_has_room(
    tmp_path_factory: object, most: int, waits: list[int]
) -> None:
    clock = Clock()
    path = Path(str(tmp_path_factory.mktemp("rate"))) / "requests"  # type: ignore[attr-defined]
    rate = RequestRate(path, clock)
    counted: list[int] = []
    for wait in waits:
        clock.ns += wait
        within = [at for at in counted if at > clock.ns - MINUTE_S * SECOND_NS]
        if rate.wait_s("l", "li", most) == 0:
            assert len(within) < most
            counted.append(clock.ns)
        else:
            assert len([at for at in counted if at > clock.ns - 1.05 * MINUTE_S * SECOND_NS]) >= most
    path.unlink()


RACE = """
import sys
from pathlib import Path
from proxy.request_rate import RequestRate
rate = RequestRate(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(sum(rate.wait_s("l", "li", 500) == 0 for _ in range(400)), flush=True)
"""


def test_processes_that_race_count_together(tmp_path: Path) -> None:
    counted = sum(map(int, raced(RACE, [[str(tmp_path / "requests")]] * 3)))
    assert 400 < counted <= 500
