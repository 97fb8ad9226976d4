import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.addresses import spans as address_spans
from policies.recognisers.addresses.address import ADDRESS
from policies.recognisers.addresses.spans import SURE, settled
from policies.recognisers.find import find
from policies.recognisers.prose import find_in_prose
from policies.recognisers.sentences import Sentence
from policies.recognisers.table import DOUBTFUL, Hit
from tests.policies.recognisers.weights_here import the_tagger

TEXT = "他住前进路7号院2楼东户，请查收。"
WORDS = ((0, 1, "r"), (1, 2, "v"), (2, 5, "LOC"), (5, 8, "m"), (8, 10, "m"), (10, 12, "n"), (12, 17, "w"))


def read(
    monkeypatch: pytest.MonkeyPatch, by_rules: list[tuple[int, int]], learned: list[tuple[int, int, float]], text: str
) -> list[tuple[str, float]]:
    """What comes of what each finds in *text*, which stands behind ten other characters, and how sure it is."""
    monkeypatch.setattr(address_spans, "addresses_by_chain", lambda sentences: [learned for _ in sentences])
    hits = [Hit(start + 10, end + 10, ADDRESS, 0.85, "pattern,model") for start, end in by_rules]
    ((*found,),) = settled([[Sentence(10, text, WORDS)]], [[hits]])
    return [(text[hit.start - 10 : hit.end - 10], hit.score) for hit in found]


@pytest.mark.parametrize(
    ("by_rules", "learned", "text", "found"),
    [
        # What the rules found alone stays, and what the chain found alone where it is sure.
        ([(2, 10)], [], TEXT, [("前进路7号院2楼", 0.85)]),
        ([], [(2, 10, SURE + 1)], TEXT, [("前进路7号院2楼", 0.85)]),
        ([], [(2, 10, SURE - 1)], TEXT, []),
        ([], [(3, 10, SURE + 1)], TEXT, []),  # in the middle of a word
        # Where both found one, it ends where the chain says, but for parts with numbers that the rules read, and within
        # no word; what may tell a village is hidden all the same, and what is said of any place is no part of it.
        ([(2, 8)], [(2, 12, 1)], TEXT, [("前进路7号院2楼东户", 0.85)]),
        ([(2, 10)], [(2, 8, 1)], TEXT, [("前进路7号院2楼", 0.85)]),
        ([(2, 10)], [(2, 8, 1)], "他住前进路7号院东村，请查收。", [("前进路7号院", 0.85), ("东村", DOUBTFUL)]),
        ([(2, 10)], [(2, 9, 1)], "他住前进路7号院东村，请查收。", [("前进路7号院东村", 0.85)]),
        ([(2, 8)], [(2, 10, 1)], "他住前进路7号院家中，请查收。", [("前进路7号院", 0.85)]),
        ([(0, 8)], [(2, 8, 1)], TEXT, [("前进路7号院", 0.85)]),
        (
            [
                (2, 8),
            ],
            [(2, 12, 1)],
            "他住前进路7号院一楼商户，请查收。",
            [("前进路7号院", 0.85)],
        ),
        ([(2, 11)], [(2, 8, 1)], "他住前进路7号院门卫室，请查收。", [("前进路7号院门卫室", 0.85)]),
        # Whose office is there is no part of it, and what has a number for a name is no place.
        ([], [(2, 12, SURE + 1)], "他住合同编号6-2-140，请查收。", []),
        ([(2, 7)], [(2, 12, 1)], "他住前进路7号县纪委信访室，请查收。", [("前进路7号", 0.85)]),
        ([], [(2, 12, SURE + 1)], "他住前进路7号县纪委信访室，请查收。", []),
    ],
)
def test_of_what_both_find(
    monkeypatch: pytest.MonkeyPatch,
    by_rules: list[tuple[int, int]],
    learned: list[tuple[int, int, float]],
    text: str,
    found: list[tuple[str, float]],
) -> None:
    assert read(monkeypatch, by_rules, learned, text) == found


def test_the_chain_is_not_asked_where_all_of_a_text_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, [(0, 17)], [(2, 5, 9)], TEXT) == [(TEXT, 0.85)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("家住梨园街道办事处和顺路3号院一居民反映。", "梨园街道办事处和顺路3号院"),
        ("我在云景花园二期6栋1103等师傅。", "云景花园二期6栋1103"),
        ("被告人在石岗镇柳林村三组一平房内被抓获。", "石岗镇柳林村三组"),
        ("爸妈在遂宁市船山区遂州中路438号开面馆，生意很好", "遂宁市船山区遂州中路438号"),
        ("华贸大厦1号楼电梯困人，请派人。", "华贸大厦1号楼"),
        ("九江市浔阳区浔阳路98号2024年11月3日", "九江市浔阳区浔阳路98号"),
        ("到海曙区中山西路55号区税务局报到。", "海曙区中山西路55号"),
        ("请巫启贤同志于11月30日前到南山区桃园路2号区人社局报到。", "南山区桃园路2号"),
        ("惠风东路568号县政务中心办理", "惠风东路568号"),
        ("太原市小店区平阳路44号一家网吧里。", "太原市小店区平阳路44号"),
    ],
)
def test_what_is_reported_ends_where_the_sentence_goes_on(text: str, address: str) -> None:
    the_tagger()
    assert [text[hit.start : hit.end] for hit in find(text, prose=True) if hit.category == ADDRESS] == [address]


PIECES = st.sampled_from(
    ["东风路", "12号", "花园", "3栋", "2单元", "301", "，", "住", "的", "张伟", "云岭县", "村", " "]
)


@given(st.lists(PIECES, min_size=1, max_size=14).map("".join))
def test_hits_lie_in_order_and_apart(text: str) -> None:
    the_tagger()
    (hits,) = find_in_prose([text])
    assert all(hit.start < hit.end <= len(text) for hit in hits)
    assert all(first.end <= second.start for first, second in itertools.pairwise(hits))
    assert find_in_prose([text, "别的话。", text]) == [hits, find_in_prose(["别的话。"])[0], hits]


def test_what_is_in_doubt_is_hidden_and_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    the_tagger()
    text = "他住在云岭县和顺路7号2栋301的家里。"
    (before,) = find_in_prose([text])
    (whole,) = [hit for hit in before if hit.category == ADDRESS]
    monkeypatch.setattr(
        address_spans, "addresses_by_chain", lambda sentences: [[(whole.start + 3, whole.end, 1.0)] for _ in sentences]
    )
    hidden = {place for hit in find_in_prose([text])[0] for place in range(hit.start, hit.end)}
    assert hidden >= {*range(whole.start, whole.end)}
    assert [hit.start for hit in find(text, prose=True) if hit.category == ADDRESS] == [whole.start + 3]
