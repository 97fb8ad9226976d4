"""Documents on their way through the gateway: masked and recorded before a byte of them goes, or withheld with a page."""

import io
import json
import socket
import threading

import docx
import openpyxl
import pytest

from tests.front import Answer, Front
from tests.gateway import wait_until
from tests.policies.documents.made import (
    CANARIES,
    ID_NO,
    KEPT,
    MOBILE,
    NAME,
    OFFICE,
    canaries_in,
    fixed,
    packed,
    parts,
    rewritten,
    signed,
)
from tests.rig import Rig
from tests.scripted import Asked, Connection, answering

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ANY = "application/octet-stream"
MADE = {name: make() for name, make in OFFICE.items()}


def workbook_of_people() -> bytes:
    book = openpyxl.Workbook()
    for row in (
        ("id", "name", "id_no", "mobile"),
        (1, NAME, ID_NO, 13800138000),
        (2, "某某", "110101199003078515", ""),
    ):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def download(front: Front, body: bytes, said: str) -> Answer:
    return front.ask(answering(body, said, "200 OK"), target="/document")


def test_a_workbook_is_downloaded_masked_as_declared(declaring_front: Front) -> None:
    events = len(declaring_front.rig.gateway.events())
    answer = download(declaring_front, workbook_of_people(), XLSX)
    assert (answer.status, answer.headers["content-type"], answer.is_whole) == (200, XLSX, True)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(answer.body)).active]
    assert rows[0] == ["id", "name", "id_no", "mobile"]
    assert [row[0] for row in rows[1:]] == [1, 2]
    assert NAME not in str(rows)
    assert ID_NO not in str(rows)
    assert canaries_in(answer.body) == set()
    (event,) = declaring_front.rig.gateway.events()[events:]
    assert event["yingbi"]["format"] == "xlsx"
    assert len(event["yingbi"]["subjects"]) == 2
    counted = {field["name"]: field["count"] for field in event["yingbi"]["fields"]}
    assert (counted["person.name"], counted["person.id_no"], counted["person.mobile"]) == (2, 2, 1)


@pytest.mark.parametrize("said", [DOCX, ANY])
def test_a_text_is_downloaded_masked_and_opens(declaring_front: Front, said: str) -> None:
    answer = download(declaring_front, MADE["docx"], said)
    assert (answer.status, answer.headers["content-type"]) == (200, said)
    document = docx.Document(io.BytesIO(answer.body))
    assert [each.text for each in document.paragraphs] == [KEPT, "申请人***，身份证***，已受理。"]
    assert canaries_in(answer.body) == set()


PERSON = {"id": 7, "name": NAME, "id_no": ID_NO, "mobile": MOBILE}
PACKED = {
    "名单.csv": f"id,name,mobile\r\n7,{NAME},{MOBILE}\r\n".encode("gb18030"),
    "数据/7.json": json.dumps(PERSON, ensure_ascii=False).encode(),
    "数据/7.jsonl": json.dumps(PERSON, ensure_ascii=False).encode() + b"\n",
    "7.xml": f"<people><person><id>7</id><name>{NAME}</name></person></people>".encode(),
    "7.html": f'<meta charset="gbk"><p>联系人{NAME}，电话{MOBILE}</p>'.encode("gbk"),
    "说明.md": f"# 说明\n\n- 电话 {MOBILE}\n".encode("gbk"),
    f"{NAME}.txt": b"7",
}


def test_each_file_of_a_package_is_masked_as_it_would_be_by_itself(declaring_front: Front) -> None:
    answer = declaring_front.ask(answering(packed(PACKED), "application/zip", "200 OK"), target="/package")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    after = parts(answer.body)
    assert list(after) == ["名单.csv", "数据/7.json", "数据/7.jsonl", "7.xml", "7.html", "说明.md", "___.txt"]
    assert after["名单.csv"].decode("gb18030").startswith("id,name,mobile\r\n7,张")
    assert {"id": 7, "id_no": "**************002X"}.items() <= json.loads(after["数据/7.json"]).items()
    assert after["数据/7.jsonl"] == after["数据/7.json"] + b"\n"
    assert "联系人***" in after["7.html"].decode("gbk")
    assert after["说明.md"].decode("gbk") == "# 说明\n\n- 电话 ***\n"
    read = [content.decode(codec, "replace") for content in after.values() for codec in ("utf-8", "gb18030")]
    assert not [canary for canary in CANARIES if any(canary in each for each in read)]
    recorded = declaring_front.rig.gateway.events()[-1]["yingbi"]
    assert (recorded["format"], len(recorded["subjects"])) == ("zip", 1)
    assert {"person.name", "person.mobile", "person.id_no"} <= {field["name"] for field in recorded["fields"]}
    whys = {field["category"]: field["whys"] for field in recorded["fields"] if "whys" in field}
    assert whys["mobile"] == {"pattern,context": 2}
    assert whys["person_name"]["context"] == 1


@pytest.mark.parametrize("name", ["a.svg", "a.exe", "a.json", "a/../../b.csv"])
def test_a_file_that_cannot_be_masked_withholds_its_package(declaring_front: Front, name: str) -> None:
    body = packed(PACKED | {name: f"<svg>{NAME}</svg>".encode()})
    answer = declaring_front.ask(answering(body, "application/zip", "200 OK"), target="/package")
    assert (answer.status, answer.is_whole) == (502, True)
    assert not [canary for canary in CANARIES if canary.encode() in answer.received]


@pytest.mark.parametrize("name", ["", "公文.ofd"])
def test_a_signed_document_is_answered_as_a_copy_without_its_signatures(declaring_front: Front, name: str) -> None:
    said, body = "application/ofd", signed(fixed())
    if name:
        said, body = "application/zip", packed({name: body})
    answer = declaring_front.ask(answering(body, said, "200 OK"), target="/package")
    assert answer.status == 200
    copy = parts(answer.body)[name] if name else answer.body
    assert b"<?yingbi unsigned-copy?>" in parts(copy)["OFD.xml"]
    assert not [part for part in parts(copy) if "Sign" in part]
    assert canaries_in(copy) == set()
    fields = declaring_front.rig.gateway.events()[-1]["yingbi"]["fields"]
    assert [field["count"] for field in fields if field["category"] == "signature"] == [1]


WITHHELD = {
    "of a format that is not declared": (MADE["pptx"], ANY, "answer_unreadable"),
    "not what it says": (MADE["docx"], XLSX, "answer_unreadable"),
    "with macros": (rewritten(MADE["xlsx"], xl__vbaProject_dot_bin=b"x"), XLSX, "document_active"),
    "of an older Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), ANY, "document_legacy"),
    "damaged": (MADE["xlsx"][:-100], XLSX, "document_malformed"),
    "no document": (NAME.encode(), ANY, "document_malformed"),
    "larger than is looked at": (MADE["xlsx"] + bytes(2 * 1024 * 1024), XLSX, "answer_too_large"),
    "of an older Office, as it says": (MADE["xlsx"], "application/vnd.ms-excel", "answer_not_declared"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHHELD)
def test_what_cannot_be_masked_is_withheld_with_a_page(declaring_front: Front, name: str) -> None:
    body, said, reason = WITHHELD[name]
    answer = download(declaring_front, body, said)
    assert (answer.status, answer.reason) == (502, reason)
    assert not [canary for canary in CANARIES if canary.encode() in answer.received]
    assert declaring_front.rig.gateway.events()[-1]["event"]["reason"] == reason


def test_what_comes_through_our_own_core_is_masked_alike(exporting_rig: Rig) -> None:
    received = exporting_rig.ask(answering(workbook_of_people(), XLSX, "200 OK"), target="/document")
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0]
    assert canaries_in(body) == set()
    exporting_rig.ask(answering(MADE["xlsx"][:-100], XLSX, "200 OK"), target="/document")
    assert exporting_rig.gateway.events()[-1]["event"]["reason"] == "document_malformed"


def test_others_are_answered_while_a_document_is_masked(exporting_rig: Rig) -> None:
    """A large one takes seconds; meanwhile the same worker answers as ever, and forgets who has left."""
    book = openpyxl.Workbook()
    for number in range(12_000):
        book.active.append((number, f"电话{13800000000 + number}", "办结"))
    written = io.BytesIO()
    book.save(written)
    begun = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        begun.set()
        answering(written.getvalue(), XLSX, "200 OK")(connection, asked)

    exporting_rig.behind.script = script
    live = exporting_rig.gateway.counters()["live"]
    with socket.create_connection(("127.0.0.1", exporting_rig.gateway.port)) as waiting:
        waiting.sendall(b"GET /document HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
        assert begun.wait(60)
        answer = exporting_rig.ask(answering(b'{"total": 1, "items": []}', "application/json", "200 OK"))
        waiting.settimeout(0.01)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
    assert b'"total"' in answer
    wait_until(lambda: exporting_rig.gateway.last_reason() == "caller_left", 10)
    wait_until(lambda: exporting_rig.gateway.counters()["live"] <= live, 10)
