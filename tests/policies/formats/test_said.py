"""What a caller has said and a page repeats tells nothing of what the page hides: guesses are not confirmed."""

import html
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.formats.free_text import Said
from policies.formats.html_body import HtmlMasker
from tests.policies.formats.masking import tally, whole
from tests.policies.formats.test_html_body import SHAPE, seal

PAGE = """<!DOCTYPE html><title>3 rows where city = "{text}"</title><!-- {text} -->
<h1>{text}</h1><p title="{text}">You asked for <b>{text}</b>, of all people.</p>
<form action="/people?q={url}"><input name="q" value="{text}"><textarea name="more">{text}</textarea></form>
<a href="?q={url}&amp;page=2">{text}</a><script>var asked = "{text}";</script>
<table><tr><td class="col-id">云州</td><td class="col-name">{hidden}</td>
<td class="col-mobile">{mobile}</td></tr></table>
<p>{hidden}来过，电话{mobile}。</p>"""
TWINS = (("陈杰涛", "13800138000"), ("陈杰伟", "13811118000"))
"""Two who look alike behind their masks."""

pieces = st.sampled_from(
    [
        "陈杰涛",
        "陈杰伟",
        "陈",
        "杰涛",
        "涛",
        "13800138000",
        "1380013",
        "云州",
        "where",
        "x",
        " ",
        ",",
        "。",
        "-",
        "A" * 70,
        "%E9",
        "&",
        "<b>",
    ]
)
said = st.lists(pieces, min_size=1, max_size=6).map("".join)


def shown(hidden: str, mobile: str, texts: list[str], echoed: str) -> str:
    page = PAGE.format(text=html.escape(echoed), url=quote(echoed), hidden=hidden, mobile=mobile)
    return whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, texts), page.encode()).decode()


@settings(max_examples=300)
@given(st.lists(said, min_size=1, max_size=3))
@example(["陈杰涛"])
@example(["陈杰涛,陈杰伟"])
@example(["A" * 70 + "陈杰涛" + "A" * 70])
@example(["x陈杰涛x"])
def test_a_guess_is_treated_alike_whether_it_is_right_or_wrong(texts: list[str]) -> None:
    for echoed in texts:
        one, other = (shown(*twin, texts, echoed) for twin in TWINS)
        assert one == other


@pytest.mark.parametrize(
    ("echoed", "in_text", "in_control"),
    [
        ("陈杰涛", "***", "陈杰涛"),
        ("陈杰伟", "***", "陈杰伟"),
        ("云州", "云州", "云州"),  # a public cell says so
        ("where", "where", "where"),
        ("2026", "2026", "2026"),
        ("13800138000", "***", "***"),  # whoever said it: it is somebody's
        ("云州 陈杰涛", "云州 ***", "云州 陈杰涛"),
    ],
)
def test_what_is_said_is_left_where_the_page_works_by_it(echoed: str, in_text: str, in_control: str) -> None:
    page = shown(*TWINS[0], [echoed], echoed)
    assert f"<h1>{in_text}</h1>" in page
    assert f'<input name="q" value="{in_control}">' in page
    assert f"<p>{'***'}来过，电话***。</p>" in page


def test_what_is_said_is_hidden_only_in_a_page_that_hides_something() -> None:
    page = "<h1>0 rows where name = 陈杰涛</h1>"
    assert whole(lambda: HtmlMasker(SHAPE, tally(), "utf-8", seal, ["陈杰涛"]), page.encode()).decode() == page


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("street", []),
        ("id_no exact 1000 a.b", []),
        ("陈杰涛", ["陈杰涛"]),
        ("x=陈杰涛&y", ["陈杰涛"]),
        ("1968-11-04", ["1968-11-04"]),
        ("阿依古丽·吐尔逊", ["阿依古丽", "吐尔逊"]),
        ("123456", ["123456"]),
        ("涛", []),
    ],
)
def test_which_words_could_be_somebodys(said: str, expected: list[str]) -> None:
    places, words = Said([said]).spans(f"「{said}」")
    assert [said[word.start - 1 : word.end - 1] for word in words] == expected
    assert bool(places) == (len(said) > 1)
