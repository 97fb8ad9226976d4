import html
import re
from dataclasses import replace

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.formats.html import reading as html_reading
from policies.formats.html import shape as html_shape
from policies.formats.html.body import HtmlMasker
from policies.formats.html.forms import Held
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Withheld
from policies.transforms.make import could_have_made
from policies.transforms.spec import Keep
from tests.effort import examples
from tests.policies.formats.masking import (
    DIGESTER,
    MOBILE,
    NAME,
    PUBLIC,
    RECORD,
    UNDECLARED,
    cuts,
    in_pieces,
    tally,
    whole,
)

FREE = Action(field=0, kind=Kind.SCAN)
SHAPE = HtmlShape(
    record=RECORD,
    selectors=(
        Selector(element="td", css_class=re.compile(r"col-(?P<field>.+)")),
        Selector(element="div", css_class=re.compile("readonly"), within=re.compile(r"field-(?P<field>.+)")),
        Selector(element="h1", css_class=re.compile("object"), action=NAME),
    ),
    control=re.compile(r"(?P<field>\w+)"),
    own_control=re.compile("csrf|q|more|nav"),
    undeclared=replace(UNDECLARED, restore=True),
    links=(re.compile("/[0-9]{1,6}"),),
)


def seal(action: str, held: Held) -> str:
    """Legible, and backwards so that no true value is found in it."""
    return f"{action}:" + ",".join(
        f"{name}={shown}<{true[::-1]}" for name, values in held.carried.items() for shown, true in values
    )


def make() -> HtmlMasker:
    return HtmlMasker(SHAPE, tally(), "utf-8", seal)


def masked(page: str) -> str:
    return whole(make, page.encode()).decode()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>电话13800138000</p>", "<p>电话***</p>"),
        ("<p>138<b>0013</b>8000</p>", "<p>***<b></b></p>"),
        ("<p>138<label>0013</label><img>8000</p>", "<p>***<label></label><img></p>"),
        ("<p>138<my-tag>0013</my-tag>8000</p>", "<p>***<my-tag></my-tag></p>"),
        ("<p>138</p><p>00138000</p>", "<p>138</p><p>00138000</p>"),
        ("<p>138<!-- -->00138000</p>", "<p>***<!-- --></p>"),
        ("<p>13800138000<!-- -->13900139000</p>", "<p>***<!-- -->***</p>"),
        ("<p>1&#51;800138000 &amp; more</p>", "<p>*** &amp; more</p>"),
        ("<p>a &amp; b</p>", "<p>a &amp; b</p>"),
        ('<a title="13800138000" href="/x?q=13800138000">x</a>', '<a title="***" href="/x?q=***">x</a>'),
        ('<a href="/x?q=%31%33800138000&amp;y=1">x</a>', '<a href="/x?q=***&amp;y=1">x</a>'),
        ("<!-- 13800138000 -->", "<!-- *** -->"),
        ("<script>var a='13800138000'</script>", "<script>var a='***'</script>"),
        ("<script>var a='\\u0031\\u0033800138000'</script>", "<script>var a='***'</script>"),
        (
            '<script type="application/json">{"x": "张三", "n": 1}</script>',
            '<script type="application/json">{"x":"***","n":null}</script>',
        ),
        ("<style>/* 13800138000 */</style>", "<style>/* *** */</style>"),
        ('<meta name="d" content="13800138000">', '<meta name="d" content="***">'),
        # declared cells
        ('<td class="x col-name">张三丰</td>', '<td class="x col-name">张**</td>'),
        (
            '<td class="col-name"> <a href="/7" title="张三丰">张三丰</a>\n</td>',
            '<td class="col-name"> <a href="/7">张**</a>\n</td>',
        ),
        ('<td class="col-mobile"><b>138</b>00138000</td>', '<td class="col-mobile"><b>138****8000</b></td>'),
        ('<td class="col-id"><a href="/7">7</a></td>', '<td class="col-id"><a href="/7">7</a></td>'),
        ('<td class="col-new">张三</td>', '<td class="col-new">***</td>'),
        ('<td class="col-address"><i>幸福路</i></td>', '<td class="col-address"><i>幸福路</i></td>'),
        ('<td class="col-secret">x</td>', '<td class="col-secret"></td>'),
        ('<td class="col-remark">找13800138000</td>', '<td class="col-remark">找***</td>'),
        ('<td class="col-name"></td>', '<td class="col-name"></td>'),
        (
            '<tr><td class="col-name">张三<td class="col-id">1</tr>',
            '<tr><td class="col-name">张**<td class="col-id">1</tr>',
        ),
        ('<td class="col-name">张三', '<td class="col-name">张**'),
        (
            '<td class="col-name"><table><td>张</td></table>三</td>',
            '<td class="col-name"><table><td>张**</td></table></td>',
        ),
        (
            '<div class="field-name"><div class="readonly">张三</div></div>',
            '<div class="field-name"><div class="readonly">张**</div></div>',
        ),
        ('<div class="readonly">张三</div>', '<div class="readonly">张三</div>'),
        ('<h1 class="object">张三</h1>', '<h1 class="object">张**</h1>'),
        # values known from a cell, before and after it
        (
            '<title>张三丰</title><td class="col-name">张三丰</td><p>张三丰</p>',
            '<title>***</title><td class="col-name">张**</td><p>***</p>',
        ),
        (
            '<td class="col-name">张三丰</td><div data-x=\'{"n": "\\u5f20\\u4e09\\u4e30"}\'>',
            '<td class="col-name">张**</td><div data-x="{&quot;n&quot;: &quot;***&quot;}">',
        ),
        (
            '<td class="col-name">submit</td><input type="submit" value="submit" data-x="submit">',
            '<td class="col-name">s**</td><input type="submit" value="***" data-x="***">',
        ),
        ('<p type="13800138000">', '<p type="***">'),
        (
            '<img alt="张三丰"><td class="col-name">张三丰</td><!--张三丰-->',
            '<img alt="***"><td class="col-name">张**</td><!--***-->',
        ),
    ],
    ids=lambda value: value[:60],
)
def test_what_becomes_of_a_page(page: str, expected: str) -> None:
    assert masked(page) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ('<input name="mobile" value="13800138000">', '<input name="mobile" value="138****8000">'),
        (
            '<input type="number" name="mobile" value="13800138000" min="1">',
            '<input type="text" name="mobile" value="138****8000">',
        ),
        ('<input name="mobile" value="">', '<input name="mobile" value="">'),
        ('<input name="address" value="幸福路">', '<input name="address" value="幸福路">'),
        ('<input name="csrf" value="abc13800138000">', '<input name="csrf" value="abc***">'),
        ('<textarea name="name">张三丰</textarea>', '<textarea name="name">张**</textarea>'),
        ('<textarea name="remark">找13800138000</textarea>', '<textarea name="remark">找***</textarea>'),
        (
            '<select name="name"><option value="1">李四<option value="2" selected>张三</select>',
            '<select name="name"><option value="张**" selected>张**</option><option value="***1">李**</option>'
            '<option value="***2">张**</option></select>',
        ),
    ],
    ids=lambda value: value[:60],
)
def test_what_becomes_of_a_control(form: str, expected: str) -> None:
    page = f"<p>{form}</p>"
    assert masked(page) == f"<p>{expected}</p>"


def test_a_form_carries_the_true_values_of_its_masked_controls() -> None:
    controls = '<input name="mobile" value="13800138000"><input name="name" value="张三">'
    page = f'<form action="/x" method="post">{controls}</form>'
    carried = '<input type="hidden" name="yingbi-sealed" value="/x:mobile=138****8000&lt;00083100831"></form>'
    assert masked(page).endswith(carried), "only fields to be restored are carried"
    assert masked(page + "<form></form>").endswith("<form></form>")
    assert could_have_made(Keep(first=3, last=4))("138****8000")


def test_controls_of_one_name_are_carried_in_their_order() -> None:
    page = (
        '<form method="post">' + "".join(f'<input name="mobile" value="138{n}0138000">' for n in range(2)) + "</form>"
    )
    assert ":mobile=138****8000&lt;00083100831,mobile=138****8000&lt;00083101831" in masked(page)


def test_a_carried_text_is_the_one_that_is_shown_whatever_made_it() -> None:
    """A name that stands in a field is hidden in the note as well, and comes back with its mask."""
    restored = Action(field=6, kind=Kind.SCAN, restore=True)
    shape = HtmlShape(
        record=Object({**RECORD.children, "remark": Value(restored)}, Value(UNDECLARED)),
        control=re.compile(r"(?P<field>\w+)"),
        undeclared=UNDECLARED,
    )
    page = '<form method=POST><input name="name" value="张三丰"><textarea name="remark">\n张三丰来过</textarea></form>'
    out = whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), page.encode()).decode()
    assert "***来过</textarea>" in out
    assert ":remark=***来过&lt;过来丰三张" in out.replace("\n", "")


def test_a_masked_choice_of_several_where_one_is_meant_is_withheld() -> None:
    with pytest.raises(Withheld, match="masked_choice"):
        masked('<select name="name"><option selected>a<option selected>b</select>')


def test_counts_values_and_subjects() -> None:
    masker = make()
    page = '<td class="col-id_no">11010519491231002X</td><td class="col-name">张三</td><td class="col-id">1</td>'
    whole(lambda: masker, page.encode())
    assert dict(masker.tally.fields) == {2: 1, 3: 1}
    assert list(masker.tally.subjects) == [DIGESTER("11010519491231002X")]


def test_an_element_that_never_ends_is_withheld() -> None:
    with pytest.raises(Withheld, match="too_large_to_mask"):
        masked('<div class="field-name"><div class="readonly">' + "<p>x" * 100_000)


PIECES = (
    '<p> </p> <b> </b> <table> <tr> <td·class="col-name"> <td·class="col-id"> </td> </tr> </table> 张三丰 13800138000 '
    '&#49; 3800138000 · x <!--张三丰--> <a·title="张三丰"> </a> <input·name="mobile"·value="13800138000"> <form> '
    '</form> <textarea·name="name"> </textarea> <script> "13800138000" </script> '
    '<select·name="name"> <option> </select>'
).split()
pieces = st.sampled_from([piece.replace("·", " ") for piece in PIECES])
pages = st.lists(pieces, max_size=25).map("".join)


@given(pages, cuts)
@settings(max_examples=examples(300))
def test_any_split_masks_alike_and_nothing_planted_survives(page: str, cuts: list[int]) -> None:
    data = page.encode()
    expected = whole(make, data)
    assert in_pieces(make, data, cuts) == expected
    if "<select" not in page:  # a masked choice is one option more
        assert whole(make, expected) == expected, "a mask of a mask is the same mask"
    parts = re.split(r"(<script>.*?(?:</script>|$))", expected.decode(), flags=re.DOTALL)
    # In a script nobody reads `&#49;` as a digit.
    read = "".join(part if part.startswith("<script>") else html.unescape(part) for part in parts)
    text = re.sub(r"<!--|-->|</?b>|<a>|</a>", "", read)
    if "col-id" in page:  # declared to be public
        return
    assert not re.search(r"(?<!\d)13800138000(?!\d)", text)
    if re.search('<td class="col-name">张三丰(?=<td|$)', page) and not re.search("<(script|textarea|select)", page):
        assert "张三丰" not in text


# A parser opens <b> again only where text follows, and a masked cell's text may be shorter.
@given(pages.filter(lambda page: not re.search("<(select|b|a)", page)))
def test_the_structure_stays(page: str) -> None:
    """The tree a browser builds has the same elements; a carried value is all that is added."""
    shown = re.sub(r'<input type="hidden" name="yingbi-sealed"[^>]*>', "", masked(page))
    assert _elements(shown) == _elements(page)


def _elements(page: str) -> list[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [element.tag for element in tree.iter() if isinstance(element.tag, str)]


@pytest.mark.parametrize("within", ["", '<td class="col-address">', '<td class="col-name">'])
@pytest.mark.parametrize("text", ["<script type=b>x", "x<script type=b>"])
def test_templates_in_one_another_are_empty_where_they_are_nested_too_deeply(within: str, text: str) -> None:
    page = f"<p>y</p>{within}<script type=a>" + text * 300 + "13800138000" + "</script>" * 3
    shown = masked(page)
    assert shown.startswith("<p>y</p>")
    assert shown.count("<script") <= html_reading.DEEPEST_TEMPLATES
    assert "13800138000" not in shown


def test_a_template_in_a_template_is_read_as_a_page_is() -> None:
    inner = "<script type=b>" * (html_reading.DEEPEST_TEMPLATES - 1) + '<b>x</b><td class="col-name">张三丰</td>'
    page = f"<script type=a>{inner}</script>"
    assert masked(page) == page.replace("张三丰", "张**")


def test_a_value_of_a_few_kinds_is_not_looked_for_elsewhere() -> None:
    """Of a list of all days, the one that is hidden would be the one that is meant."""
    left = Action(field=2, kind=Kind.MASK, apply=NAME.apply, followed=False)
    shape = HtmlShape(
        record=Object({"born": Value(left)}, Value(UNDECLARED)),
        selectors=(Selector(element="td", css_class=re.compile(r"col-(?P<field>.+)")),),
        undeclared=UNDECLARED,
    )
    page = '<td class="col-born">1968-11-04</td><ul><li>1968-11-04</li><li>1968-11-05</li></ul>'
    out = whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), page.encode()).decode()
    assert out == '<td class="col-born">1**</td><ul><li>1968-11-04</li><li>1968-11-05</li></ul>'


def test_windows_pass_known_values_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_reading, "WINDOW_CHARS", 50)
    page = '<td class="col-name">张三丰</td>' + "<p>x</p>" * 50 + "<p>张三丰</p>"
    assert "张三丰" not in masked(page)


def test_a_page_about_nothing_declared_is_scanned() -> None:
    shape = HtmlShape(record=Object({}, Value(FREE)), undeclared=FREE)
    page = "<p>联系人王小明，13800138000</p><input name=mobile value=13800138000>"
    out = whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), page.encode()).decode()
    assert out == '<p>联系人***，***</p><input name=mobile value="***">'
    assert PUBLIC.kind is Kind.SHOW
    assert MOBILE.restore


def test_a_page_of_an_undeclared_system_shows_nothing() -> None:
    shape = HtmlShape(record=Object({}, Value(UNDECLARED)), undeclared=UNDECLARED, hides_everything=True)
    page = (
        '<!DOCTYPE html><title>张三</title><!-- 张三 --><p class="x">王<b>五</b> </p><img alt="李四" src="/a.png">'
        '<script>var x = "张三"</script><input name="n" value="张三" data-name="zhangsan" onclick="f(1)" checked>'
        '<a href="/people/%E5%BC%A0" class="x">x</a><a href="/people/1101051949">x</a><a href="/people?page=2">x</a>'
        '<a href="/people?q=zhangsan" id="张三">x</a><a href="tel:0571-8888" rel="a 88881234">x</a>'
        '<td rowspan="88881234">'
    )
    assert whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), page.encode()).decode() == (
        '<!DOCTYPE html><title>***</title><p class="x">***<b>***</b> </p><img alt="***" src="/a.png">'
        '<script></script><input name="n" value="***">'
        '<a class="x">***</a><a>***</a><a href="/people?page=2">***</a>'
        "<a>***</a><a>***</a><td>"
    )


FILLER = f"<p>{'没有什么' * 100}</p>\n" * (html_reading.WINDOW_CHARS // 300)
"""Longer than a window, wherever it stands; of few elements, as each takes its time. Windows of many come below."""


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f'<title>张三丰</title>{FILLER}<td class="col-name">张三丰</td>', "<title>***</title>"),
        (f'<td class="col-name">张三丰</td>{FILLER}<p>张三丰</p>', "<p>***</p>"),
        (f'<a href="/张三丰">x</a>{FILLER}<input name="name" value="张三丰">', '<a href="/***">x</a>'),
        ('<textarea name="remark">找张三丰</textarea><td class="col-name">张三丰</td>', ">找***</textarea>"),
        ('<select name="remark"><option>张三丰<option>x</select><td class="col-name">张三丰</td>', ">***</option>"),
    ],
    ids=["before a window", "behind a window", "a control", "a text control", "a choice"],
)
def test_a_value_is_hidden_wherever_it_stands_in_the_page(page: str, expected: str) -> None:
    assert expected in masked(page)
    assert "张三丰" not in masked(page)


def test_no_value_of_a_large_table_is_forgotten() -> None:
    rows = "".join(f'<tr><td class="col-name">张三{number:05}</td></tr>' for number in range(6_000))
    shown = masked(f"<h1>张三00000</h1>{rows}<p>张三00000和张三05999</p>")
    assert "<h1>***</h1>" in shown
    assert "<p>***和***</p>" in shown


def test_a_page_read_twice_is_counted_once() -> None:
    rows = '<tr><td class="col-id_no">11010519491231002X</td><td class="col-name">张三</td></tr>' * 8_000
    masker = make()
    masker.feed(f"<table>{rows}</table><p>13800138000</p>".encode())
    masker.close()
    assert masker.tally.fields == {2: 8_000, 3: 8_000}
    assert masker.tally.found == {"mobile:pattern": 1}
    assert len(masker.tally.subjects) == 1


def test_a_page_too_large_to_be_held_is_withheld() -> None:
    masker = make()
    assert masker.feed((b"<!--" + b"x" * 1017 + b"-->") * (html_shape.LARGEST_PAGE // 1024)) == []
    with pytest.raises(Withheld, match="too_large_to_mask"):
        masker.feed(b" ")


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("<!DOCTYPE html>", "<!DOCTYPE html>"),
        ("<!doctype  HTML >", "<!doctype  HTML >"),
        ("<!DOCTYPE 张三>", "<!DOCTYPE html>"),
        ('<!DOCTYPE html SYSTEM "zhangsan">', "<!DOCTYPE html>"),
        ('<!DOCTYPE html SYSTEM "about:legacy-compat">', '<!DOCTYPE html SYSTEM "about:legacy-compat">'),
        (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        ),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD HTML zhangsan//EN">', "<!DOCTYPE html>"),
    ],
)
@pytest.mark.parametrize("hides_everything", [False, True])
def test_a_declaration_says_what_kind_of_document_it_is(
    declaration: str, expected: str, hides_everything: bool
) -> None:
    shape = replace(SHAPE, hides_everything=hides_everything)
    assert whole(lambda: HtmlMasker(shape, tally(), "utf-8", seal), declaration.encode()).decode() == expected
