import itertools

from hypothesis import given
from hypothesis import strategies as st

from console.dashboard_charts import HEIGHT, WIDTH, lying, upright

KINDS = ("clear", "hidden", "none")
bars = st.lists(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 10**9)), max_size=70)


@given(bars)
def test_upright_bars_stay_within_the_picture_and_do_not_overlap(numbers: list[dict[str, int]]) -> None:
    found = upright(numbers, KINDS)
    assert len(found) == sum(1 for bar in numbers for number in bar.values() if number)
    for each in found:
        assert each.x >= 0
        assert each.x + each.width <= WIDTH + 0.2
        assert 0 <= each.y <= HEIGHT
    for one, other in itertools.pairwise(found):
        assert one.x == other.x or one.x + one.width <= other.x + 0.2


def test_heights_are_as_the_numbers() -> None:
    low, high_clear, high_hidden = upright([{"clear": 10}, {"clear": 30, "hidden": 10}], KINDS)
    assert (low.height, high_clear.height, high_hidden.height) == (50, 150, 50)
    assert high_hidden.y == 0
    assert upright([{}, {"clear": 0}], KINDS) == []
    tiny = upright([{"clear": 1}, {"clear": 10**9}], KINDS)[0]
    assert tiny.height == 1, "what there is is seen"


def test_a_lying_bar_is_as_long_as_its_part_of_the_most() -> None:
    one, other = lying({"hidden": 5, "clear": 20}, KINDS, 50)
    assert (one.kind, one.x, one.width) == ("clear", 0, 400)
    assert (other.kind, other.x, other.width) == ("hidden", 400, 100)
    assert lying({}, KINDS, 0) == []
