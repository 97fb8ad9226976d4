import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.html.around import DEEPEST, Around
from policies.formats.html.shape import field_in
from policies.formats.html.tokens import HtmlTokens, StartTag, Tag
from policies.formats.masker import Withheld
from tests.policies.formats.html.test_body import masked

FIELD = re.compile("field-(?P<field>.+)")
BOX = re.compile("box")
PATTERNS = (FIELD, BOX)


def tags(page: str) -> list[Tag]:
    return [token for token in HtmlTokens().feed(page, final=True) if isinstance(token, Tag)]


def begun(page: str, outer: dict[re.Pattern[str], str] | None = None) -> Around:
    around = Around(PATTERNS, outer)
    for tag in tags(page):
        if isinstance(tag, StartTag):
            around.begin(tag)
        else:
            around.end(tag.name)
    return around


def innermost(page: str) -> dict[re.Pattern[str], str]:
    """What is open at the end of *page*, told by walking through all of it."""
    names: list[tuple[str, list[str]]] = []
    for tag in tags(page):
        if isinstance(tag, StartTag):
            if tag.name == "br":
                continue
            if tag.name == "li" and names and names[-1][0] == "li":
                names.pop()
            names.append((tag.name, (tag.value_of("class") or "").split()))
        elif any(name == tag.name for name, _ in names):
            while names.pop()[0] != tag.name:
                pass
    classes = [css_class for _, inner in reversed(names) for css_class in reversed(inner)]
    found = {pattern: field_in(pattern, classes) for pattern in PATTERNS}
    return {pattern: field for pattern, field in found.items() if field is not None}


pieces = st.sampled_from(
    [f'<{name} class="{css_class}">' for name in ("div", "li", "b", "br")
     for css_class in ("", "x", "box", "field-name", "field-id x field-city", "field-id box")]
    + ["</div>", "</li>", "</b>", "</p>"]
)  # fmt: skip


@given(st.lists(pieces, max_size=20).map("".join))
def test_the_innermost_element_names_the_field(page: str) -> None:
    assert begun(page).fields == innermost(page)


def test_what_is_around_them_all_serves_where_none_of_them_names_a_field() -> None:
    outer = {FIELD: "name", BOX: ""}
    assert begun('<div class="x">', outer).fields == outer
    assert begun('<div class="field-id"><b>', outer).fields == {FIELD: "id", BOX: ""}
    assert begun('<div class="field-id"></div>', outer).fields == outer


def test_an_element_that_names_nothing_adds_nothing_to_remember() -> None:
    """Or a thousand elements around ten thousand others were ten million to look through."""
    around = begun('<div class="a field-name">' + '<div class="msg a b">' * 1_000)
    fields = around.fields
    for tag in tags('<li class="x">' * 100 + "</i></div>"):
        if isinstance(tag, StartTag):
            around.begin(tag)
        else:
            around.end(tag.name)
        assert around.fields is fields


def test_elements_do_not_nest_without_end() -> None:
    with pytest.raises(Withheld, match="nested_too_deeply"):
        begun("<div>" * (DEEPEST + 1))
    assert Around(()).fields == {}


def test_a_field_is_named_from_far_outside() -> None:
    around = '<div class="msg a b c">' * 1_000
    page = f'<div class="field-name">{around}<div class="readonly">张三丰</div>'
    assert masked(page) == page.replace("张三丰", "张**")
    page = f'<div class="field-name">{around}</div>{"</div>" * 1_000}<div class="readonly">x</div>'
    assert masked(page) == page
