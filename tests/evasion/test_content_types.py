"""Content types that lie, that are many or none, and types that nobody looks into: withheld, never taken at their word."""

import base64
import gzip
import sqlite3
from pathlib import Path

import pytest

from tests.evasion.cases import (
    CELL,
    CELL_MASKED,
    CSV,
    HTML,
    JSON,
    PEOPLE,
    PEOPLE_MASKED,
    PLAIN,
    ROWS,
    ROWS_MASKED,
    TEXT,
    TEXT_MASKED,
    Case,
    check,
    shows,
    withholds,
)
from tests.front import Front
from tests.rig import ID_NO, MOBILE, NAME
from tests.scripted import answering, saying

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
CSS, SCRIPT = "text/css", "application/javascript"


def said_by(*types: str, body: bytes = PEOPLE) -> Case:
    lines = "".join(f"Content-Type: {content_type}\r\n" for content_type in types)
    said = saying(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return Case(said, 502, reason="answer_not_declared")


def in_parts(content_type: str) -> Case:
    parts = f"--x\r\nContent-Type: text/plain\r\n\r\n{TEXT}\r\n--x--\r\n"
    return withholds(parts, f"{content_type}; boundary=x", "answer_not_declared")


UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "HTML as JSON": (f"<p>{TEXT}</p>", JSON),
    "CSV as JSON": (ROWS, JSON),
    "text as JSON": (TEXT, JSON),
    "an empty JSON": (" ", JSON),
    "gRPC as JSON": (b"\0\0\0\0\x10" + PEOPLE, "application/grpc+json"),
    "JSON as CSV": (PEOPLE, CSV),
    "HTML as CSV": (CELL, CSV),
    "JSON behind a guard, as text": (b")]}',\n" + PEOPLE, PLAIN),
    "JSON behind a loop, as HTML": (b"for(;;);" + PEOPLE, HTML),
    "JSONP as HTML": (b"callback(" + PEOPLE + b")", HTML),
    "JSONP behind a comment, as text": (b"/**/ callback(" + PEOPLE + b")", PLAIN),
    "JSON as a script": (PEOPLE, "text/javascript"),
    "JSON that ends in the middle, as HTML": (PEOPLE[:-1], HTML),
    "JSON and a page, as HTML": (PEOPLE + CELL.encode(), HTML),
    "two pieces of JSON, as text": (PEOPLE + b"\n" + PEOPLE, PLAIN),
    "a PDF as text": (b"%PDF-1.4\n" + base64.a85encode(TEXT.encode()), PLAIN),
    "a PDF with Chinese octets as text": (b"%PDF-1.4\n%\xc4\xe3\xba\xc3\n" + base64.a85encode(TEXT.encode()), PLAIN),
    "RTF as text": (b"{\\rtf1 \\u24352?\\u19977?\\u20016? 138}", PLAIN),
    "RTF as HTML": (b"{\\rtf1 \\u24352?\\u19977?\\u20016? 138}", HTML),
    "a mail as text": (b"Content-Transfer-Encoding: quoted-printable\n\n=E5=BC=A0=E4=B8=89=E4=B8=B0", PLAIN),
    "events as HTML": (b"data: " + PEOPLE + b"\n\n", HTML),
    "events as text": (b": people\nid: 1\nevent: people\ndata: " + PEOPLE + b"\n\n", PLAIN),
    "a script as text": (b"var people = " + PEOPLE, PLAIN),
    "CSV as text": (ROWS, PLAIN),
    "CSV as HTML": (ROWS, HTML),
    "CSV with Chinese names as text": (f"姓名\t证号\n{NAME}\t1\n", PLAIN),
    "HTML as text": (CELL, PLAIN),
    "a page as text": (f"\n<!DOCTYPE html><p>138<b>0013</b>8000 {NAME}", PLAIN),
    "XML as text": (f'<?xml version="1.0"?><x>{NAME}</x>', PLAIN),
    "a page in base64": (base64.b64encode(CELL.encode()), HTML),
    "a page in base64 in base64": (base64.b64encode(base64.b64encode(CELL.encode())), PLAIN),
    "a page in base64 for addresses": (base64.urlsafe_b64encode(CELL.encode()), HTML),
    "a table in lines of base64": (base64.encodebytes(ROWS.encode() * 20), PLAIN),
    "a page in hexadecimal digits": (CELL.encode().hex(), PLAIN),
    "a page in gzip in base64": (base64.b64encode(gzip.compress(CELL.encode())), HTML),
}  # fmt: skip
NOT_DECLARED: dict[str, tuple[str | bytes, str]] = {
    "JSON as a picture": (PEOPLE, "image/png"),
    "JSON as a drawing": (PEOPLE, "image/svg+xml"),
    "JSON under a name of its own": (PEOPLE, "text/json"),
    "lines of JSON": (PEOPLE + b"\n" + PEOPLE, "application/x-ndjson"),
    "a sequence of JSON": (b"\x1e" + PEOPLE, "application/json-seq"),
    "an event stream": (b"data: " + PEOPLE + b"\n\n", "text/event-stream"),
    "XML": (f"<x>{TEXT}</x>", "text/xml"),
    "a feed": (f"<x>{TEXT}</x>", "application/atom+xml"),
    "PDF": (b"%PDF-1.7" + TEXT.encode(), "application/pdf"),
    "a table of Office": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "an old table of Office": (TEXT, "application/vnd.ms-excel"),
    "a form": (f"name={NAME}", "application/x-www-form-urlencoded"),
    "YAML": (TEXT, "application/yaml"),
    "CBOR": (PEOPLE, "application/cbor"),
    "anything": (TEXT, "application/octet-stream"),
    "a calendar": (TEXT, "text/calendar"),
    "a number in the type": (PEOPLE, f"application/{MOBILE}+json"),
    "a word behind the type": (PEOPLE, "application/json x"),
    "quotes around the type": (PEOPLE, '"application/json"'),
    "two types in one line": (PEOPLE, "application/json, text/html"),
}  # fmt: skip
READ = {
    "another kind of JSON": shows(PEOPLE, "application/ld+json", PEOPLE_MASKED),
    "a problem of another's": shows(PEOPLE, "application/problem+json", PEOPLE_MASKED),
    "in capitals": shows(PEOPLE, "Application/JSON", PEOPLE_MASKED),
    "a tab behind": shows(PEOPLE, "application/json\t", PEOPLE_MASKED),
    "a profile": shows(PEOPLE, f'application/json; profile="{NAME}"'.encode().decode("latin-1"), PEOPLE_MASKED),
    "JSON as HTML": shows(PEOPLE, HTML, PEOPLE_MASKED),
    "JSON as XHTML": shows(PEOPLE, "application/xhtml+xml", PEOPLE_MASKED),
    "JSON as text": shows(PEOPLE, PLAIN, PEOPLE_MASKED),
    "JSON behind a mark, as text": shows(b"\xef\xbb\xbf" + PEOPLE, PLAIN, PEOPLE_MASKED),
    "a list of JSON as text": shows(f'["{NAME}"]', PLAIN, '["***"]'),
    "text": shows(TEXT, PLAIN, TEXT_MASKED),
    "Markdown": shows(f"# 来访\n\n- **{NAME}**\n- {TEXT}", "text/markdown", f"# 来访\n\n- *******\n- {TEXT_MASKED}"),
    "a list of names": shows(f"名单\n{NAME}\n褚云舒\n蓝一舟\n", PLAIN, "名单\n***\n***\n***\n"),
    "a line of a log": shows(f"[2026-11-26] (1) {TEXT}", PLAIN, f"[2026-11-26] (1) {TEXT_MASKED}"),
    "a sentence with commas": shows("Hello, all.\r\nNothing here.", PLAIN, "Hello, all.\r\nNothing here."),
    "a page without a tag": shows(TEXT, HTML, TEXT_MASKED),
    "a page with nosniff": shows(CELL, HTML, CELL_MASKED, "X-Content-Type-Options: nosniff"),
    "CSV as text, where no text is declared": shows(ROWS, PLAIN, ROWS_MASKED, target="/people.csv"),
    "tabs and not commas": shows(ROWS.replace(",", "\t"), "text/tab-separated-values", ROWS_MASKED.replace(",", "\t")),
}  # fmt: skip
CASES = {
    **{name: withholds(body, said, "answer_unreadable") for name, (body, said) in UNREADABLE.items()},
    **{name: withholds(body, said, "answer_not_declared") for name, (body, said) in NOT_DECLARED.items()},
    **READ,
    "no type": said_by(),
    "an empty type": said_by(""),
    "parameters alone": said_by("; charset=utf-8"),
    "two types": said_by(JSON, HTML),
    "the same type twice": said_by(JSON, JSON),
    "parts that replace one another": in_parts("multipart/x-mixed-replace"),
    "parts of a form": in_parts("multipart/form-data"),
    "parts of a range": in_parts("multipart/byteranges"),
    "parts of a mail": in_parts("multipart/mixed"),
}


@pytest.mark.parametrize("case", CASES)
def test_content_types(front: Front, case: str) -> None:
    check(front, CASES[case])


def database(folder: Path) -> bytes:
    with sqlite3.connect(folder / "people.db") as connection:
        connection.execute("create table people (name, id_no)")
        connection.execute("insert into people values (?, ?)", (NAME, ID_NO))
    connection.close()
    return (folder / "people.db").read_bytes()


FILES_REFUSED: dict[str, tuple[str | bytes, str]] = {
    "JSON as a style": (PEOPLE, CSS),
    "JSON behind a tab that is none": (b"\x0b" + PEOPLE, CSS),
    "spaced JSON": (b'{ "items": ' + PEOPLE + b"}", SCRIPT),
    "a page as a style": (f"<html>{TEXT}", CSS),
    "CSV as a style": (ROWS, CSS),
    "a script that holds data": (b"var people = " + PEOPLE, SCRIPT),
    "data behind a comment": (b"// people\n" + PEOPLE, SCRIPT),
    "data far behind": (b"f();" * 100_000 + PEOPLE, SCRIPT),
    "JSONP with nothing that proves it": (f'/**/cb([{{"name": "{NAME}", "id_no": "{ID_NO}"}}]);', SCRIPT),
    "a call with a mobile number": (f'/**/ cb({{"id": 1, "mobile": "{MOBILE}"}})', SCRIPT),
    "a variable with mobile numbers far behind": (f'window.people = [{"{}," * 20_000}{{"mobile": {MOBILE}}}]', SCRIPT),
    "a number in small letters": (f"p {{ --x: {ID_NO.lower()} }}", CSS),
    "a drawing that tells": (f'<svg xmlns="http://www.w3.org/2000/svg"><text>{TEXT}</text></svg>', "image/svg+xml"),
    "a style in UTF-16": (PEOPLE.decode().encode("utf-16-le"), CSS),
    "a style in GBK": (TEXT.encode("gbk"), CSS),
    "JSON as a picture": (PEOPLE, "image/png"),
    "text as a font": (TEXT, "font/woff2"),
    "an old document of Office as a picture": (b"\xd0\xcf\x11\xe0" + TEXT.encode(), "image/png"),
    "a page as an icon": (f"<html>{TEXT}", "image/x-icon"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES_REFUSED)
def test_a_static_file_is_what_it_says_it_is(front: Front, case: str) -> None:
    body, content_type = FILES_REFUSED[case]
    check(front, withholds(body, content_type, "answer_unreadable", target="/files/a"))


def test_a_database_is_no_picture(front: Front, tmp_path: Path) -> None:
    check(front, withholds(database(tmp_path), "image/png", "answer_unreadable", target="/files/a.png"))


FILES_PASSED: dict[str, tuple[str | bytes, str]] = {
    "a style": ("a::before { content: '中' }", CSS),
    "nothing": ("", CSS),
    "a script": ("if (x) { f(1380013800) }", SCRIPT),
    "words of a page": ('define({"call": "12345", "mobile": "1380013", "since": 1380013800000})', SCRIPT),
    "a picture": (PNG, "image/png"),
    "a picture as an icon": (PNG, "image/x-icon"),
    "a font": (b"wOF2\0\1\0\0", "font/woff2"),
    "a drawing": ('<svg><path d="M110105 19491231 002 1 1"/></svg>', "image/svg+xml"),
}


@pytest.mark.parametrize("case", FILES_PASSED)
def test_a_static_file_passes(front: Front, case: str) -> None:
    body, content_type = FILES_PASSED[case]
    answer = front.ask(answering(body.encode() if isinstance(body, str) else body, content_type), target="/files/a")
    assert (answer.status, answer.body) == (200, body.encode() if isinstance(body, str) else body)
