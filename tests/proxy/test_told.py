"""What an answer tells of itself where its head does not."""

import pytest

from proxy.told import NOTHING, Told, told_by

TEXT = "联系人：褚云舒，联系电话17787654312，请到窗口办理登记手续。"
PAGE = f"<title>登记</title><p>{TEXT}</p>"
GBK = PAGE.encode("gbk")
TELLS = {
    "JSON as a page": (b'\n{"a": 1}\n', "html", "", Told(kind="json")),
    "a list as a text": (b'[{"a": 1}]', "text", "gbk", Told(kind="json")),
    "a page that says it": (b'<meta charset="gb2312">' + GBK, "html", "", Told(charset="gb2312")),
    "a page that says it as older ones do": (
        b'<META http-equiv="Content-Type" content="text/html; charset=GBK">' + GBK, "html", "", Told(charset="gbk"),
    ),
    "XHTML that says it": (b'<?xml version="1.0" encoding="GBK"?>' + GBK, "html", "", Told(charset="gbk")),
    "a text that is plainly in it": (TEXT.encode("gbk"), "text", "", Told(charset="gb18030")),
    "a table that is": (f"姓名,电话\r\n{TEXT},\r\n".encode("gb18030"), "csv", "", Told(charset="gb18030")),
}  # fmt: skip
TELLS_NOTHING = {
    "JSON behind a guard": (b')]}\',\n{"a": 1}', "html", ""),
    "the beginning of JSON": (b'{"a": 1', "text", ""),
    "a line of a log": (b"[2026-03-05] (1) started [x]", "text", ""),
    "a table that begins like JSON": (b'[{"a"]\n', "csv", ""),
    "UTF-8, whatever a page says": (b'<meta charset="gbk">' + PAGE.encode(), "html", ""),
    "a page whose head says UTF-8": (b'<meta charset="gbk">' + GBK, "html", "utf-8"),
    "another charset": (b'<meta charset="big5">' + "登記".encode("big5"), "html", ""),
    "Big5": ("聯絡人：褚雲舒，請到櫃檯辦理登記手續。".encode("big5"), "text", ""),
    "UTF-16": (TEXT.encode("utf-16"), "text", ""),
    "a PDF": (b"%PDF-1.4\n%" + "你好".encode("gbk") + b"\n1 0 obj\n", "text", ""),
    "JSON in GBK": ('{"a": "登记"}'.encode("gbk"), "json", ""),
    "ASCII": (b"ok", "text", ""),
}


@pytest.mark.parametrize("case", TELLS)
def test_it_tells_what_it_is(case: str) -> None:
    body, kind, charset, told = TELLS[case]
    assert told_by(body, kind, charset) == told


@pytest.mark.parametrize("case", TELLS_NOTHING)
def test_it_tells_nothing(case: str) -> None:
    assert told_by(*TELLS_NOTHING[case]) == NOTHING
