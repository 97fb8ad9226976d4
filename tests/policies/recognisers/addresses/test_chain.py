from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.addresses.chain import (
    BEGIN,
    END,
    OUTSIDE,
    TEMPLATES,
    WITHIN,
    Chain,
    addresses_by_chain,
    labels_of,
    signs_of,
    spans_of,
)
from policies.recognisers.sentences import Sentence, tagged
from tests.policies.recognisers.weights_here import the_tagger

FOLLOWS = {OUTSIDE: {OUTSIDE, BEGIN}, BEGIN: {WITHIN, END}, WITHIN: {WITHIN, END}, END: {OUTSIDE, BEGIN}}
NUMBERS = st.integers(-40, 40).map(lambda number: number / 8)


def best_of_all(fits: list[list[float]], after: list[list[float]]) -> float:
    """The score of the best labels, by trying all of them."""
    return max(
        score_of(labels, fits, after)
        for labels in product(range(4), repeat=len(fits))
        if labels[0] in (OUTSIDE, BEGIN)
        and labels[-1] in (OUTSIDE, END)
        and all(second in FOLLOWS[first] for first, second in pairwise(labels))
    )


def score_of(labels: tuple[int, ...], fits: list[list[float]], after: list[list[float]]) -> float:
    return sum(fit[label] for fit, label in zip(fits, labels, strict=True)) + sum(
        after[first][second] for first, second in pairwise(labels)
    )


def learned(after: list[list[float]]) -> Chain:
    nothing = np.zeros(1, np.uint32), np.zeros((1, 4), np.float32)
    return Chain(*nothing, np.array(after, np.float32), np.zeros(4, np.float32))


@given(
    st.lists(st.lists(NUMBERS, min_size=4, max_size=4), min_size=1, max_size=6),
    st.lists(st.lists(NUMBERS, min_size=4, max_size=4), min_size=4, max_size=4),
)
def test_no_other_labels_fit_better_and_the_margin_is_what_an_address_adds(
    fits: list[list[float]], after: list[list[float]]
) -> None:
    spans = learned(after).spans(np.array(fits, np.float32))
    labels = labels_of(len(fits), [(start, end) for start, end, _ in spans])
    assert score_of(tuple(labels), fits, after) == pytest.approx(best_of_all(fits, after))
    if len(spans) == 1:
        none = score_of((OUTSIDE,) * len(fits), fits, after)
        assert spans[0][2] == pytest.approx(score_of(tuple(labels), fits, after) - none)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(2, 6)), max_size=5))
def test_labels_tell_the_spans_that_they_were_made_of(gaps: list[tuple[int, int]]) -> None:
    spans, at = [], 0
    for gap, size in gaps:
        spans.append((at + gap, at + gap + size))
        at += gap + size
    assert spans_of(labels_of(at + 1, spans)) == spans


def test_signs_do_not_depend_on_what_other_sentences_are_read_with() -> None:
    first = Sentence(0, "住前进路7号", ((0, 1, "v"), (1, 4, "LOC"), (4, 6, "m")))
    second = Sentence(9, "\ud800好\U00020000", ((0, 1, "xc"), (1, 3, "a")))
    both = signs_of([first, second])
    assert both.shape == (len(TEMPLATES), 9)
    assert (both == np.concatenate([signs_of([first]), signs_of([second])], axis=1)).all()


def test_signs_tell_places_apart() -> None:
    told = signs_of([Sentence(0, "甲路甲街", ((0, 2, "LOC"), (2, 4, "LOC")))])
    assert len({tuple(column) for column in told.T.tolist()}) == 4


def test_a_sign_that_was_never_seen_weighs_nothing() -> None:
    weights = Chain(
        np.array([5, 9], np.uint32),
        np.array([[1, 2, 3, 4], [10, 20, 30, 40]], np.float32),
        np.zeros((4, 4), np.float32),
        np.array([0.5, 0, 0, 0], np.float32),
    )
    signs = np.array([[5, 6, 0xFFFFFFFF], [9, 9, 0]], np.uint32)
    assert weights.fits(signs).tolist() == [[11.5, 22, 33, 44], [10.5, 20, 30, 40], [0.5, 0, 0, 0]]


def test_nothing_is_found_in_nothing() -> None:
    assert addresses_by_chain([]) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("他去年搬到临湖区松岗街道翠竹路18号锦和公寓3栋1205开网店。", "临湖区松岗街道翠竹路18号锦和公寓3栋1205"),
        ("投诉人称望江豪庭7栋一超市占道。", "望江豪庭7栋"),
        ("上个月她从石桥镇大柳村六组嫁到外省。", "石桥镇大柳村六组"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, address: str) -> None:
    ((sentence,),) = tagged([text], the_tagger())
    ((found,),) = addresses_by_chain([sentence])
    assert text[found[0] : found[1]] == address
    assert found[2] > 0
