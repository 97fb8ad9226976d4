"""Files of plain text on a desk: what becomes of each, in its own charset, and everything else as it was."""

import codecs
import csv
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents.desk import categories_in, masked_file, texts_in
from policies.formats.masker import Withheld
from tests.policies.documents.made import MOBILE, NAME

CASES: dict[str, tuple[str, str, str]] = {
    "text": ("a.txt", f"联系人{NAME}\r\n电话{MOBILE}\n\n{NAME}来过", "联系人***\r\n电话***\n\n***来过"),
    "markdown": ("a.md", f"# 题\n\n- 电话 {MOBILE}\n", "# 题\n\n- 电话 ***\n"),
    "labels in a text": (
        "a.txt", "姓名：大牛\n电话：17，住址: 村头；备注：无\n- 微信号：x 办公地址：y\n",
        "姓名：***\n电话：***，住址: ***；备注：无\n- 微信号：*** 办公地址：y\n",
    ),
    "a table": ("a.csv", f"序号,姓名,备注\r\n1,{NAME},办结\r\n", "序号,姓名,备注\r\n1,***,办结\r\n"),
    "a table headed by what people are": (
        "a.csv", "序号,河段,河长（村级）,医生\n1,上段,解东风,全科\n2,下段,方圆,在岗\n3,中段,时光,\n",
        "序号,河段,河长（村级）,医生\n1,上段,***,全科\n2,下段,***,在岗\n3,中段,***,\n",
    ),
    "a table of accounts": ("a.csv", "序号,户名,账号\n1,甲乙丙,10-0020104\n", "序号,户名,账号\n1,***,***\n"),
    "a table without a head": (
        "a.csv", f"{NAME},{MOBILE},局\n步惊云,{MOBILE},局\n王小明,{MOBILE},局\n",
        "***,***,局\n***,***,局\n***,***,局\n",
    ),
    "a table of names and numbers": (
        "a.tsv", f"步惊云\t{MOBILE}\n王小明\t{MOBILE}\n李四光\t{MOBILE}\n", "***\t***\n***\t***\n***\t***\n",
    ),
    "a column of names without a head": (
        "a.csv", "1,青麦镇,花蕾\n2,青麦镇,马兰\n3,江口镇,雷振东\n4,江口镇,白露\n",
        "1,青麦镇,***\n2,青麦镇,***\n3,江口镇,***\n4,江口镇,***\n",
    ),
    "names in quotes without a head": (
        "a.csv", '"1","花蕾"\n"2","马兰"\n"3","雷振东"\n', '"1",***\n"2",***\n"3",***\n',
    ),
    "a title with other signs above a table": (
        "a.csv", "名单,青麦\n姓名;单位\n花蕾;局\n马兰;所\n", "名单,青麦\n姓名;单位\n***;局\n***;所\n",
    ),
    "a table that says what parts its cells": (
        "a.csv", "sep=;\r\n姓名;单位\r\n花蕾;局,所\r\n", "sep=;\r\n姓名;单位\r\n***;局,所\r\n",
    ),
    "a cell that goes on behind its quotes": (
        "a.csv", '姓名,备注\n"花"蕾,"甲"乙\n', '姓名,备注\n***,"甲"乙\n',
    ),
    "a number torn within a cell": (
        "a.csv", '单位,备注\n局,"电话1395718\r\n4107"\n局,"规格1395718\n4107"\n',
        '单位,备注\n局,"电话***\r\n***"\n局,"规格1395718\n4107"\n',
    ),
    "formulas in a table": (
        "a.csv", '单位,数\n局,"=""1395718""&""4107"""\n局,=SUM(A1:A2)\n局,="13957184107"\n',
        '单位,数\n局,***\n局,=SUM(A1:A2)\n局,"=""***"""\n',
    ),
    "a table with tabs": ("a.tsv", f"手机号\t单位\n{MOBILE}\t局\n1\t\n", "手机号\t单位\n***\t局\n***\t\n"),
    "a table with semicolons": ("a.csv", f"姓名;单位\n{NAME};1\n", "姓名;单位\n***;1\n"),
    "cells in quotes": ("a.csv", f'姓名,备注\n"{NAME}","甲,""乙""\n{NAME}"\n', '姓名,备注\n***,"甲,""乙""\n***"\n'),
    "a label with its value in a row": ("a.csv", f"姓名,备注\n{NAME},电话{MOBILE}\n", "姓名,备注\n***,电话***\n"),
    "a label in a row": ("a.csv", f"姓名,备注\n{NAME},手机：\n", "姓名,备注\n***,手机：\n"),
    "a table that is a form": ("a.csv", f"姓名,{NAME},性别,女\n电话,{MOBILE},,\n", "姓名,***,性别,***\n电话,***,,\n"),
    "JSON": (
        "a.json", f'{{ "xm": "{NAME}", "n": [1.50, true, null], "bz": "{NAME}\\n来过", "sjh": 138 }}',
        '{ "xm": "***", "n": [1.50, true, null], "bz": "***\\n来过", "sjh": "***" }',
    ),
    "JSON with keys that are data": ("a.json", f'{{"{MOBILE}": {{"{MOBILE}": 1}}}}', '{"***": {"***": 1}}'),
    "JSON with half of a pair": ("a.json", f'{{"bz": "\\ud83d {MOBILE}"}}', '{"bz": "\\ud83d ***"}'),
    "JSON with half of a pair within a string": (
        "a.json", f'{{"bz": "{{\\"a\\": \\"\\\\ud83d {MOBILE}\\"}}"}}', '{"bz": "{\\"a\\": \\"\\\\ud83d ***\\"}"}',
    ),
    "JSON with half of a pair in XML": (
        "a.xml", f'<a><b>{{"bz": "\\ud83d {MOBILE}"}}</b></a>', '<a><b>{"bz": "\\ud83d ***"}</b></a>',
    ),
    "JSON that is a value": ("a.json", f'"电话{MOBILE}"', '"电话***"'),
    "JSON within a string": (
        "a.json", '{"bz": "{\\"xm\\": \\"\\\\u5927\\\\u725b\\", \\"n\\": [\\"{\\\\\\"sjh\\\\\\": 17}\\"]}"}',
        '{"bz": "{\\"xm\\": \\"***\\", \\"n\\": [\\"{\\\\\\"sjh\\\\\\": \\\\\\"***\\\\\\"}\\"]}"}',
    ),
    "JSON within a string under a telling key": ("a.json", '{"sfzh": "[\\"x9\\"]"}', '{"sfzh": "***"}'),
    "JSON that is a table": (
        "a.json", '{"a/b": {"columns": ["姓名", "单位"], "rows": [["大牛", "局"], ["二妞", "所"]]}}',
        '{"a/b": {"columns": ["姓名", "单位"], "rows": [["***", "局"], ["***", "所"]]}}',
    ),
    "JSON with values of their own": (
        "a.json", '[{"xm": {"value": "二妞", "n": 1}}, {"label": "身份证号", "value": "xx"}]',
        '[{"xm": {"value": "***", "n": 1}}, {"label": "身份证号", "value": "***"}]',
    ),
    "JSONP": ("a.jsonp", f'/**/ns.cb( [{{"xm": "{NAME}", "n": 1}}] );\n', '/**/ns.cb( [{"xm": "***", "n": 1}] );\n'),
    "JSONP with a text alone": ("a.jsonp", f'cb("联系{NAME}")', 'cb("联系***")'),
    "JSONP in a script": (
        "a.js", f'typeof cb === "function" && cb({{"lxr": {{"a": ["大牛"], "dh": 17}}, "bz": "{NAME}来过"}});',
        'typeof cb === "function" && cb({"lxr": {"a": ["***"], "dh": "***"}, "bz": "***来过"});',
    ),
    "a script that does something else": (
        "a.js", f"$(function () {{ call('{MOBILE}'); }});\n// {NAME}来过\n",
        "$(function () { call('***'); });\n// ***来过\n",
    ),
    "JSON with comments": (
        "a.jsonc", f'{{ // 联系人{NAME}\n  "xm": "大牛", /* {MOBILE} */\n  "n": [1, 2,], # "xm": "二妞"\n}}\n',
        '{ // 联系人***\n  "xm": "***", /* *** */\n  "n": [1, 2,], # "xm": "***"\n}\n',
    ),
    "JSON5": (
        "a.json5",
        f"{{xm: '大牛', $n: +1, 'dh': 0x11, b: .5, c: \"{NAME}\\\n来过\", d: 'it\\'s', u: \"\\x41\", e: NaN,}}",
        "{xm: \"***\", $n: +1, 'dh': \"***\", b: .5, c: \"***来过\", d: 'it\\'s', u: \"\\x41\", e: NaN,}",
    ),
    "JSON behind JSON": ("a.json", '{"xm": "大牛"}{"xm":\n"二妞"} [1]', '{"xm": "***"}{"xm":\n"***"} [1]'),
    "JSON in lines, of which one is broken": (
        "a.jsonl", f'{{"xm": "大牛", "n": 1}}\n{{"xm": "二妞", "n\n# {NAME}来过\n{{"xm": "三娃"}}\n{{"n": 3}}\n',
        '{"xm": "***", "n": 1}\n{"xm": "***", "n\n# ***来过\n{"xm": "***"}\n{"n": 3}\n',
    ),
    "JSON in lines": ("a.jsonl", f'{{"xm": "{NAME}"}}\n\n{{"a": "{NAME}"}}\n', '{"xm": "***"}\n\n{"a": "***"}\n'),
    "a form": ("a.form", f"tel={MOBILE}&x=a+b&xm=%E5%BC%A0\n", "tel=%2A%2A%2A&x=a+b&xm=%2A%2A%2A\n"),
    "XML": (
        "a.xml", f'<a xm="{NAME}" b="电话{MOBILE}"><!-- x --><sjh>1</sjh><c>{NAME}来过</c></a>',
        '<a xm="***" b="电话***"><!-- x --><sjh>***</sjh><c>***来过</c></a>',
    ),
    "XML in which a text goes on through elements": (
        "a.xml", "<r><p>手机<b>139</b>57112345</p><p>联系人：<b>大</b>牛</p><s>手机1<b/>39<i>57</i>112345</s>"
        "<s>共<b>12</b>件</s><s>编<a>139</a></s><s><a>139</a><b>57112345</b></s><s>备注：<xm>大牛</xm>，<n>手机</n>139<b>57</b>112345</s></r>",
        "<r><p>手机<b>***</b></p><p>联系人：<b>***</b></p><s>手机***<b/><i></i></s>"
        "<s>共<b>12</b>件</s><s>编<a>139</a></s><s><a>139</a><b>57112345</b></s><s>备注：<xm>***</xm>，<n>手机</n>***<b></b></s></r>",
    ),
    "XML with the pieces of a number in elements": (
        "a.xml", "<r><sjh><a>139</a><b>57112345</b></sjh><sjh><a>139</a><b>12</b></sjh></r>",
        "<r><sjh><a>***</a><b>***</b></sjh><sjh><a>139</a><b>12</b></sjh></r>",
    ),
    "a page in XML in which it does": (
        "a.xhtml", "<html><p>手机：<b>139</b>57112345</p><p><b>139</b><i>5711</i><u>2345</u></p>"
        "<div>139<div>57112345</div></div></html>",
        "<html><p>手机：<b>***</b></p><p><b>***</b><i></i><u></u></p><div>139<div>57112345</div></div></html>",
    ),
    "a drawing in which it does": (
        "a.svg", "<svg><text>手机1<tspan>39</tspan>57112345</text>"
        "<text><tspan>139</tspan><tspan dy='9'>57112345</tspan></text></svg>",
        "<svg><text>手机***<tspan></tspan></text><text><tspan>139</tspan><tspan dy='9'>57112345</tspan></text></svg>",
    ),
    "comments and instructions in XML": (
        "a.xml", f"<?xml version='1.0'?>\n<?a b='c'?><!---->\n<!-- 无 --><r><?x?><!-- 联系人：{NAME}\n <dh>17</dh> -->"
        f"<?print to='{NAME}'?><?{NAME}?><b>1</b></r><!--<r><xm>大牛</xm></r>--><!--\n 138\n 0013\n 8000 -->",
        "<?xml version='1.0'?>\n<?a b='c'?><!---->\n<!-- 无 --><r><?x?><!-- 联系人：***\n <dh>***</dh> -->"
        "<?print to='***'?><b>1</b></r><!--<r><xm>***</xm></r>--><!--\n *** -->",
    ),
    "references and sections in XML": (
        "a.xml", "<r><xm>&#x5927;牛</xm><bz>a &lt; b &amp; <![CDATA[c < d]]></bz>"
        f"<bz><![CDATA[1 < 2 & {NAME}来过]]></bz><dh>138&#48;0138000</dh></r>",
        "<r><xm>***</xm><bz>a &lt; b &amp; <![CDATA[c < d]]></bz><bz>1 &lt; 2 &amp; ***来过</bz><dh>***</dh></r>",
    ),
    "XML with texts that begin like markup": (
        "a.xml", f"<r><b>&lt;A级 联系{NAME}</b><c>&lt;a@b.com&gt;，&lt;B 级</c>"
        f"<d>&lt;p&gt;无&lt;br&gt;电话{MOBILE}</d></r>",
        "<r><b>&lt;A级 联系***</b><c>&lt;***&gt;，&lt;B 级</c><d>&lt;p&gt;无&lt;br&gt;电话***</d></r>",
    ),
    "a page that says a name again": (
        "a.html", f"<title>{NAME}</title><p>联系人{NAME}</p>", "<title>***</title><p>联系人***</p>",
    ),
    "words in paths on a page": (
        "a.html", f"<base href='/u/{NAME}/'><a href=/u/%E7%8E%8B%E5%B0%8F%E6%98%8E/{MOBILE}?p=1>看</a>"
        f"<img srcset='/a/{NAME}.jpg 1x,/b/{NAME}@2x.jpg 2x,/c/0_{NAME}-3.jpg 3x'>"
        f"<i style=\"background:url('/c/{NAME}')\"></i>"
        f"<meta content='0;url=/d/{NAME}'><button value='/e/{NAME}/'></button>"
        f"<!--[if IE]><a href='/f/{NAME}'><![endif]-->"
        f"<script>go('/g/{NAME}/x')</script><a href='/新闻中心/高新区/党建工作'>新闻</a>",
        "<base href='/u/***/'><a href=/u/***/***?p=1>看</a>"
        "<img srcset='/a/***.jpg 1x,/b/***@2x.jpg 2x,/c/0_***-3.jpg 3x'><i style=\"background:url('/c/***')\"></i>"
        "<meta content='0;url=/d/***'><button value='/e/***/'></button><!--[if IE]><a href='/f/***'><![endif]-->"
        "<script>go('/g/***/x')</script><a href='/新闻中心/高新区/党建工作'>新闻</a>",
    ),
    "labels and values that tags tear": (
        "a.html", f"<p>手机：<b>{MOBILE[:3]}</b><i>{MOBILE[3:7]}</i><u>{MOBILE[7:]}</u></p>"
        f"<p>联系电话：{MOBILE[:3]}<em>{MOBILE[3:7]}</em>{MOBILE[7:]}，<b>工作</b>时间</p>"
        f"<p>手机{MOBILE[0]}<wbr>{MOBILE[1]}<wbr>{MOBILE[2:]}</p><p>手机{MOBILE[:3]}<br>{MOBILE[3:]}</p>"
        f"<p>手机{MOBILE[:3]}<!-- x --><img>{MOBILE[3:]}</p><p>银行卡号：<em>6222</em>0212345678901</p>"
        "<p>家庭住址：<em>西湖区</em>文三路478号3幢1203室</p><p>姓名：<em>张雪</em>琴</p><p>刘<em>文慧</em>来电</p>",
        "<p>手机：<b>***</b><i></i><u></u></p><p>联系电话：***<em></em>，<b>工作</b>时间</p>"
        "<p>手机***<wbr><wbr></p><p>手机***<br>***</p><p>手机***<!-- x --><img></p><p>银行卡号：<em>***</em></p>"
        "<p>家庭住址：<em>***</em></p><p>姓名：<em>***</em></p><p>***<em></em>来电</p>",
    ),
    "choices that nothing tells of": (
        "a.html", '<select><option value="彭俊欣">丁文娟</option><option value="城关街道">城关街道</option></select>',
        '<select><option value="***">***</option><option value="城关街道">城关街道</option></select>',
    ),
    "what stands in tags behind a value": (
        "a.html", "<p><b>联系人：</b>李建国<b>电话：</b>0571-8<b>7654321</b><i>（工作时间）</i><b>邮编：</b>310000</p>"
        "<p><b>手机号</b><i>用于</i>接收验证码</p><p>姓名：<em>必填</em>，<span>请</span>输入</p>"
        "<p><b>主办单位：</b>某市<a>人民政府</a><span>办公室</span></p><p>第<b>1</b>页/共<b>10</b>页</p>",
        "<p><b>联系人：</b>***<b>电话：</b>***<b></b><i>（工作时间）</i><b>邮编：</b>310000</p>"
        "<p><b>手机号</b><i>用于</i>接收验证码</p><p>姓名：<em>必填</em>，<span>请</span>输入</p>"
        "<p><b>主办单位：</b>某市<a>人民政府</a><span>办公室</span></p><p>第<b>1</b>页/共<b>10</b>页</p>",
    ),
    "a page": ("a.html", f"<p>联系人{NAME}，1<b>38</b>{MOBILE[3:]}</p>", "<p>联系人***，***<b></b></p>"),
    "a page with a table": (
        "a.html", "<table><tr><th>序号<th>姓名<th>住址<tr><td>1<td>大<b>牛</b><td>村头</table><p>大牛",
        "<table><tr><th>序号<th>姓名<th>住址<tr><td>1<td>***<b></b><td>***</table><p>***",
    ),
    "a page with a cell that reaches down": (
        "a.html", "<table><tr><th>单位<th>姓名<tr><td rowspan=2>局<td>大牛<tr><td>二妞</table>",
        "<table><tr><th>单位<th>姓名<tr><td rowspan=2>局<td>***<tr><td>***</table>",
    ),
    "a page with labels": (
        "a.html", "<dl><dt><b>姓名</b><dd>二妞</dl><p>姓名：大牛 单位：局</p>"
        "<div><i>电话</i><b>17</b></div><!-- 姓名:三毛 -->",
        "<dl><dt><b>姓名</b><dd>***</dl><p>姓名：*** 单位：局</p><div><i>电话</i><b>***</b></div><!-- 姓名:*** -->",
    ),
    "a page that lists what it tells of": (
        "a.html", "<ul><li>联系人</li><li>更多</li></ul><h2>电话</h2><p>本局</p><p>姓名：大牛",
        "<ul><li>联系人</li><li>更多</li></ul><h2>电话</h2><p>本局</p><p>姓名：***",
    ),
    "a page with a form": (
        "a.html", '<label>姓名<input value="二妞"></label><textarea name=jtzz>村头</textarea>'
        '<input type=submit value="交">'
        '<select name="xm"><option value="">请选择</option><option value="1" selected>三毛</option></select>'
        '<meta name="author" content="四喜">',
        '<label>姓名<input value="***"></label><textarea name=jtzz>***</textarea><input type=submit value="交">'
        '<select name="xm"><option value="">请选择</option><option value="***" selected>***</option></select>'
        '<meta name="author" content="***">',
    ),
    "a page with a script": (
        "a.html", """<script>var p={"xm":"四喜",sjh:19,name:"home"}</script>"""
        """<p data-u='{"xm":"五福","n":1}' data-xm=六顺>""",
        '<script>var p={"xm":"***",sjh:"***",name:"home"}</script><p data-u="{&quot;xm&quot;:&quot;***&quot;,'
        '&quot;n&quot;:1}" data-xm="***">',
    ),
    "a page with parameters in addresses": (
        "a.html", '<a href="/p?xm=%E5%9B%9B%E5%96%9C&p=2"><iframe src=/p?xm=五福></iframe>'
        '<form action="/q?sjh=5&amp;n=1">'
        '<img srcset="/p?xm=五福 2x" src="/i?id=1&type=a"><meta content="0;url=/p?xm=五福">'
        '<p>/p?xm=%E5%9B%9B&amp;p=2</p>',
        '<a href="/p?xm=***&amp;p=2"><iframe src="/p?xm=***"></iframe><form action="/q?sjh=***&amp;n=1">'
        '<img srcset="/p?xm=*** 2x" src="/i?id=1&type=a"><meta content="0;url=/p?xm=***"><p>/p?xm=***&amp;p=2</p>',
    ),
    "a page with texts in scripts": (
        "a.html", f"""<script>var s="联系{NAME}，住柳林村四组", r=/"/;// 电话{MOBILE}
        j=JSON.parse('{{"xm":"四喜","bz":"联系{NAME}"}}'),u='it\\'s \\u8054\\u7cfb\\u5f20\\u4e09\\u4e30'
        l="/p?xm=%E4%BA%94&n=1"/* 联系{NAME} */,a="请输入姓名",b=`来 ${{x}} 联系{NAME}`
        r=/["]/.test("住西湖区文三路187号8幢1116室")</script>"""
        f"<script type=text/template><b>联系{NAME}</b></script>",
        """<script>var s="联系***，住***", r=/"/;// 电话***
        j=JSON.parse('{"xm":"***","bz":"联系***"}'),u='it\\'s 联系***'
        l="/p?xm=***&n=1"/* 联系*** */,a="请输入姓名",b=`来 ${x} 联系***`
        r=/["]/.test("住***")</script>"""
        "<script type=text/template><b>联系***</b></script>",
    ),
    "a text without an ending": ("a", f"电话{MOBILE}", "电话***"),
}  # fmt: skip


UNICODE = ("utf-8", "utf-8-sig")
CODECS = [
    (name, codec)
    for name, (file, *_) in CASES.items()
    for codec in (UNICODE if file.endswith(("xml", "html", "svg")) else (*UNICODE, "gb18030", "utf-16"))
]
"""A page and XML say their charset themselves."""


@pytest.mark.parametrize(("name", "codec"), CODECS)
def test_what_becomes_of_a_file(name: str, codec: str) -> None:
    file, before, after = CASES[name]
    out, _ = masked_file(file, before.encode(codec))
    assert out == after.encode(codec)


@pytest.mark.parametrize("said", ["GBK", "gb2312", "GB18030"])
def test_xml_is_read_in_the_chinese_charset_that_it_says(said: str) -> None:
    file, before, after = CASES["XML"]
    declared = f'<?xml version="1.0" encoding="{said}" standalone="yes"?>\n'
    out, _ = masked_file(file, f"{declared}{before}".encode("gb18030"))
    assert out == f"{declared}{after}".encode("gb18030")
    assert any(NAME in text.text for text in texts_in(file, f"{declared}{before}".encode("gb18030")))


@pytest.mark.parametrize("name", CASES)
def test_what_is_hidden_is_what_is_found(name: str) -> None:
    file, before, after = CASES[name]
    assert [text for text in texts_in(file, before.encode()) if categories_in(text)]
    left = [text for text in texts_in(file, after.encode()) if categories_in(text) and "*" not in text.text]
    assert not left or name == "a form"
    assert all(NAME not in text.place and MOBILE not in text.place for text in texts_in(file, before.encode()))


@pytest.mark.parametrize(
    "words", [("白菜", "黄瓜", "马铃薯"), ("东风路", "建设路", "和平路"), ("高中", "方言", "常用")]
)
def test_a_column_of_words_without_a_head_is_no_list_of_names(words: tuple[str, ...]) -> None:
    table = "".join(f"{number},{word},甲\n" for number, word in enumerate(words)).encode()
    assert masked_file("a.csv", table)[0] == table


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("a.json", b"{"), ("a.jsonp", b"cb(x)"), ("a.json5", b"{{a}}"), ("a.jsonc", b"{/* }"), ("a.json", b"{'a' 'b'}"),
        ("a.json", b"1 2"), ("a.jsonl", b'{"a": 1}\n{\n['), ("a.csv", b'a,b\n"x\n'), ("a.txt", b"\xff\xff\x00"),
        ("a.xml", b"<a>"), ("a.xml", b"<!DOCTYPE a><a/>"), ("a.xlsx", b"hello"), ("a.doc", b"hello"),
        ("a.json", b"[" * 5_000 + b"]" * 5_000), ("a.bin", bytes(99)), ("a.xml", b"hello"),
        ("a.rtf", rb"{\rtf1\ansi \u24352?\u19977?\u20016?}"), ("a.txt", rb"{\rtf1 x}"),
        ("a", b"%!PS-Adobe-3.0\n<5f20> show"),
        ("a.txt", b"From: x\r\nContent-Transfer-Encoding: base64\r\n\r\n5byg5LiJ\r\n"),
        ("a.txt", b"BEGIN:VCARD\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0\n"),
        ("a.xml", b'<?xml version="1.0" encoding="GBK"?><a>\xff</a>'),
        ("a.csv", "姓名,住址\r\n王建國,柳林村四組\r\n李小明,中正路五號\r\n".encode("big5")),
        ("a.txt", codecs.BOM_UTF16_BE + f"电话{MOBILE}".encode("utf-16-le")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_withheld(file: str, data: bytes) -> None:
    with pytest.raises(Withheld):
        masked_file(file, data)
    with pytest.raises(Withheld):
        list(texts_in(file, data))


values = st.text("张三a1,;\t\"'\n *（é", max_size=8) | st.sampled_from(["电话", "手机：", f"电话{MOBILE}", MOBILE])


@given(st.lists(st.lists(values, min_size=2, max_size=4), min_size=1, max_size=5))
def test_a_table_has_as_many_cells_as_before(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([["姓名", "手机号"], *rows])
    out, _ = masked_file("a.csv", written.getvalue().encode())
    after = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert [len(row) for row in after] == [len(row) for row in csv.reader(io.StringIO(written.getvalue(), newline=""))]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | values,
        lambda inner: st.lists(inner) | st.dictionaries(values, inner),
        max_leaves=8,
    )
)
def test_json_has_the_shape_that_it_had(value: object) -> None:
    out, _ = masked_file("a.json", json.dumps(value, indent=1).encode())
    after = json.loads(out)
    assert _shape(after) == _shape(value) or any("***" in key for key in _keys(after)), "keys are hidden that tell"


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return [_shape(each) for each in value.values()]
    return [_shape(each) for each in value] if isinstance(value, list) else None


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a SYSTEM "http://x.example/a.dtd"><a/>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_a_document_type_is_told_as_that_and_never_fetched(data: bytes) -> None:
    for read in (lambda: masked_file("a.xml", data), lambda: list(texts_in("a.xml", data))):
        with pytest.raises(Withheld, match=r"^document_doctype$"):
            read()


def test_comments_and_instructions_of_xml_are_looked_at_where_they_stand() -> None:
    data = f"<a>\n<!-- 联系人：{NAME} --><?print to='{MOBILE}'?></a>".encode()
    assert [text.place for text in texts_in("a.xml", data) if categories_in(text)] == ["line 2 <!-->", "line 2 <!-->"]
