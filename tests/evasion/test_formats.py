"""Every format on its way through a running gateway: made by who makes it for a living, asked for by a client as people
use it, masked whether its fields are declared or not, and opened again by a reader of its own.

`docs/divergences.md` lists what is promised of each format, and where the corners of each are tried.
"""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import docx
import httpx
import openpyxl
import pikepdf
import pptx
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.policies.compiled import GOOD
from tests.policies.documents import masked as painted
from tests.policies.documents.drawn import changed, encoded, lines, picture, report
from tests.policies.documents.made import KEPT, OFFICE, fixed, packed, parts, rewritten
from tests.rig import ID_NO, MOBILE, NAME, Rig, rigged
from tests.scripted import answering

OPERATIONS = """
  - on: GET /declared
    answers:
      json: {/total: public, "/items/*": {record: person}}
      ndjson: person
      csv: person
      html: {record: person, elements: [{element: td, class: "col-{field}"}]}
      text: scan
      xml: {paths: {/people/person: {record: person}}}
      events: {data: {message: {json: person}}}
      multipart: true
      documents: {formats: [xlsx, docx, pptx, ofd, pdf, png, jpeg, zip], record: person}
  - on: GET /undeclared
    answers:
      json: {/said: scan}
      ndjson: {/said: scan}
      csv: letter
      html: scan
      text: scan
      xml: {paths: {/said: scan}}
      events: {data: {message: {text: scan}}}
      multipart: true
      documents: [xlsx, docx, pptx, ofd, pdf, png, jpeg, zip]
"""
WHERE = ("/declared", "/undeclared")
OTHER, MAIL, LATER = "欧阳震华", "zhangsanfeng@example.cn", "办理时限为五个工作日"
CANARIES = (NAME, ID_NO, MOBILE, OTHER, MAIL, "王小明", "110101199003074514")
PERSON = {"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "note": f"{NAME}来电{MOBILE}"}
SAID = f"联系人：{NAME}，身份证号{ID_NO}，电话{MOBILE}。{LATER}。"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"


@pytest.fixture(scope="module", params=[True, False], ids=["", "mitmproxy reads"])
def rig(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Rig]:
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    system = policies / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("\nerrors:", f"{OPERATIONS}errors:", 1)
    letter = "  letter:\n    fields: {id: public, said: {category: scan}}\n  home:\n"
    system.write_text(text.replace("  home:\n", letter, 1), "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies, plain_core=request.param) as made:
        yield made


def asked(rig: Rig, target: str, body: bytes, said: str) -> httpx.Response:
    rig.behind.script = answering(body, said, "200 OK")
    headers = {"Host": "people.localhost", "Accept": "application/json, */*", "Accept-Encoding": "gzip, br, zstd"}
    return httpx.get(f"http://127.0.0.1:{rig.gateway.port}{target}", headers=headers, timeout=120)


def spelled(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


class _Page(HTMLParser):
    """All that stands in a page: texts, attributes, comments, scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.said.append(data)


PAGE = f"""<!doctype html><html><head><title>{NAME}的申请</title><meta name="description" content="申请人：{NAME}"></head>
<body><!-- 经办人：{OTHER} {MOBILE} --><table><tr><th>姓名</th><th>证号</th></tr>
<tr><td class="col-name">{NAME}</td><td class="col-id_no">{ID_NO}</td></tr></table>
<img alt="联系人：{OTHER}" src="data:text/plain,{ID_NO}"><input name="mobile" value="{MOBILE}"><p title="{MAIL}">{LATER}</p>
<script>var applicant = {{"name": "{NAME}", "mobile": "{MOBILE}"}};</script>
<script type="application/json">{{"id_no": "{ID_NO}"}}</script></body></html>"""


def table(dialect: str = "excel", coding: str = "utf-8", end: str = "\r\n") -> bytes:
    written = io.StringIO()
    rows = csv.writer(written, dialect, lineterminator=end)
    rows.writerow(["id", "name", "id_no", "mobile", "said"])
    rows.writerow([1, NAME, ID_NO, MOBILE, f'他说："{SAID}", 又来电'])
    rows.writerow([2, OTHER, "", "", LATER])
    return written.getvalue().encode(coding)


def rows_of(answer: httpx.Response) -> str:
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert [len(row) for row in rows] == [5, 5, 5]
    return str(rows)


def tree() -> bytes:
    people = ElementTree.Element("people", {"of": NAME})
    person = ElementTree.SubElement(people, "person")
    for key, value in PERSON.items():
        ElementTree.SubElement(person, key).text = str(value)
    written: bytes = ElementTree.tostring(people, "utf-8", xml_declaration=True)
    return written


def parted() -> bytes:
    pieces = ((spelled({"items": [PERSON], "said": SAID}), "application/json"), (SAID.encode(), "text/plain"))
    body = b"".join(b"--b\r\nContent-Type: %s\r\n\r\n%s\r\n" % (said.encode(), piece) for piece, said in pieces)
    return body + b"--b--\r\n"


def _beside(canvas: Canvas) -> None:
    canvas.drawString(72, 760, f"申请人：{NAME}，手机号{MOBILE}")
    canvas.setAuthor(NAME)
    canvas.textAnnotation(f"{NAME} {MOBILE}", (300, 690, 320, 710))
    canvas.acroForm.textfield(name="mobile", value=MAIL, x=72, y=700, width=300, height=20)


def _in_parts(data: bytes) -> str:
    return "".join(part.decode("utf-8", "replace") + name for name, part in parts(data).items())


def _in_slides(data: bytes) -> str:
    assert pptx.Presentation(io.BytesIO(data)).slides
    return _in_parts(data)


def _in_text(data: bytes) -> str:
    assert docx.Document(io.BytesIO(data)).paragraphs
    return _in_parts(data)


def _in_sheet(data: bytes) -> str:
    cells = (cell.value for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet for cell in row)
    return _in_parts(data) + " ".join(map(str, cells))


def _in_mail(answer: httpx.Response) -> str:
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    first, second = message_from_bytes(head + answer.content, policy=default).iter_parts()
    return f"{json.loads(first.get_content())} {second.get_content()}"


def _as_text(answer: httpx.Response) -> str:
    return answer.text


type Read = Callable[[httpx.Response], str]
FORMATS: dict[str, tuple[str, Callable[[], bytes], Read, str]] = {
    "JSON": (
        "application/json", lambda: spelled({"total": 1, "items": [PERSON], "said": SAID}),
        lambda answer: str(answer.json()), "",
    ),
    "JSON in strings": (
        "application/json", lambda: spelled({"items": [{"note": json.dumps(PERSON)}], "said": json.dumps(PERSON)}),
        lambda answer: str(answer.json()), "",
    ),
    "lines of JSON": (
        "application/x-ndjson", lambda: b"\n".join([spelled(PERSON | {"said": SAID})] * 2) + b"\n",
        lambda answer: str([json.loads(line) for line in answer.iter_lines()]), "",
    ),
    "JSONP": (
        "text/javascript", lambda: b"cb(" + spelled({"items": [PERSON], "said": SAID}) + b");",
        lambda answer: str(json.loads(answer.text.removeprefix("/**/").removeprefix("cb(").removesuffix(");"))), "",
    ),
    "JSON called a page": (
        "text/html", lambda: spelled({"items": [PERSON], "said": SAID}), lambda answer: str(answer.json()), "",
    ),
    "a page": ("text/html; charset=utf-8", PAGE.encode, lambda answer: " ".join(_Page(answer.text).said), LATER),
    "a page in GBK": (
        "text/html", lambda: PAGE.replace("<head>", '<head><meta charset="gbk">').encode("gbk"),
        lambda answer: " ".join(_Page(answer.text).said), LATER,
    ),
    "XML": (
        "application/xml", tree, lambda answer: "".join(ElementTree.fromstring(answer.content).itertext()), "",
    ),
    "SOAP": (
        "application/soap+xml",
        lambda: b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>' + tree().partition(b"?>")[2] + b"</s:Body></s:Envelope>",
        lambda answer: "".join(ElementTree.fromstring(answer.content).itertext()), "",
    ),
    "CSV": ("text/csv", table, rows_of, ""),
    "CSV with a mark": ("text/csv", lambda: table(coding="utf-8-sig"), rows_of, ""),
    "CSV in GBK": ("text/csv", lambda: table(coding="gbk"), rows_of, ""),
    "tabs": (
        "text/tab-separated-values", lambda: table("excel-tab", end="\n"),
        lambda answer: str(list(csv.reader(io.StringIO(answer.text), "excel-tab"))), "",
    ),
    "plain text": ("text/plain", lambda: f"姓名\n{NAME}\n{SAID}\n".encode(), _as_text, LATER),
    "Markdown": (
        "text/markdown", lambda: f"# 来访\n\n| 姓名 | 事项 |\n| --- | --- |\n| {NAME} | 退费 |\n\n- **{OTHER}**：{LATER}\n".encode(),
        _as_text, LATER,
    ),
    "events": (
        "text/event-stream", lambda: b"data: " + spelled(PERSON) + b"\n\n", _as_text, "",
    ),
    "parts": ("multipart/mixed; boundary=b", parted, _in_mail, LATER),
    "a workbook": (SHEET, OFFICE["xlsx"], lambda answer: _in_sheet(answer.content), KEPT),
    "a text document": (TEXT, OFFICE["docx"], lambda answer: _in_text(answer.content), KEPT),
    "slides": (SLIDES, OFFICE["pptx"], lambda answer: _in_slides(answer.content), KEPT),
    "a workbook of which nothing is said": (
        "application/octet-stream", OFFICE["xlsx"], lambda answer: _in_sheet(answer.content), KEPT,
    ),
    "a fixed layout": ("application/ofd", fixed, lambda answer: _in_parts(answer.content), KEPT),
    "a package": (
        "application/zip",
        lambda: packed({"名单.csv": table(coding="gbk"), f"{NAME}.md": SAID.encode(), "a.xlsx": OFFICE["xlsx"]()}),
        lambda answer: _in_parts(answer.content) + _in_sheet(parts(answer.content)["a.xlsx"]), LATER,
    ),
}  # fmt: skip
"""Media type, how one is made, what opens it and tells all that stands in it, and what stays."""


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_masked_whether_declared_or_not_and_opens(rig: Rig, name: str) -> None:
    said, make, read, kept = FORMATS[name]
    body = make()
    for target in WHERE:
        answer = asked(rig, target, body, said)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, said.partition(";")[0])
        found = read(answer)
        assert [canary for canary in CANARIES if canary in found] == []
        assert kept in found
        assert "*" in found or name == "a fixed layout"
        assert rig.gateway.events()[-1]["event"]["outcome"] == "success"


def _attach(document: pikepdf.Pdf) -> None:
    document.attachments["a.xlsx"] = pikepdf.AttachedFileSpec(document, OFFICE["xlsx"](), filename="a.xlsx")


def _sign(document: pikepdf.Pdf) -> None:
    value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Contents=NAME.encode())
    field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="s", V=value))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


def _tracked() -> bytes:
    document = zipfile.ZipFile(io.BytesIO(OFFICE["docx"]())).read("word/document.xml")
    return rewritten(
        OFFICE["docx"](), word__document_dot_xml=document.replace(b"<w:r>", b"<w:del w:id='1' w:author='x'/><w:r>", 1)
    )


WITHHELD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a text with changes that are tracked": (TEXT, _tracked, "document_revisions"),
    "a report with a file attached": (
        PDF,
        lambda: changed(report(lines(SAID)), _attach),
        "document_within_undeclared",
    ),
    "a report that is signed": (PDF, lambda: changed(report(lines(SAID)), _sign), "answer_signed"),
    "a picture of a format that is not read": ("image/gif", lambda: encoded(picture([MOBILE]), "gif"), "answer_not_declared"),
    "a drawing": ("image/svg+xml", lambda: f"<svg><text>{NAME}</text></svg>".encode(), "answer_not_declared"),
    "sound": ("audio/mpeg", lambda: b"ID3" + SAID.encode(), "answer_not_declared"),
    "film": ("video/mp4", lambda: b"\0\0\0\x18ftypmp42" + SAID.encode(), "answer_not_declared"),
    "a mail": ("message/rfc822", lambda: SAID.encode(), "answer_not_declared"),
    "a card": ("text/vcard", lambda: f"FN:{NAME}".encode(), "answer_not_declared"),
    "nobody knows what": ("application/x-unknown", lambda: SAID.encode(), "answer_not_declared"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHHELD)
def test_what_nobody_can_read_is_withheld_whatever_is_declared(rig: Rig, name: str) -> None:
    said, make, reason = WITHHELD[name]
    for target in WHERE:
        answer = asked(rig, target, make(), said)
        assert (answer.status_code, answer.json()["reason"]) == (502, reason)
        assert [canary for canary in CANARIES if canary in answer.text] == []


@pytest.mark.parametrize("rig", [True], indirect=True)
@pytest.mark.parametrize("target", WHERE)
def test_a_report_is_masked_with_all_that_stands_beside_its_pages(rig: Rig, target: str) -> None:
    """Either core has a process apart read it; pictures are in `test_uploads.py` and `test_painted.py`."""
    made = report(_beside, lines(LATER), title=f"{NAME} {ID_NO}")
    assert {NAME, MOBILE, MAIL} <= {canary for canary in CANARIES if canary in painted.found_in(made)}
    answer = asked(rig, target, made, PDF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, PDF)
    found = painted.found_in(answer.content)
    assert LATER in found
    assert [canary for canary in CANARIES if canary in found] == []
