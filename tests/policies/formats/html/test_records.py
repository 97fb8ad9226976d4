"""Pages that show records in rows, cards or sections: nothing is shown of anybody else's, however a page is built."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.choose import Choice
from policies.formats.html.keys import AsTheyAre
from policies.formats.html.page import PageOfSomebody
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.masker import Withheld
from tests.policies.formats.html.test_whose import CHOICE, MINE, OTHER, OURS, page_shape
from tests.policies.formats.masking import cuts, in_pieces, tally, whole

SHAPE: HtmlShape = replace(
    page_shape(),
    selectors=tuple(
        Selector(element=element, css_class=re.compile("col-(?P<field>.+)")) for element in ("td", "span", "div", "dd")
    ),
    in_table=lambda table: replace(SHAPE, record=page_shape(table).record),
)
FILTERED = replace(SHAPE, record=page_shape(filtered=True).record, in_table=None)


def shown(body: str, choice: Choice = CHOICE) -> str:
    shape = SHAPE if choice is CHOICE else FILTERED
    masker = PageOfSomebody(shape, tally(), "utf-8", lambda *form: "sealed", None, choice, AsTheyAre())
    return whole(lambda: masker, body.encode()).decode()


def value(field: str, text: str, tag: str = "span") -> str:
    return f'<{tag} class="col-{field}">{text}</{tag}>'


NUMBER, CITY = value("id_no", MINE), value("city", "云州")
MY_NAME, THEIR_NAME = value("name", "甲某"), value("name", "乙某")
type Fields = list[tuple[str, str]]
LAYOUTS: dict[str, Callable[[Fields], str]] = {
    "a line": lambda fields: " ".join(value(name, text) for name, text in fields),
    "lines": lambda fields: "".join(f"<p>{value(name, text)}</p>" for name, text in fields),
    "blocks": lambda fields: "".join(value(name, text, "div") for name, text in fields),
    "labelled lines": lambda fields: "".join(
        f"<div><label>x</label> <b>{value(name, text)}</b></div>" for name, text in fields
    ),
    "terms": lambda fields: "<dl>" + "".join(f"<dt>x{value(name, text, 'dd')}" for name, text in fields) + "</dl>",
    "rows": lambda fields: (
        "<table>" + "".join(f"<tr><th>x{value(name, text, 'td')}</tr>" for name, text in fields) + "</table>"
    ),
    "a row": lambda fields: (
        "<table><tbody><tr>" + "".join(value(name, text, "td") for name, text in fields) + "</table>"
    ),
    "controls": lambda fields: "".join(
        f'<div class="row"><label>x</label><input name="{name}" value="{text}"></div>' for name, text in fields
    ),
}
CARDS = ["div", "section", "article", "li", "a", "fieldset", "form", "my-card", "aside", "details", "figure"]
AROUND = ["", "<h2>x</h2>", "<hr>", "<script>let x = 1;</script>", "<svg><path d=''/><g><path/></g></svg>", "<p>x"]


def card(tag: str, layout: str, **fields: str) -> str:
    return f"<{tag}>{LAYOUTS[layout](list(fields.items()))}</{tag}>"


@pytest.mark.parametrize("tag", CARDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_that_does_not_say_whose_it_is_is_not_the_callers(tag: str, layout: str) -> None:
    mine = card(tag, layout, id_no=MINE, city="云州")
    for body in (
        mine + card(tag, layout, name="乙某"),
        card(tag, layout, name="乙某") + mine,
        f"<main>{mine}</main><main>{card(tag, layout, name='乙某')}</main>",
        mine + LAYOUTS[layout]([("name", "乙某")]),
        card(tag, layout, id_no=MINE) + card(tag, layout, name="乙某", city="云州"),
        card(tag, layout, id_no=MINE, name="甲某") + card(tag, layout, name="乙某"),
        card(tag, layout, id_no=MINE, name="甲某") + card(tag, layout, id_no=OTHER, name="乙某"),
    ):
        assert "乙某" not in shown(body), body
        assert "甲某" not in shown(body), body


@pytest.mark.parametrize("tag", CARDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_callers_own_cards_are_shown(tag: str, layout: str) -> None:
    mine = card(tag, layout, id_no=MINE, name="甲某", city="云州")
    for around in AROUND:
        assert "甲某" in shown(f"<html><head><title>x</title></head><body>{around}{mine}</body></html>"), around
        assert "甲某" in shown(f"<ul>{mine}{around}{mine}</ul>"), around


@pytest.mark.parametrize("tag", ["div", "section", "li", "article"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_that_does_not_say_where_it_belongs_withholds_the_page(tag: str, layout: str) -> None:
    ours = card(tag, layout, id_no=OTHER, city="云州")
    assert "云州" in shown(ours + ours, OURS)
    with pytest.raises(Withheld, match="record_left_out"):
        shown(ours + card(tag, layout, name="乙某"), OURS)


TOGETHER = {
    "one below the other": f"<div>{NUMBER}</div><div>{MY_NAME}</div>",
    "in one line": f"{NUMBER}: {MY_NAME}, {CITY}",
    "with labels in the line": f"<p><b>x</b> {NUMBER} <i>y</i> {MY_NAME}</p>",
    "with a picture in the line": f"<p>{NUMBER}<img src=x><svg><g><path/></g></svg>{MY_NAME}",
    "rows without ends": f"<table><tr><td class=col-id_no>{MINE}<td class=col-name>甲某"
    f"<tr><td class=col-id_no>{MINE}</table>",
    "terms without ends": f"<dl><dt>x<dd class=col-id_no>{MINE}<dt>y<dd class=col-name>甲某</dl>",
    "paragraphs without ends": f"<section><p>{NUMBER}<p>{MY_NAME}</section>",
    "a field within one": f"<div class=col-id_no>{MINE}{value('name', '甲某', 'div')}</div>",
    "a control within one": f'<div class=col-city>{NUMBER}<textarea name="name">甲某</textarea></div>',
    "ends of what begins unsaid": f"<table><tr><td>{NUMBER}</b> {MY_NAME}</td></tr></tbody></table></body></html>",
}


@pytest.mark.parametrize("case", TOGETHER)
def test_a_record_that_could_be_nobody_elses_is_shown(case: str) -> None:
    assert "甲某" in shown(TOGETHER[case])


APART = {
    "lines of two": f"{NUMBER} {CITY}<br>{THEIR_NAME}",
    "paragraphs": f"<p>{NUMBER} {CITY}</p><p>{THEIR_NAME}</p>",
    "below a rule": f"{NUMBER} {CITY}<hr>{THEIR_NAME}",
    "cells of a grid": f"<table><tr><td>{NUMBER}{CITY}</td><td>{THEIR_NAME}</td></table>",
    "one table each": f"<table><tr><td class=col-id_no>{MINE}<tr><td class=col-city>x</table>"
    "<table><tr><td class=col-name>乙某</table>",
    "one within": f"<div>{NUMBER} {CITY}<div>{THEIR_NAME}</div></div>",
    "not closed": f"<div><div>{NUMBER}</div><div>{THEIR_NAME}</div>",
    "crossed": f"<div><section>{NUMBER}</div>{THEIR_NAME}</section>",
    "within a cell": f"<div class=col-city>x<ul><li>{NUMBER}{value('shift', 'a')}<li>{THEIR_NAME}</ul></div>",
    "controls within a cell": f'<div class=col-city><p><input name="id_no" value="{MINE}"><input name="id" value="7">'
    '</p><p><input name="name" value="乙某"></p></div>',
    "an unknown element": f"<x.card>{NUMBER}{CITY}</x.card><x.card>{THEIR_NAME}</x.card>",
    "ended twice": f"<p><p>{NUMBER}</p><p>{CITY}</p></p><div>{THEIR_NAME}</div>",
    "too deep": f"{'<div>' * 600}{NUMBER} {THEIR_NAME}{'</div>' * 600}",
    "in a template": f"{NUMBER}<script type='text/x-template'>{THEIR_NAME}</script>",
}  # fmt: skip


@pytest.mark.parametrize("case", APART)
def test_what_could_be_two_records_is(case: str) -> None:
    assert "乙某" not in shown(APART[case])


TWO_IN_ONE = {
    "two names": ("id_no", MINE, "name", "甲某<br>乙某"),
    "two names in blocks": ("id_no", MINE, "name", "<p>甲某</p><p>乙某</p>"),
    "two numbers": ("id_no", f"{MINE}<br>{OTHER}", "name", "乙某"),
    "two that make one": ("id_no", f"{MINE[:9]}<br>{MINE[9:]}", "name", "乙某"),
    "two links that make one": ("id_no", f"<a href=/1>{MINE[:9]}</a><a href=/2>{MINE[9:]}</a>", "name", "乙某"),
}


@pytest.mark.parametrize("case", TWO_IN_ONE)
@pytest.mark.parametrize("tag", ["div", "dd", "td"])
def test_a_field_that_holds_two_values_is_of_nobody_in_particular(case: str, tag: str) -> None:
    of, number, field, text = TWO_IN_ONE[case]
    assert "乙某" not in shown(value(of, number, tag) + value(field, text, tag))


def test_each_of_two_numbers_in_one_field_is_noted_as_somebodys() -> None:
    masker = PageOfSomebody(SHAPE, tally(), "utf-8", lambda *form: "", None, CHOICE, AsTheyAre())
    whole(lambda: masker, value("id_no", f"{MINE}<br>{OTHER}", "div").encode())
    assert {masker.tally.digester(MINE), masker.tally.digester(OTHER)} <= set(masker.tally.subjects)
    assert masker.tally.has_unreadable


def test_a_name_that_a_mark_stands_in_is_one_value() -> None:
    assert "甲<mark>某</mark>" in shown(value("id_no", MINE, "div") + value("name", "甲<mark>某</mark>", "div"))


OFFERED = {
    "others": ("<option>乙某<option selected>甲某<option value=9>乙某", "<option selected>甲某"),
    "others in groups": (
        "<optgroup label=乙某><option>乙某</option></optgroup><optgroup><option selected>甲某</option></optgroup>",
        "<option selected>甲某</option>",
    ),
    "nothing": (
        "<option value=''>-</option><option selected>甲某</option>",
        "<option value=''>-</option><option selected>甲某</option>",
    ),
    "none chosen": ("<option value=''>-</option><option>乙某</option>", "<option value=''>-</option>"),
}


@pytest.mark.parametrize("case", OFFERED)
@pytest.mark.parametrize("around", ["<p>{}</p>", "<div class=col-city>{}</div>"])
def test_what_is_offered_beside_the_callers_own_value_is_not_shown(case: str, around: str) -> None:
    offered, expected = OFFERED[case]
    page = shown(around.replace("{}", f'{NUMBER}<select name="name">{offered}</select>'))
    assert f'<select name="name">{expected}</select>' in page


def test_what_everybody_is_offered_is_offered_to_the_caller_too() -> None:
    select = '<select name="city"><option>雾州<option selected>云州</select>'
    assert select in shown(f"<p>{NUMBER}</p>{select}")


@pytest.mark.parametrize(
    ("opens", "field", "then"), [("<dl>", "dd", "<dt>x<dd>"), ("<ul>", "li", "<li>"), ("<table><tr>", "td", "<tr><td>")]
)
def test_a_field_ends_where_its_like_begins(opens: str, field: str, then: str) -> None:
    shape = replace(SHAPE, selectors=(Selector(element=field, css_class=re.compile("col-(?P<field>.+)")),))
    body = f'{opens}<{field} class="col-city">云州{then}手机13800138000'
    masker = PageOfSomebody(shape, tally(), "utf-8", lambda *form: "", None, CHOICE, AsTheyAre())
    page = whole(lambda: masker, body.encode()).decode()
    assert "云州" in page
    assert "13800138000" not in page


# any structure

OTHERS = st.fixed_dictionaries(
    {"name": st.just("乙某")},
    optional={"id_no": st.sampled_from([OTHER, "", "-", MINE[:-1]]), "city": st.just("乙州"), "shift": st.just("乙")},
)
OWN = st.fixed_dictionaries(
    {"id_no": st.just(MINE), "city": st.just("云州")}, optional={"name": st.just("甲某"), "shift": st.just("a")}
)
HOLDERS = [tag for tag in CARDS if tag != "li"]  # one in another ends it
WRAPPED = st.recursive(
    st.just("{}"),
    lambda inner: st.builds(
        lambda tag, text, around: f"{around}<{tag}>{text}</{tag}>",
        st.sampled_from(HOLDERS),
        inner,
        st.sampled_from(AROUND),
    ),
    max_leaves=4,
)


def written(fields: dict[str, str], order: list[str], layout: str, tag: str, wrapped: str) -> str:
    said = {name: fields[name] for name in order if name in fields}
    return wrapped.replace("{}", card(tag, layout, **said))


ORDERS = st.permutations(["id_no", "name", "city", "shift"])
RECORDS = st.tuples(ORDERS, st.sampled_from(sorted(LAYOUTS)), st.sampled_from(CARDS), WRAPPED)


@given(
    st.lists(st.tuples(OWN, RECORDS), min_size=1, max_size=3),
    st.lists(st.tuples(OTHERS, RECORDS), max_size=3),
    st.data(),
)
def test_of_nobody_else_is_anything_shown(
    own: list[tuple[dict[str, str], tuple[list[str], str, str, str]]],
    others: list[tuple[dict[str, str], tuple[list[str], str, str, str]]],
    data: st.DataObject,
) -> None:
    records = data.draw(st.permutations([written(fields, *how) for fields, how in [*own, *others]]))
    page = shown("".join(records))
    if others:
        assert "乙某" not in page
        assert "甲某" not in page
    assert ("甲某" in page) is (not others and any("name" in fields for fields, _ in own))


TAGS = [f"<{slash}{tag}>" for tag in [*CARDS, "table", "tr", "td", "ul", "dl", "dt", "b"] for slash in ("", "/")]
NAMES = [THEIR_NAME, '<input name="name" value="乙某">']
WORDS = st.sampled_from([*TAGS, "<br>", "<hr>", "<i/>", "<svg>", "</svg>", NUMBER, *NAMES, CITY])


@given(st.lists(WORDS, max_size=40), cuts)
def test_more_names_than_numbers_are_not_all_the_callers(words: list[str], places: list[int]) -> None:
    """Whatever the elements lie in: each record has one name and needs a number of its own."""
    words = [*words, *[NAMES[0]] * (words.count(NUMBER) + 1 - sum(map(words.count, NAMES)))]
    body = "".join(words)
    assert "乙某" not in shown(body)

    def make() -> PageOfSomebody:
        return PageOfSomebody(SHAPE, tally(), "utf-8", lambda *form: "", None, CHOICE, AsTheyAre())

    assert in_pieces(make, body.encode(), places).decode() == shown(body)
