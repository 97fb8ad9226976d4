from hypothesis import given
from hypothesis import strategies as st

from policies.formats.finder import Finder, Span, is_looked_for, merge

letters = st.sampled_from("ab张三-]^\\ ")
values = st.lists(st.text(letters, min_size=2, max_size=6), max_size=12)
texts = st.text(letters, max_size=60)


def places(values: list[str], text: str) -> list[Span]:
    return [
        Span(start, start + len(value), ())
        for value in values
        for start in range(len(text))
        if text.startswith(value, start)
    ]


@given(values, texts)
def test_all_values_are_found_wherever_they_stand(values: list[str], text: str) -> None:
    assert Finder(values).spans(text) == [Span(span.start, span.end, ()) for span in merge(places(values, text))]


@given(values, texts)
def test_which_values_stand_in_a_text(values: list[str], text: str) -> None:
    assert Finder(values).found_in(text) == {value for value in values if value in text}


@given(values, values, texts)
def test_a_value_may_be_added_later(first: list[str], then: list[str], text: str) -> None:
    finder = Finder(first)
    finder.spans(text)
    for value in then:
        finder.add(value)
    assert finder.spans(text) == Finder([*first, *then]).spans(text)
    assert bool(finder) == bool(first or then)


def test_what_is_long_enough_to_be_looked_for() -> None:
    for value in ("张三", "Ann", "123456", "1968-11-04", "12345,678901", "a1b"):
        assert is_looked_for(value), value
    for value in ("张", "An", "12345", "1,2,3", "12345, 6", "12345；12345", "***", ""):
        assert not is_looked_for(value), value
