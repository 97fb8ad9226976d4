"""What a worker takes on, counted without a worker around it."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from proxy.admission import LATE_TICKS, Admission, Capacity

CAPACITY = Capacity(exchanges=4, connections=4, source_share=0.5, late_s=0.5)


class Held:
    """Places that are taken, by the addresses of those who took them; *left* of them are not taken any more."""

    def __init__(self, sources: list[str], left: int = 0) -> None:
        self._sources = sources
        self.taken = len(sources) + left

    def sources(self) -> Iterator[str]:
        return iter(self._sources)


def test_one_address_has_no_more_than_its_share() -> None:
    admission = Admission(CAPACITY, Held(["a", "a"]))
    assert admission.refuses("a")
    assert not admission.refuses("b")


def test_nobody_has_more_than_there_is() -> None:
    assert Admission(CAPACITY, Held(["a", "a", "b", "c"])).refuses("d")


def test_who_has_left_takes_no_place() -> None:
    assert not Admission(CAPACITY, Held(["a"], left=9)).refuses("a")


def test_a_share_is_one_at_least() -> None:
    admission = Admission(Capacity(exchanges=1, connections=1, source_share=0.01), Held([]))
    assert not admission.refuses("a")
    assert admission.opened("a")


def test_one_late_turn_is_forgiven_and_several_in_a_row_are_not() -> None:
    admission = Admission(CAPACITY, Held(["b"]))
    for _ in range(LATE_TICKS - 1):
        admission.ticked(9.0)
    admission.ticked(0.5)
    for _ in range(LATE_TICKS - 1):
        admission.ticked(0.6)
    assert not admission.refuses("a")
    admission.ticked(0.6)
    assert admission.refuses("a")
    admission.ticked(0.0)
    assert not admission.refuses("a")


def test_who_asks_alone_is_not_refused_however_late_it_is() -> None:
    admission = Admission(CAPACITY, Held([]))
    for _ in range(LATE_TICKS):
        admission.ticked(9.0)
    assert admission.is_late
    assert not admission.refuses("a")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=60))
def test_connections_stay_within_both_capacity_whoever_comes_and_goes(moves: list[tuple[bool, str]]) -> None:
    admission, open_now = Admission(CAPACITY, Held([])), dict.fromkeys("abc", 0)
    for comes, source in moves:
        if comes:
            fits = sum(open_now.values()) < 4 and open_now[source] < 2
            assert admission.opened(source) == fits
            open_now[source] += fits
        elif open_now[source]:
            admission.closed(source)
            open_now[source] -= 1
        assert admission.connections == sum(open_now.values())
