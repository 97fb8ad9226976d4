"""How text is cut into words, with a dictionary of a few, and with that of the installation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.lexicon import Lexicon
from tests.policies.recognisers.weights_here import the_tagger

WORDS = {"高科技": 3, "科技": 4, "公司": 5, "高": 6, "科": 7, "技": 8, "司": 9, "LAC": 11, "万": 12, "市": 13}
CUT = ["高科技 1", "科技 1", "公司 1", "技公 1"]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "word.dic").write_text("".join(f"{n}\t{word}\n" for word, n in WORDS.items()) + "99\tOOV\n", "utf-8")
    (folder / "q2b.dic").write_text("萬\t万\n", "utf-8")
    (folder / "small_seg.dic").write_text("\n".join(CUT) + "\n", "utf-8")
    return Lexicon(folder)


CASES = {
    "the longest words": ("高科技公司", [3, 5], [3, 2]),
    "a word that the tagger does not know, letter by letter": ("技公司", [8, 99, 9], [1, 1, 1]),
    "letters and digits in a row": ("LAC公司", [11, 5], [3, 2]),
    "those that are not known": ("A1公司", [99, 99, 5], [1, 1, 2]),
    "at the end": ("公司LAC", [5, 11], [2, 3]),
    "an older form of a letter": ("萬市", [12, 13], [1, 1]),
    "nothing": ("", [], []),
}


@pytest.mark.parametrize(("text", "numbers", "lengths"), CASES.values(), ids=CASES)
def test_a_text_is_cut(lexicon: Lexicon, text: str, numbers: list[int], lengths: list[int]) -> None:
    cut = lexicon.cut(text)
    assert (cut.numbers, cut.lengths) == (numbers, lengths)


@given(st.text("高科技公司LA1 。萬\u200b\ud800😀", max_size=40))
def test_a_cut_covers_the_text(text: str) -> None:
    cut = the_tagger().lexicon.cut(text)
    assert sum(cut.lengths) == len(text)
    assert len(cut.numbers) == len(cut.lengths)
