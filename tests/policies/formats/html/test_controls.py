"""What nobody declared is undeclared wherever it stands in a page: in a control, in an attribute, in markup itself."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.formats.html.body import HtmlMasker
from policies.formats.html.controls import ABSENT
from policies.formats.html.forms import Carried, Held
from policies.formats.html.shape import HtmlShape
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Withheld
from tests.effort import examples
from tests.policies.formats.html.test_body import SHAPE, make, masked, seal
from tests.policies.formats.masking import UNDECLARED, cuts, in_pieces, tally, whole

FREE = Action(field=1, kind=Kind.SCAN, personal=False)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ('<input name="x" value="张三">', '<input name="x" value="***">'),
        ("<input name=x value=张三>", '<input name=x value="***">'),
        ('<input type="hidden" name="x" value="张三">', '<input type="hidden" name="x" value="***">'),
        ('<input type="search" name="x" value="张三">', '<input type="search" name="x" value="***">'),
        ('<input type="tel" name="x" value="88881234">', '<input type="tel" name="x" value="***">'),
        ('<input type="number" name="x" value="7" max="9">', '<input type="text" name="x" value="***">'),
        ('<input type="date" name="x" value="1968-11-04">', '<input type="text" name="x" value="***">'),
        ('<input value="张三">', '<input value="***">'),
        ('<input name="x" value="">', '<input name="x" value="">'),
        ('<input name="x" placeholder="张三" data-who="张三">', '<input name="x">'),
        (
            '<input type="email" name="x" value="a" value="张三">',
            '<input type="text" name="x" value="***" value="***">',
        ),
        ('<textarea name="x" title="张三">张三</textarea>', '<textarea name="x">***</textarea>'),
        ("<textarea>张三</textarea>", "<textarea>***</textarea>"),
        (
            '<select name="x"><option value="zhangsan" selected>张三<option value="lisi">李四</select>',
            '<select name="x"><option value="***" selected>***</option></select>',
        ),
        (
            '<select name="x"><option value="">-<option value="lisi">李四</select>',
            '<select name="x"><option value="***" selected>***</option><option value="">***</option></select>',
        ),
        (
            '<input type="checkbox" name="x" value="张三" checked>',
            '<input name="x" type="hidden" value="***1">***',
        ),
        ('<input type="checkbox" name="x" value="张三">', '<input name="x" type="hidden" value="***1">***'),
        ('<input type="checkbox" checked disabled>', '<input disabled type="hidden" value="***1">***'),
        ('<button name="x" value="zhangsan">去</button>', '<button name="x" value="***1">去</button>'),
        ('<datalist id="d"><option value="张三">张三</option></datalist>', '<datalist id="d"></datalist>'),
        # what is written on a button is text
        ('<input type="submit" name="x" value="找13800138000">', '<input type="submit" name="x" value="找***">'),
        ('<input type="reset" value="重置">', '<input type="reset" value="重置">'),
        ('<input type="image" alt="查找" src="/a.png">', '<input type="image" alt="查找" src="/a.png">'),
        ('<button class="b" title="注销">注销</button>', '<button class="b" title="注销">注销</button>'),
        # the application's own
        ('<input name="csrf" value="aB3x">', '<input name="csrf" value="aB3x">'),
        ('<input id="nav" placeholder="筛选">', '<input id="nav" placeholder="筛选">'),
        ('<input name="x" id="nav" placeholder="筛选">', '<input name="x" id="nav">'),
        ('<select name="q"><option value="1">等于</select>', '<select name="q"><option value="1">等于</select>'),
        ('<textarea name="q">select 1</textarea>', '<textarea name="q">select 1</textarea>'),
    ],
)
def test_what_becomes_of_a_control_that_nobody_declared(form: str, expected: str) -> None:
    assert masked(f"<p>{form}</p>") == f"<p>{expected}</p>"
    assert (
        masked(f'<table><td class="col-address">{form}</table>') == f'<table><td class="col-address">{expected}</table>'
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ('<input type="submit" name="name" value="张三丰">', '<input type="submit" name="name" value="张**">'),
        (
            '<input type="radio" name="name" value="张三" id="a">',
            '<input name="name" id="a" type="hidden" value="***1">***',
        ),
        ('<input type="checkbox" name="name" checked>', '<input name="name" type="hidden" value="***1">***'),
        ('<button name="name" value="zhang">张三丰</button>', '<button name="name" value="***1">张**</button>'),
        (
            '<select name="name" data-x="张三"><option value="z">张三丰<option value="l" label="李四">李四</select>',
            '<select name="name"><option value="张**" selected>张**</option>'
            '<option value="***1">张**</option><option value="***2">李**</option></select>',
        ),
        (
            '<select name="name"><option selected>张三丰<option value="2">李四<option value="3">李五</select>',
            '<select name="name"><option value="张**" selected>张**</option>'
            '<option value="***1">张**</option></select>',
        ),
        (
            '<input name="mobile" value="13800138000" title="x" data-who="zhang" placeholder="张" class="c" id="i">',
            '<input name="mobile" value="138****8000" class="c" id="i">',
        ),
        (
            '<textarea name="name" data-who="zhang" rows="3">张三丰</textarea>',
            '<textarea name="name" rows="3">张**</textarea>',
        ),
        # shown to somebody, but for what else stands in the tag
        (
            '<input name="address" value="幸福路" title="13800138000">',
            '<input name="address" value="幸福路" title="***">',
        ),
        (
            '<select name="address"><!--13800138000--><option value="幸福路" title="13800138000">幸福路</select>',
            '<select name="address"><!--***--><option value="幸福路" title="***">幸福路</select>',
        ),
    ],
)
def test_what_becomes_of_a_control_of_a_declared_field(form: str, expected: str) -> None:
    assert masked(f"<p>{form}</p>") == f"<p>{expected}</p>"


def held_by(page: str, shape: HtmlShape = SHAPE) -> Held:
    """What the last form of *page* holds."""
    found = Held()

    def noting(action: str, held: Held) -> str:
        nonlocal found
        found = held
        return ""

    whole(lambda: HtmlMasker(shape, tally(), "utf-8", noting), page.encode())
    return found


def carried_by(page: str) -> Carried:
    """What the form of *page* carries."""
    return held_by(page).carried


NAMED = replace(SHAPE, key=("id", "address"), key_controls=((re.compile("which"), "person"),))


@pytest.mark.parametrize(
    ("controls", "key", "subject", "unseen"),
    [
        ('<input type="hidden" name="id" value="7">', {"id": ["7"]}, {}, {}),
        ('<input name="id" value=""><input name="id" value="8">', {"id": ["", "8"]}, {}, {}),
        ('<input name="id_no" value="11010519491231002X">', {}, {"id_no": ["**************002X"]}, {}),
        ('<select name="id_no"><option value="1">甲<option value="2" selected>乙</select>', {}, {"id_no": ["***"]}, {}),
        ('<select name="id"><option value="1">甲<option value="2" selected>乙</select>', {"id": ["2"]}, {}, {}),
        ('<select name="id"><option>1<option>2</select>', {"id": ["1"]}, {}, {}),
        ("<textarea name=address>\n甲路1号</textarea>", {"address": ["\n甲路1号"]}, {}, {}),
        ('<input type="radio" name="id"><input type="radio" name="id" value="2" checked>', {"id": ["2"]}, {}, {}),
        ('<input type="submit" name="id" value="1"><input name="id" value="2" disabled>', {"id": []}, {}, {}),
        ('<input name="which" value="1"><input type="hidden" name="which" value="2">', {"which": ["1", "2"]}, {}, {}),
        ('<input type="checkbox" name="which" value="1">', {}, {}, {}),
        ('<input type="hidden" name="x" value="1"><input type="hidden" name="x">', {}, {}, {"x": ["***", ""]}),
        ('<input type="hidden" name="x" value="0"><input type="checkbox" name="x" value="1">', {}, {}, {}),
        ('<input type="hidden" name="csrf" value="1"><input name="y" value="1">', {}, {}, {}),
    ],
)  # fmt: skip
def test_a_form_says_whose_record_it_is(
    controls: str, key: dict[str, list[str]], subject: dict[str, list[str]], unseen: dict[str, list[str]]
) -> None:
    around = '<form method="post">{}<input name="mobile" value="13800138000"></form>'
    held = held_by(around.format(controls), NAMED)
    assert held.carried["mobile"] == [("138****8000", "13800138000")]
    assert (held.key, held.subject, held.unseen) == (key, subject, unseen)
    held = held_by(f'<table><td class="col-remark">{around.format(controls)}</table>', NAMED)
    assert (held.key, held.subject, held.unseen) == (key, subject, unseen)


def test_a_form_carries_what_was_hidden_of_undeclared_controls() -> None:
    form = (
        '<form method="post"><input name="a" value="张三"><textarea name="b">\n李四</textarea>'
        '<select name="c"><option value="1" selected>王五</select>'
        '<input type="checkbox" name="d" checked><input type="checkbox" name="d" value="2">'
        '<button name="e" value="zhang">x</button><input value="张三"><input name="csrf" value="x"></form>'
    )
    expected = {
        "a": [("***", "张三")],
        "b": [("***", "李四")],
        "c": [("***", "1")],
        "d": [("***4", "on"), ("***5", ABSENT)],
        "e": [("***6", "zhang")],
    }
    assert carried_by(form) == expected
    del expected["e"]  # within what is hidden a button says nothing
    assert carried_by(f'<table><td class="col-name">{form}</table>') == expected


def test_a_form_carries_what_its_choices_stand_for() -> None:
    """To choose another one is no mask that comes back: whatever becomes of those, the choice counts."""
    options = '<option value="1" selected>张三<option value="2">李四<option value="3">王五'
    page = f'<form method="post"><select name="name">{options}</select></form>'
    assert carried_by(page) == {"name": [("***1", "1"), ("***2", "2"), ("***3", "3")]}


def test_a_choice_whose_mask_is_put_back_is_offered_once() -> None:
    options = '<option value="1" selected>13800138000<option value="2">13900139000'
    page = f'<form method="post"><select name="mobile">{options}</select></form>'
    assert carried_by(page) == {"mobile": [("138****8000", "1"), ("***1", "2")]}
    assert (
        '<select name="mobile"><option value="138****8000" selected>138****8000</option>'
        '<option value="***1">139****9000</option></select>'
    ) in masked(page)


def test_which_of_many_choices_are_made_is_not_to_be_seen_and_not_to_be_changed() -> None:
    options = '<option value="1">张三<option value="2" selected>李四<option value="3" selected>王五'
    page = f'<form method="post"><select name="x" multiple class="c" required>{options}</select></form>'
    assert carried_by(page) == {"x": [("***1", ABSENT), ("***2", "2"), ("***3", "3")]}
    sent = "".join(f'<input type="hidden" name="x" value="***{number}">' for number in (1, 2, 3))
    shown = '<select name="x" multiple class="c" disabled=""><option>***</option></select>'
    assert f'<form method="post">{sent}{shown}' in masked(page)
    assert masked(page.replace("required", "disabled")).startswith(f'<form method="post">{shown}')


def test_a_form_that_only_asks_carries_nothing() -> None:
    assert SHAPE.control_of is not None
    page = '<form action="/x"><input name="x" value="张三"></form>'
    assert masked(page) == '<form action="/x"><input name="x" value="***"></form>'


def test_a_control_whose_name_cannot_stay_is_withheld() -> None:
    for page in ('<input name="张三" value="x">', '<input name="x13800138000">'):
        with pytest.raises(Withheld, match="masked_choice"):
            masked(page)


def test_a_value_that_only_machines_read_is_not_looked_for_elsewhere() -> None:
    page = '<input type="hidden" name="x" value="list"><a href="/list/7">list</a>'
    assert masked(page) == '<input type="hidden" name="x" value="***"><a href="/list/7">list</a>'
    assert masked('<input name="x" value="张三丰"><h1>张三丰</h1>') == '<input name="x" value="***"><h1>***</h1>'


def test_undeclared_values_are_counted() -> None:
    masker = make()
    whole(
        lambda: masker, '<input name="x" value="张三"><input name="csrf" value="y"><textarea>李四</textarea>'.encode()
    )
    assert dict(masker.tally.fields) == {0: 2}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<img src="/p/zhangsan.png" alt="张三">', "<img>"),
        ('<span title="张三" data-no="zhangsan"></span>', "<span></span>"),
        ("<!-- 张三 -->", ""),
        ("<script>var x = '张三'</script>", "<script></script>"),
        ('<script type="text/x-template">张三</script>', '<script type="text/x-template"></script>'),
        ('<input name="whatever" value="张三">', '<input name="whatever" value="***">'),
        ('<input name="remark" value="张三来过">', '<input name="remark" value="***">'),
        ('<input name="address" value="幸福路">', '<input name="address" value="幸福路">'),
        ('<input name="csrf" value="aB3x">', '<input name="csrf" value="aB3x">'),
        ('<select name="q"><option>等于</select>', "<select name=\"q\"><option>等于</select>"),
        ('<input type="submit" value="张三">', '<input type="submit" value="***">'),
        ('<button name="x" value="张三" class="b">张三丰</button>', '<button name="x" class="b">张**</button>'),
        ('<input name="mobile" value="13800138000">x', '<input name="mobile" value="138****8000">***'),
        ("<iframe srcdoc='张三' src='/zhangsan'></iframe>", "<iframe></iframe>"),
        ('<svg><path d="M1 1"/><text>张三丰</text></svg>', "<svg><path /><text>张**</text></svg>"),
        # what leads on stays where it tells of nobody
        ('<a href="/7?name=zhangsan#zhangsan">张三丰</a>', '<a href="/7">张**</a>'),
        ('<a href="/zhangsan">张三丰</a>', "<a>张**</a>"),
        ('<a href="/1380013">张三丰</a>', "<a>张**</a>"),
        ('<a href="mailto:zhangsan@x.example">张三丰</a>', "<a>张**</a>"),
        ('<a href="//7">张三丰</a>', "<a>张**</a>"),
        ('<form action="/7" method="post"></form>', '<form action="/7" method="post"></form>'),
        ('<form action="/zhangsan"></form>', "<form></form>"),
        ("</b 张三>", "</b>"),
        ('<b id="13800138000" class="张三">张三丰</b>', "<b>张**</b>"),
        ('<b id="row-7" class="a b">张三丰</b>', '<b id="row-7" class="a b">张**</b>'),
        ('<td-x rowspan="13800" colspan="2">', '<td-x colspan="2">'),
    ],
)  # fmt: skip
def test_all_of_a_hidden_element_is_hidden(cell: str, expected: str) -> None:
    assert (
        masked(f'<table><td class="col-name">{cell}</td></table>')
        == f'<table><td class="col-name">{expected}</td></table>'
    )


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            '<td class="col-address"><table><td class="col-name">张三丰<td class="col-mobile">13800138000</table></td>',
            '<td class="col-address"><table><td class="col-name">张**<td class="col-mobile">138****8000</table></td>',
        ),
        (
            '<td class="col-remark">x<div class="field-name"><p>y</p><div class="readonly">张三丰</div></div></td>',
            '<td class="col-remark">x<div class="field-name"><p>y</p><div class="readonly">张**</div></div></td>',
        ),
        (
            '<td class="col-remark">x<div class="field-name"></div><div class="readonly">张三</div></td>',
            '<td class="col-remark">x<div class="field-name"></div><div class="readonly">张三</div></td>',
        ),
        (
            '<td class="col-address"><h1 class="object"><input name="x" value="李四">张三丰</h1></td><p>张三丰</p>',
            '<td class="col-address"><h1 class="object"><input name="x" value="***">张**</h1></td><p>***</p>',
        ),
    ],
)
def test_a_declared_element_within_another_that_is_shown_is_masked_by_itself(page: str, expected: str) -> None:
    assert masked(page) == expected


def test_declared_elements_do_not_nest_without_end() -> None:
    with pytest.raises(Withheld, match="nested_too_deeply"):
        masked('<div class="field-address">' + '<div class="readonly">' * 5_000)


def test_a_hidden_element_keeps_of_its_own_tag_what_a_page_is_built_of() -> None:
    tag = '<td class="col-name" data-who="zhangsan" title="张三" onclick="f(1)" style="x" rowspan="2" id="张三">'
    assert masked(f"<table>{tag}张三丰</td></table>") == '<table><td class="col-name" rowspan="2">张**</td></table>'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<x-张三>x</x-张三>", "x"),
        ("<p>138<x-张三>0013</x-张三>8000</p>", "<p>***</p>"),
        ("<x-13800138000>x", "x"),
        ("<a13800138000>x", "x"),
        ("<zhang@x.example>x", "x"),
        ("<my-card>x</my-card>", "<my-card>x</my-card>"),
        ("<o:p>x</o:p>", "<o:p>x</o:p>"),
        ("<div 13812345678>x", "<div>x"),
        ("<div 张三 class=a>x", "<div class=a>x"),
        ("<div\u3000张三>x", "x"),
        ("<div a\u3000张三=1>x", "<div>x"),
        ('<div data-张三="1" data-a="1">x', '<div data-a="1">x'),
        ('<div @click="f" :class="g" v-on:click.prevent="h">', '<div @click="f" :class="g" v-on:click.prevent="h">'),
        ("<br/>", "<br/>"),
        ("<div 张三/>", "<div />"),
        ("</div 张三>", "</div>"),
        ("<p>x</p title='张三'>", "<p>x</p>"),
        ('<p class=col-address>x</p 张三>', "<p class=col-address>x</p>"),
        ('<td class="col-address">x<b></b 13800138000></td>', '<td class="col-address">x<b></b></td>'),
        (
            '<td class="col-name">zhangsan</td><p zhangsan data-zhangsan="1" title="x">',
            '<td class="col-name">z**</td><p title="x">',
        ),
        ('<td class="col-name">title</td><p title="x">', '<td class="col-name">t**</td><p title="x">'),
    ],
)  # fmt: skip
def test_names_in_markup_are_names(page: str, expected: str) -> None:
    assert masked(page) == expected


JSON = (
    "application/json",
    "Application/JSON; charset=utf-8",
    "text/json",
    "application/geo+json;x=y",
    "speculationrules",
)


@pytest.mark.parametrize("script_type", JSON)
def test_a_script_that_holds_data_is_data(script_type: str) -> None:
    page = f'<script type="{script_type}">{{"x": "张三"}}</script>'
    assert masked(page) == f'<script type="{script_type}">{{"x":"***"}}</script>'
    assert masked(f'<div class="field-address"><div class="readonly">{page}</div>') == (
        f'<div class="field-address"><div class="readonly"><script type="{script_type}">{{"x":"***"}}</script></div>'
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<td class="col-name">张三丰</td>', '<td class="col-name">张**</td>'),
        ('<input name="x" value="张三">{{ x }}', '<input name="x" value="***">{{ x }}'),
        ("<p>1&#51;8<b>0013</b>8000</p>", "<p>***<b></b></p>"),
        ("\\u0031\\u0033800138000", "***"),
        ('{"x": 1, "mobile": "13800138000"}', '{"x": 1, "mobile": "***"}'),
        ("if (a <b", ""),
        ("", ""),
    ],
)
def test_a_script_of_no_known_language_is_read_as_a_page(source: str, expected: str) -> None:
    for script_type in ("text/x-template", "text/x-handlebars-template", "text/plain"):
        page = f'<script type="{script_type}">{source}</script>'
        assert masked(page) == f'<script type="{script_type}">{expected}</script>'


def test_a_template_hides_what_the_page_around_it_hides() -> None:
    out = masked('<td class="col-name">张三丰</td><script type="text/x-template"><p>张三丰</p></script>')
    assert out == '<td class="col-name">张**</td><script type="text/x-template"><p>***</p></script>'


@pytest.mark.parametrize("script_type", ["", "module", "text/javascript; charset=utf-8", "application/javascript"])
def test_a_script_that_runs_stays_one(script_type: str) -> None:
    page = f'<script type="{script_type}">if (a <b) x = "\\u0031"</script>'
    assert masked(page) == page


def test_on_a_page_that_is_scanned_controls_are_text_as_well() -> None:
    shape = HtmlShape(
        record=Object({}, Value(UNDECLARED)), undeclared=UNDECLARED, other_control=replace(FREE, restore=True)
    )
    page = (
        '<form method="post"><input name="a" value="x 13800138000"><input type="checkbox" name="b" value="1" checked>'
        '<select name="c"><option value="1">x<option value="2" selected>电话13800138000</select>'
        '<select name="d"><option value="1" selected>x</select><datalist><option>x</datalist></form>'
    )
    out = whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), page.encode()).decode()
    assert out == (
        '<form method="post"><input name="a" value="x ***"><input type="checkbox" name="b" value="1" checked>'
        '<select name="c"><option value="1">x</option><option value="2" selected>电话***</option></select>'
        '<select name="d"><option value="1" selected>x</select><datalist><option>x</datalist>'
        '<input type="hidden" name="yingbi-sealed" value=":a=x ***&lt;00083100831 x"></form>'
    )


SECRET = "欧阳小花"
HOLDERS = (
    '<input name="x" value="{}">', "<input value={}>", '<input type=checkbox name=y value="{}" checked>',
    "<textarea name=z>{}</textarea>", "<select name=s><option value={}>{}</select>", '<button name=b value="{}">x',
    "<x-{}>", "</p {}>", "<p {}>", "<p data-{}=1>", "<datalist><option>{}</datalist>",
    '<td class="col-name"><img alt="{}"></td>', '<td class="col-new" data-x="{}"></td>',
    '<td class="col-secret"><!--{}--></td>', '<td class="col-name"><a href="/{}">x</a></td>',
    "<script type=text/json>[\"{}\"]</script>",
)  # fmt: skip
hostile = st.lists(
    st.sampled_from([*HOLDERS, "<form method=post>", "</form>", "<p>", "<b>", "</td>", "x"]), max_size=12
)


@given(hostile.map(lambda parts: "".join(part.replace("{}", SECRET) for part in parts)), cuts)
@settings(max_examples=examples(300))
def test_nothing_passes_because_of_where_it_stands(page: str, cuts: list[int]) -> None:
    data = page.encode()
    out = whole(make, data)
    assert in_pieces(make, data, cuts) == out
    assert SECRET not in re.sub(r'name="yingbi-sealed" value="[^"]*"', "", out.decode())
