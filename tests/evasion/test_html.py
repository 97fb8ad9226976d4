"""HTML: wherever in a page something stands, however it is written, it is what a declared cell hides, or is withheld."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.evasion.cases import CELL, CELL_MASKED, HTML, PERSON, TEXT, Case, check, shows, withholds
from tests.front import Front
from tests.rig import ID_NO, MOBILE, NAME

CELLS = f'{CELL}<td class="col-mobile">{MOBILE}</td><td class="col-id_no">{ID_NO}</td>'
CELLS_MASKED = f'{CELL_MASKED}<td class="col-mobile">138****8000</td><td class="col-id_no">**************002X</td>'
SPLIT = "138<b>0013</b>8000"


def references(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def escapes(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BESIDE = {
    "a comment": (f"<!-- {NAME} {MOBILE} -->", "<!-- *** *** -->"),
    "a table in a comment": (f"<!-- <td class='col-name'>{NAME}</td> -->", "<!-- *** -->"),
    "a condition": (f"<!--[if IE]><p>{NAME}</p><![endif]-->", "<!--[if IE]><p>***</p><![endif]-->"),
    "a comment that ends early": (f"<!-- --!> {SPLIT} -->", "<!-- --!> ***<b></b> --&gt;"),
    "comments in one another": (f"<!-- <!-- --> {NAME} -->", "<!-- <!-- --> *** --&gt;"),
    "an instruction": (f"<?php {NAME} {MOBILE}?>", "<?php *** ***?>"),
    "a declaration": (f"<!x {NAME}>", "<!x ***>"),
    "an end of nothing": (f"</ {MOBILE}>", "</ ***>"),
    "attributes": (f'<p data-x="{NAME}" title=\'{ID_NO}\' x={MOBILE}>', '<p data-x="***" title="***" x="***">'),
    "references in attributes": (f'<p title="{references(NAME)}" data-y="{references(MOBILE)}">', '<p title="***" data-y="***">'),
    "references to references": (f'<p title="{references(NAME).replace("&", "&amp;")}">', '<p title="***">'),
    "a call in an attribute": (f'<a onclick="f({MOBILE})">x</a>', '<a onclick="f(***)">x</a>'),
    "an address": (f'<a href="/x?y={quote(NAME)}&m={quote(MOBILE)}">x</a>', '<a href="/x?y=***&amp;m=***">x</a>'),
    "an address in octets of GBK": (f'<a href="/x?y={quote(NAME.encode("gbk"))}&z=1">x</a>', '<a href="/x?y=***&amp;z=1">x</a>'),
    "an address in octets of GBK, escaped twice": (f'<a href="/x?y={quote(quote(NAME.encode("gbk")))}">x</a>', '<a href="/x?y=***">x</a>'),
    "a path in octets of GBK and of UTF-8": (f'<a href="/x/{quote(NAME.encode("gbk"))}/{quote(NAME)}">x</a>', f'<a href="/x/{quote(NAME.encode("gbk").decode(errors="replace"))}/***">x</a>'),
    "octets of GBK in a script": (f'<script>q="/x/{quote(NAME.encode("gbk"))}"</script>', '<script>q="/x/***"</script>'),
    "base64 of GBK": (f'<p data-x="{base64.b64encode((NAME + "的资料").encode("gbk")).decode()}">', '<p data-x="***">'),
    "hexadecimal digits of GBK": (f'<p data-x="{(NAME * 3).encode("gbk").hex()}">', '<p data-x="***">'),
    "base64 in what a link asks": (f'<a href="/x?y={base64_of(NAME)}&z=1">x</a>', '<a href="/x?y=***&amp;z=1">x</a>'),
    "hexadecimal digits in what a link asks": (f'<a href="/x?y={NAME.encode().hex()}">x</a>', '<a href="/x?y=***">x</a>'),
    "the path of a picture": (f'<img src="/photo/{quote(NAME)}/{MOBILE}.png">', '<img src="/photo/***/***.png">'),
    "an address to call": (f'<a href="tel:+86{MOBILE}">x</a>', '<a href="tel:***">x</a>'),
    "a base": (f'<base href="/{MOBILE}/">', '<base href="/***/">'),
    "what is said of the page": (f'<meta name=d content="{NAME} {MOBILE}">', '<meta name=d content="*** ***">'),
    "a redirect in the page": (f'<meta http-equiv=refresh content="0;url=/p/{MOBILE}">', '<meta http-equiv=refresh content="0;url=/p/***">'),
    "data in an address": (f'<img src="data:text/plain;base64,{base64_of(TEXT)}">', '<img src="data:text/plain;base64,***">'),
    "base64 in an attribute": (f'<p data-x="{base64_of(NAME)}" data-y="{base64_of(MOBILE)}">', '<p data-x="***" data-y="***">'),
    "hexadecimal digits in an attribute": (f'<p data-x="{NAME.encode().hex()}">', '<p data-x="***">'),
    "the state of a form": (f'<input type=hidden name=__VIEWSTATE value="{base64_of(TEXT)}">', '<input type=hidden name=__VIEWSTATE value="***">'),
    "a script": (f"<script>p={json.dumps(PERSON, ensure_ascii=False)}</script>", '<script>p={"id": 1, "name": "***", "id_no": "***", "mobile": "***", "note": "***的电话***"}</script>'),
    "letters of a script": (f"<script>q='{escapes(MOBILE)}'</script>", "<script>q='***'</script>"),
    "long letters of a script": (f"<script>q='{''.join(f'\\u{{{ord(char):x}}}' for char in NAME)}'</script>", "<script>q='***'</script>"),
    "bytes of a script": (f"<script>q='{''.join(f'\\x{ord(char):02x}' for char in MOBILE)}'</script>", "<script>q='***'</script>"),
    "base64 in a script": (f'<script>q=atob("{base64_of(json.dumps(PERSON))}")</script>', '<script>q=atob("***")</script>'),
    "an address in a script": (f'<script>q="/x/{quote(NAME)}"</script>', '<script>q="/x/***"</script>'),
    "data in a script": (f'<script type="application/json">{json.dumps(PERSON)}</script>', '<script type="application/json">{"id":null,"name":"***","id_no":"***","mobile":"***","note":"***"}</script>'),
    "a map of imports": (f'<script type=importmap>{{"{MOBILE}":"{NAME}"}}</script>', '<script type=importmap>{"***1":"***"}</script>'),
    "a page in a script": (f'<script type="text/x-template"><p>{NAME} {SPLIT}</p></script>', '<script type="text/x-template"><p>*** ***<b></b></p></script>'),
    "a script in a comment in a script": (f"<script><!--<script></script>{NAME} {SPLIT}--></script>", "<script><!--<script></script>*** ***<b></b>--&gt;</script>"),
    "a style": (f'<style>p::after{{content:"{NAME} {MOBILE}"}}</style>', '<style>p::after{content:"*** ***"}</style>'),
    "letters of a style": (f'<style>p::after{{content:"{"".join(f"\\{ord(char):x} " for char in MOBILE)}"}}</style>', '<style>p::after{content:"***"}</style>'),
    "the style of an element": (f'<p style="--x:{MOBILE}">', '<p style="--x:***">'),
    "a drawing": (f"<svg><text>{NAME}</text><desc>{ID_NO}</desc></svg>", "<svg><text>***</text><desc>***</desc></svg>"),
    "a drawing in pieces": ("<svg><text><tspan>138</tspan><tspan>0013</tspan><tspan>8000</tspan></text></svg>", "<svg><text><tspan>***</tspan><tspan></tspan><tspan></tspan></text></svg>"),
    "a formula": ("<math><mn>138</mn><mn>0013</mn><mn>8000</mn></math>", "<math><mn>***</mn><mn></mn><mn></mn></math>"),
    "a section": (f"<svg><![CDATA[{NAME} {MOBILE}]]></svg>", "<svg><![CDATA[*** ***]]></svg>"),
    "a section in which a tag ends": (f"<svg><![CDATA[> {NAME} <b>]]></svg>", "<svg><![CDATA[> *** <b>]]></svg>"),
    "what is there without scripts": (f"<noscript><p>{NAME}{MOBILE}</p></noscript>", "<noscript><p>******</p></noscript>"),
    "what begins in it and ends outside": (f'<noscript><p title="</noscript><p>{NAME}"></noscript>', '<noscript><p title="&lt;/noscript&gt;&lt;p&gt;***"></noscript>'),
    "a template": (f"<template><p>{NAME}</p></template>", "<template><p>***</p></template>"),
    "a frame": (f'<iframe srcdoc="<p>{NAME}</p>"></iframe>', '<iframe srcdoc="&lt;p&gt;***&lt;/p&gt;"></iframe>'),
    "a frame with a number in pieces": (f'<iframe srcdoc="&lt;p&gt;{SPLIT.replace("<", "&lt;")}"></iframe>', '<iframe srcdoc="&lt;p&gt;***"></iframe>'),
    "references in a frame": (f'<iframe srcdoc="{references(MOBILE).replace("&", "&amp;")}"></iframe>', '<iframe srcdoc="***"></iframe>'),
    "text of old": (f"<xmp>{SPLIT}</xmp>", "<xmp>***</xmp>"),
    "text to the end": (f"<plaintext>{NAME} {SPLIT}", "<plaintext>*** ***<b></b>"),
    "a title": (f"<title>{references(NAME)}</title>", "<title>***</title>"),
    "a name in pieces": ("<p>张<b>三</b>丰</p>", "<p>***<b></b></p>"),
    "a name that is spread": ("<p>张 三 丰</p><p>张&nbsp;三丰</p>", "<p>***</p><p>***</p>"),
    "a number in pieces": (f"<p>{SPLIT}</p>", "<p>***<b></b></p>"),
    "a name around elements that show nothing": ("<p>张<script></script>三<style></style>丰</p>", "<p>***<script></script><style></style></p>"),
    "a name around a template": ("<p>张<template></template>三丰</p>", "<p>***<template></template></p>"),
    "a number around elements that show nothing": ("<p>138<script>1</script>0013<style>a{}</style>8000</p>", "<p>***<script>1</script><style>a{}</style></p>"),
    "a name around a control that is not shown": ("<p>张<input type=hidden>三丰</p>", "<p>***<input type=hidden></p>"),
    "a number around a comment": ("<p>138<!-- -->0013<!-- -->8000</p>", "<p>***<!-- --><!-- --></p>"),
    "a number that may be broken": ("<p>138&shy;0013<wbr>8000</p>", "<p>***<wbr></p>"),
    "references without an end": (f"<p>{references(MOBILE).replace(';', '')}</p>", "<p>***</p>"),
    "thin spaces": ("<p>138&#8201;0013&thinsp;8000</p>", "<p>***</p>"),
}  # fmt: skip
ALONE = {
    "in capitals": shows(f'<TD CLASS="col-name">{NAME}</TD>', HTML, '<td class="col-name">张**</td>'),
    "without quotes": shows(f"<td class=col-name>{NAME}</td>", HTML, "<td class=col-name>张**</td>"),
    "a reference in a class": shows(f'<td class="col&#45;name">{NAME}</td>', HTML, '<td class="col&#45;name">张**</td>'),
    "slashes": shows(f'<td/class="col-name"/>{NAME}</td>', HTML, '<td class="col-name" />张**</td>'),
    "badly nested": shows(f'<td class="col-name"><b><i>{NAME[0]}</b>{NAME[1:]}</i></td>', HTML, '<td class="col-name"><b><i>张**</b></i></td>'),
    "never closed": shows(f'<td class="col-name">{NAME}<td class=x>y', HTML, '<td class="col-name">张**<td class=x>y'),
    "a NUL in a name": withholds(f'<td\0 class="col-name">{NAME}</td>', HTML, "answer_unreadable"),
    "a NUL in a number": withholds("<p>138\x000013\x008000</p>", HTML, "answer_unreadable"),
    "an end in a tag": withholds(f'{CELL}<a title="{MOBILE}', HTML, "answer_unreadable"),
    "an end in a comment": withholds(f"{CELL}<!-- {MOBILE}", HTML, "answer_unreadable"),
    "a kind of page that tells": shows(f'<!DOCTYPE html PUBLIC "{MOBILE}" "{NAME}">{CELL}', HTML, f"<!DOCTYPE html>{CELL_MASKED}"),
}  # fmt: skip
CASES: dict[str, Case] = ALONE | {
    name: shows(f"{CELLS}{beside}", HTML, f"{CELLS_MASKED}{masked}") for name, (beside, masked) in BESIDE.items()
}


@pytest.mark.parametrize("case", CASES)
def test_html(front: Front, case: str) -> None:
    check(front, CASES[case])


GAPS = {
    "in cells of a table": "<tr><td>138<td>0013<td>8000",
    "in items of a list": "<li>138<li>0013<li>8000",
    "line by line": "138<br>0013<br>8000",
    "put together by a script": '<script>x="138"+"0013"+"8000"</script>',
    "letter by letter in a script": f"<script>x=[{','.join(str(ord(char)) for char in MOBILE)}]</script>",
    "written from right to left": f"<bdo dir=rtl>{MOBILE[::-1]}</bdo>",
    "what a style hides in between": '138<i hidden="">x</i>0013<i hidden="">x</i>8000',
    "around what a template holds": "138<template>x</template>00138000",
    "with its reading in between": "<ruby>138<rt>x</rt>0013<rt>y</rt>8000</ruby>",
    "a name that nothing announces": f"<p>{NAME}</p>",
    "a name that another paragraph announces": f"<p>联系人：</p><p>{NAME}</p>",
    "a name that its label announces": f"<dl><dt>联系人</dt><dd>{NAME}</dd></dl>",
}


@pytest.mark.parametrize("case", GAPS)
def test_a_gap_is_a_gap(front: Front, case: str) -> None:
    """Nothing of these is found. Whoever closes a gap moves its row."""
    front.rig.behind.script = shows(GAPS[case], HTML, "").script
    assert front.ask().body.decode() == GAPS[case]


HIDDEN = {
    "controls": (
        f'<input name="x" value="{NAME}"><textarea name="y">{NAME}</textarea><select name="z"><option>{NAME}</select>'
        f'<input value="{NAME}"><input type="checkbox" name="b" value="{NAME}"><button name="c" value="{NAME}">x</button>'
        f"<datalist><option>{NAME}</datalist>"
    ),
    "elements without text": (
        f'<td class="col-name"><img alt="{NAME}"></td><td class="col-x" title="{NAME}"><!--{NAME}--></td>'
        f'<td class="col-name"><input name="whatever" value="{NAME}"><a href="/{NAME}" data-x="{NAME}">***</a></td>'
    ),
    "names": (f"<x-{NAME}><p {NAME} data-{NAME}>***</p {NAME}></x-{NAME}><p {MOBILE}>"),
    "scripts": (
        f'<script type="text/json">["{NAME}"]</script><script type="application/json;x=y">{{"a":"{NAME}"}}</script>'
        f'<script type="text/x-template"><td class="col-name">{NAME}</td></script>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HIDDEN)
def test_nothing_of_what_is_hidden_is_left(front: Front, case: str) -> None:
    answer = front.ask(shows(HIDDEN[case], HTML, "").script)
    assert answer.status == 200
    assert not answer.tells
    assert b"**" in answer.body
