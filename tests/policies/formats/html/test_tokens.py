"""The tokenizer against html5lib's, which follows the standard to the letter."""

import html5lib
import pytest
from html5lib.constants import tokenTypes
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.html.tokens import (
    LONGEST_TAG,
    MOST_TAGS,
    Comment,
    EndTag,
    HtmlTokens,
    StartTag,
    Text,
    Token,
)
from policies.formats.masker import Withheld


def tokens_of(source: str, pieces: list[str] | None = None) -> list[Token]:
    reader = HtmlTokens()
    found = [token for piece in pieces or [source] for token in reader.feed(piece)]
    return [*found, *reader.feed("", final=True)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a &amp; b", [("text", "a & b")]),
        ("<a href=\"x>y\" b='c' d=e f>t</a >", [("start", "a", ["href", "b", "d", "f"]), ("text", "t"), ("end", "a")]),
        ("<!-- <td>138</td> --><p>", [("comment",), ("start", "p", [])]),
        ("<!-->x<!--->y", [("comment",), ("text", "x"), ("comment",), ("text", "y")]),
        (
            "<script>a<b></script><i>",
            [("start", "script", []), ("text", "a<b>"), ("end", "script"), ("start", "i", [])],
        ),
        ("<title>&lt;x</title>", [("start", "title", []), ("text", "<x"), ("end", "title")]),
        ("<textarea></TEXTAREA\n>", [("start", "textarea", []), ("end", "textarea")]),
        ("1 < 2 <3", [("text", "1 < 2 <3")]),
        ("<!DOCTYPE html><?x?>", [("comment",), ("comment",)]),
        ("</ x>", [("comment",)]),
        ("<br/>", [("start", "br", [])]),
        ("<a =b c>", [("start", "a", ["=b", "c"])]),
        ("<a b= c>", [("start", "a", ["b"])]),
        ("<a b= >", [("start", "a", ["b"])]),
    ],
)
def test_tokens(source: str, expected: list[tuple[object, ...]]) -> None:
    assert [_shape(token) for token in tokens_of(source)] == expected


def _shape(token: Token) -> tuple[object, ...]:
    match token:
        case Text():
            return ("text", token.text)
        case Comment():
            return ("comment",)
        case StartTag():
            return ("start", token.name, [attribute.name for attribute in token.attributes])
        case EndTag():
            return ("end", token.name)


@pytest.mark.parametrize("source", ["<a", "<a href='", "<!-- x", "<!", "</a", "<a b=", "<?x"])
def test_a_document_that_ends_within_a_token_is_withheld(source: str) -> None:
    with pytest.raises(Withheld, match="not_whole"):
        tokens_of("<p>" + source)


def test_attribute_values() -> None:
    (tag,) = tokens_of("""<input value="1&#51;8" x='&quot;' y=z&amp; z VALUE=2>""")
    assert isinstance(tag, StartTag)
    assert [attribute.value for attribute in tag.attributes] == ["138", '"', "z&", "", "2"]
    assert tag.value_of("value") == "138"
    assert [tag.source[a.start : a.start + len(a.written)] for a in tag.attributes if a.written] == [
        '"1&#51;8"',
        "'&quot;'",
        "z&amp;",
        "2",
    ]


PIECES = [
    *("<", ">", "/", "!", "-", "--", "=", '"', "'", " ", "a", "b", "<a ", "</a>", "<!--", "-->", "<td>"),
    *('<td class="a">', '<td class="a" b="1>2">', '<td class="a"b=">">', '</td class="a">', "&amp;", "张", "?"),
]
sources = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
RAW = ["<title>", "</title>", '<script src="a">', "</script>", '</script class="a">']


def test_a_tag_that_is_written_like_one_before_it_is_the_same_token() -> None:
    row = '<tr><td class="a">1</td><td CLASS=a>2</td></tr>'
    first, *_, last = tokens_of(row * 3)
    cells = [token for token in tokens_of(row * 3) if isinstance(token, StartTag) and token.name == "td"]
    assert (first.source, last.source) == ("<tr>", "</tr>")
    assert [cell.source for cell in cells] == ['<td class="a">', "<td CLASS=a>"] * 3
    assert cells[0] is cells[2] is cells[4]
    assert [cell.value_of("class") for cell in cells] == ["a"] * 6


def test_of_the_tags_of_a_document_a_bounded_number_is_remembered() -> None:
    reader = HtmlTokens()
    source = "".join(f'<a href="/{number}">' for number in range(2 * MOST_TAGS)) + f'<a title="{"x" * LONGEST_TAG}">'
    assert "".join(token.source for token in reader.feed(source)) == source
    assert len(reader._tags) == MOST_TAGS
    assert max(map(len, reader._tags)) <= LONGEST_TAG


@given(st.lists(st.sampled_from(PIECES + RAW), max_size=30).map("".join), st.lists(st.integers(0, 80), max_size=5))
def test_tokens_are_the_input_however_it_is_split(source: str, cuts: list[int]) -> None:
    places = sorted({min(cut, len(source)) for cut in cuts} | {0, len(source)})
    pieces = [source[start:end] for start, end in zip(places, [*places[1:], len(source)], strict=True)]
    try:
        whole = tokens_of(source)
    except Withheld:
        with pytest.raises(Withheld):
            tokens_of(source, pieces)
        return
    assert "".join(token.source for token in whole) == source
    assert tokens_of(source, pieces) == whole


@given(sources)
def test_agrees_with_the_standard(source: str) -> None:
    """Same tags with the same attributes, same text, in the same order, as html5lib reads them."""
    try:
        ours = tokens_of(source)
    except Withheld:
        return
    expected: list[tuple[object, ...]] = []
    reader = html5lib._tokenizer.HTMLTokenizer(source)
    for token in reader:
        kind = token["type"]
        if kind in (tokenTypes["Characters"], tokenTypes["SpaceCharacters"]):
            if expected and expected[-1][0] == "text":
                token = {"data": expected.pop()[1] + token["data"]}
            expected.append(("text", token["data"]))
        elif kind in (tokenTypes["StartTag"], tokenTypes["EmptyTag"]):
            expected.append(("start", token["name"], dict(token["data"])))
        elif kind == tokenTypes["EndTag"]:
            expected.append(("end", token["name"]))
        elif kind in (tokenTypes["Comment"], tokenTypes["Doctype"]):
            expected.append(("comment",))
    found: list[tuple[object, ...]] = []
    for token in ours:
        if token == Comment("</>"):
            continue  # no token to the standard
        if isinstance(token, StartTag):
            first_wins: dict[str, str] = {}
            for attribute in token.attributes:
                first_wins.setdefault(attribute.name, attribute.value)
            found.append(("start", token.name, first_wins))
        elif isinstance(token, Text) and found and found[-1][0] == "text":
            found.append(("text", str(found.pop()[1]) + token.text))
        else:
            found.append(_shape(token))
    assert found == expected
