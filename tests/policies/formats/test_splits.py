"""Any split of a body gives the same output: at every byte of every character, byte by byte, and when it streams."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import text_body
from policies.formats.csv_body import CsvMasker
from policies.formats.html import reading as html_reading
from policies.formats.html.body import HtmlMasker
from policies.formats.json import body as json_body
from policies.formats.json import stream as json_stream
from policies.formats.json.body import JsonMasker
from policies.formats.jsonp_body import JsonpMasker
from policies.formats.learning import LearningJsonMasker
from policies.formats.masker import Masker, Withheld
from policies.formats.ndjson_body import NdjsonMasker
from policies.formats.text_body import TextMasker
from policies.formats.xml.body import XmlMasker
from tests.policies.formats.html.test_body import SHAPE, seal
from tests.policies.formats.json.test_body import LIST
from tests.policies.formats.masking import RECORD, REMARK, UNDECLARED, in_pieces, tally, whole
from tests.policies.formats.xml.test_body import shape

DOCUMENT = shape()

type Maker = Callable[[str], Masker]

MAKERS: dict[str, Maker] = {
    "json": lambda charset: JsonMasker(LIST, UNDECLARED, tally()),
    "jsonp": lambda charset: JsonpMasker(JsonMasker(LIST, UNDECLARED, tally())),
    "ndjson": lambda charset: NdjsonMasker(JsonMasker(RECORD, UNDECLARED, tally())),
    "xml": lambda charset: XmlMasker(DOCUMENT, UNDECLARED, tally(), charset),
    "learning": lambda charset: LearningJsonMasker(UNDECLARED, tally()),
    "html": lambda charset: HtmlMasker(SHAPE, tally(), charset, seal),
    "csv": lambda charset: CsvMasker(RECORD, UNDECLARED, tally(), charset),
    "text": lambda charset: TextMasker(REMARK, tally(), charset),
}
# Two, three and four bytes to a character; a surrogate pair to those who think in halves; what joins and what hides.
ODD = "é张𠀀👨‍👩‍👧\u200b１３８"
ROW = {
    "id": 1,
    "name": "张三丰𠀀",
    "mobile": "13800138000",
    "address": f"幸福路{ODD}",
    "remark": f"张三丰𠀀电话138\u200b00138000{ODD}",
}
PAGE = (
    f"<!DOCTYPE html><title>张三丰𠀀</title><!--{ODD}--><form action='/存'>"
    '<table><tr><td class="col-name">张三丰𠀀<td class="col-id"><a href="/七?x=%E5%BC%A0&amp;y=1">七</a></tr></table>'
    f'<p title="{ODD}">联系人王小明，1&#51;8<b>00138</b>000 &amp; {ODD}</p><input name="mobile" value="13800138000">'
    "<textarea name=remark>找13800138000</textarea></form><script>var x = '张三丰𠀀'</script>"
)
BODIES: dict[str, tuple[str, str]] = {
    "json": ("json", json.dumps({"rows": [ROW, ROW], "total": 2}, ensure_ascii=False)),
    "json, escaped": ("json", json.dumps({"rows": [ROW], "total": 2}, indent=1)),
    "jsonp": ("jsonp", "\ufeff/**/ typeof a.b === 'function' && a.b( "
              f"{json.dumps({'rows': [ROW], 'x': '\u2028'}, ensure_ascii=False)} );\n"),
    "ndjson": ("ndjson", f"{json.dumps(ROW, ensure_ascii=False)}\r\n" * 2),
    "ndjson, a sequence": ("ndjson", f"\x1e{json.dumps(ROW, indent=1)}\n"),
    "xml": ("xml", f"<!--{ODD}--><people><person name='张三丰𠀀'><mobile>1&#51;800138000</mobile>"
            f"<remark>找张三丰𠀀，13800<?x y?>138000{ODD}"
            f"</remark></person>{ODD}<x y='13800138000'><![CDATA[13800138000]]></x></people>"),
    "json of a system being learnt": ("learning", json.dumps({"rows": [ROW]}, ensure_ascii=False)),
    "html": ("html", PAGE),
    "csv": ("csv", f'id,name,address,remark\r\n1,张三丰𠀀,"幸福路""{ODD}""\n二楼","张三丰𠀀来过"\r\n2,李四,x,\r\n'),
    "csv without a last line end": ("csv", "﻿id;name\n1;张三丰"),
    "text": ("text", f"联系人王小明，138\u200b00138000{ODD}\r\n\r\n身份证11010519491231002x"),
}  # fmt: skip
CASES = [
    (name, charset) for name, (kind, _) in BODIES.items()
    for charset in (("utf-8",) if kind in ("json", "jsonp", "ndjson", "learning") else ("utf-8", "gb18030"))
]  # fmt: skip


def written_in(kind: str, charset: str) -> str:
    """The charset of what becomes of a body of *kind* in *charset*."""
    return "utf-8" if kind == "xml" else charset


@pytest.mark.parametrize(("name", "charset"), CASES)
def test_every_byte_is_a_place_to_split_at(name: str, charset: str) -> None:
    kind, text = BODIES[name]
    body = text.encode(charset)

    def make() -> Masker:
        return MAKERS[kind](charset)

    expected = whole(make, body)
    assert "13800138000" not in expected.decode(written_in(kind, charset))
    for cut in range(len(body) + 1):
        assert in_pieces(make, body, [cut]) == expected, cut
    assert in_pieces(make, body, list(range(len(body)))) == expected, "byte by byte"


@pytest.mark.parametrize(("name", "charset"), CASES)
def test_a_body_that_ends_within_a_character_is_withheld(name: str, charset: str) -> None:
    kind, text = BODIES[name]
    cut = (text + "张").encode(charset)[:-1]
    for pieces in ([len(cut)], list(range(len(cut)))):
        with pytest.raises(Withheld):
            in_pieces(lambda: MAKERS[kind](charset), cut, pieces)


LIMITS = (
    (json_body, "WHOLE_BYTES", 30),
    (json_stream, "UNIT_BYTES", 20),
    (html_reading, "WINDOW_CHARS", 40),
    (html_reading, "LONGEST_RUN", 20),
    (text_body, "LONGEST_LINE", 20),
    (text_body, "MARGIN", 60),
)
"""So small that a few hundred bytes are streamed, window by window."""


@given(
    st.sampled_from([case for case in CASES if case[0] != "json of a system being learnt"]),
    st.integers(1, 4),
    st.lists(st.integers(0, 3000), max_size=40),
)
def test_a_streamed_body_is_masked_alike_however_it_arrives(case: tuple[str, str], times: int, cuts: list[int]) -> None:
    name, charset = case
    kind, text = BODIES[name]
    body = (text if kind in ("json", "jsonp", "ndjson", "csv", "xml") else text * times).encode(charset)

    def make() -> Masker:
        return MAKERS[kind](charset)

    with pytest.MonkeyPatch.context() as patch:
        for module, limit, value in LIMITS:
            patch.setattr(module, limit, value)
        expected = whole(make, body)
        assert in_pieces(make, body, cuts) == expected
        assert in_pieces(make, body, list(range(len(body)))) == expected
    assert "13800138000" not in expected.decode(written_in(kind, charset))
