"""Files on their way to a system: looked into before a byte of them goes, over both versions, by a client that is real."""

import io
import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import httpx
import openpyxl
import pptx
import pytest
from PIL import Image

from tests.front import HTTP_2, VERSIONS
from tests.gateway import CLERK_KEY
from tests.patience import PATIENCE_S
from tests.policies.compiled import GOOD
from tests.policies.documents import masked as painted
from tests.policies.documents.drawn import encoded, lines, picture, report
from tests.policies.documents.made import CANARIES, ID_NO, KEPT, MOBILE, NAME, OFFICE, canaries_in, fixed, packed, parts
from tests.rig import Rig, rigged
from tests.scripted import Asked, answering

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFD, PDF, JPEG = "application/ofd", "application/pdf", "image/jpeg"
ZIP, PNG = "application/zip", "image/png"
TYPES = f"[{XLSX}, {DOCX}, {PPTX}, {OFD}, {ZIP}, {PNG}, {JPEG}, {PDF}]"
NO_ONES = "窗口周一至周五办理"
FIELDS = ("copy", "hidden", "closed")
"""What is recorded, masked and refused."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A system whose form takes documents, and another operation one as its body."""
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    system = policies / "systems" / "people.yaml"
    takes = "".join(
        f"      {name}: {{category: public, files: {{types: {TYPES}, most_kib: 600, personal: {how}}}}}\n"
        for name, how in zip(FIELDS, ("record", "mask", "refuse"), strict=True)
    )
    text = system.read_text("utf-8").replace("      city: public\n", f"      city: public\n{takes}")
    whole = f"  - on: PUT /attachment\n    body: {{file: {{types: {TYPES}, most_kib: 600, personal: mask}}}}\n    answers: {{json: person}}\n"
    papers = "  - on: GET /papers\n    largest_mib: 2\n    answers: {documents: [pptx, ofd, pdf, jpeg, png, zip]}\n"
    system.write_text(text.replace("operations:\n", f"operations:\n{whole}{papers}", 1), "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies, tls=True) as made:
        made.behind.script = answering(b"{}")
        yield made


@pytest.fixture(params=VERSIONS)
def client(rig: Rig, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    rig.behind.asked.clear()
    trusts, is_two = ssl.create_default_context(cafile=rig.gateway.home / "tls" / "ca.pem"), request.param == HTTP_2
    headers = {"X-API-Key": CLERK_KEY, "Host": "people.localhost", "Accept": "application/json"}
    base = f"https://localhost:{rig.gateway.port}"
    with httpx.Client(
        http1=not is_two, http2=is_two, verify=trusts, base_url=base, headers=headers, timeout=PATIENCE_S
    ) as made:
        yield made


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.properties.creator = ""
    book.save(written)
    return written.getvalue()


CLEAN = sheet(("事项", "时间"), (NO_ONES, 9))
MASKED_LIST = sheet(("姓名", "手机号"), ("王**", "138****9999"))


def upload(client: httpx.Client, field: str, data: bytes, said: str = XLSX, name: str = "a.xlsx") -> httpx.Response:
    return client.post("/people", files={field: (name, data, said)}, data={"city": "云州"})


def sent(rig: Rig, field: str) -> bytes:
    """The content of the file that the system behind has got as *field*."""
    (asked,) = rig.behind.asked
    return sent_in(asked, field)


def sent_in(asked: Asked, field: str) -> bytes:
    """The content of the file that was sent as *field*."""
    between = b"--" + asked.headers["content-type"].partition("boundary=")[2].encode()
    (part,) = (each for each in asked.body.split(between) if f'name="{field}"'.encode() in each)
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


@pytest.mark.parametrize("field", FIELDS)
def test_a_file_about_nobody_arrives_octet_for_octet(rig: Rig, client: httpx.Client, field: str) -> None:
    assert upload(client, field, CLEAN).status_code == 200
    assert sent(rig, field) == CLEAN


def test_what_becomes_of_personal_data_is_what_is_declared(rig: Rig, client: httpx.Client) -> None:
    data = OFFICE["xlsx"]()
    events = len(rig.gateway.events())
    assert upload(client, "copy", data).status_code == 200
    assert sent(rig, "copy") == data
    rig.behind.asked.clear()
    assert upload(client, "hidden", data).status_code == 200
    assert canaries_in(sent(rig, "hidden")) == set()
    openpyxl.load_workbook(io.BytesIO(sent(rig, "hidden")))
    rig.behind.asked.clear()
    refused = upload(client, "closed", data)
    assert (refused.status_code, refused.json()["reason"], refused.json()["field"]) == (
        403,
        "file_personal",
        "person.closed",
    )
    assert not rig.behind.asked
    written = rig.gateway.events()[events:]
    intents = [event["yingbi"] for event in written if event["event"]["action"] == "intent"]
    assert [{use["transform"] for use in intent["fields"]} for intent in intents] == [{"sent"}, {"redact"}]
    assert all({"resident_id", "mobile"} <= {use["category"] for use in intent["fields"]} for intent in intents)
    assert not any(canary in str(written) for canary in CANARIES)


def test_a_whole_body_is_looked_into_as_well(rig: Rig, client: httpx.Client) -> None:
    assert client.put("/attachment", content=CLEAN, headers={"Content-Type": XLSX}).status_code == 200
    assert rig.behind.asked.pop().body == CLEAN
    text = OFFICE["docx"]()
    assert client.put("/attachment", content=text, headers={"Content-Type": DOCX}).status_code == 200
    masked = rig.behind.asked.pop().body
    assert canaries_in(masked) == set()
    docx.Document(io.BytesIO(masked))
    broken = client.put("/attachment", content=text[:-40], headers={"Content-Type": DOCX})
    assert (broken.status_code, broken.json()["reason"]) == (415, "file_unreadable")
    assert not rig.behind.asked


HELD_BACK = {
    "a list that was shown masked": (MASKED_LIST, XLSX, "a.xlsx", 409, "mask_returned"),
    "one within a package": (packed({"a.xlsx": MASKED_LIST}), ZIP, "a.zip", 409, "mask_returned"),
    "a mask in full width": (sheet(("备注",), ("电话138＊＊＊＊9999",)), XLSX, "a.xlsx", 409, "mask_returned"),
    "a package that says it is a workbook": (packed({"a.xlsx": CLEAN}), XLSX, "a.xlsx", 415, "file_unreadable"),
    "a workbook that says it is a text": (CLEAN, DOCX, "a.docx", 415, "file_unreadable"),
    "a workbook with half of it": (CLEAN[: len(CLEAN) // 2], XLSX, "a.xlsx", 415, "file_unreadable"),
    "one with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), XLSX, "a.xlsx", 415, "file_unreadable"),
    "a program in a package": (packed({"a.sh": b"#!/bin/sh"}), ZIP, "a.zip", 415, "file_unreadable"),
    "a list that was shown masked, as a table in a package": (packed({"a.csv": "姓名\r\n王**".encode()}), ZIP, "a.zip", 409, "mask_returned"),
    "nothing in the place of one": (b" ", XLSX, "a.xlsx", 415, "file_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("case", HELD_BACK)
def test_what_is_a_mask_or_cannot_be_read_goes_nowhere_whatever_is_declared(
    rig: Rig, client: httpx.Client, case: str
) -> None:
    data, said, name, status, reason = HELD_BACK[case]
    for field in FIELDS:
        answer = upload(client, field, data, said, name)
        assert (answer.status_code, answer.json()["reason"], answer.json()["field"]) == (
            status,
            reason,
            f"person.{field}",
        )
        assert MOBILE not in answer.text
    assert not rig.behind.asked


@pytest.mark.parametrize("client", [HTTP_2], indirect=True)
def test_a_picture_and_the_name_of_a_file_are_looked_at(rig: Rig, client: httpx.Client) -> None:
    drawn = encoded(picture([f"身份证号 {ID_NO}"]), "png")
    assert upload(client, "closed", drawn, PNG, "a.png").json()["reason"] == "file_personal"
    assert upload(client, "closed", CLEAN, XLSX, f"{MOBILE}.xlsx").json()["reason"] == "file_personal"
    assert not rig.behind.asked
    assert upload(client, "hidden", CLEAN, XLSX, f"{MOBILE}.xlsx").status_code == 200
    assert MOBILE.encode() not in rig.behind.asked[0].body


def _opens_pptx(data: bytes) -> str:
    shapes = (shape for slide in pptx.Presentation(io.BytesIO(data)).slides for shape in slide.shapes)
    return "".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


def _opens_ofd(data: bytes) -> str:
    return "".join(part.decode("utf-8", "replace") for part in parts(data).values())


def _opens_pdf(data: bytes) -> str:
    return painted.found_in(data)


def _opens_jpeg(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        assert opened.format == "JPEG"
        described = str(opened.getexif().get(0x010E, ""))
    return " ".join([described, *(text for _, text, _ in painted.texts(data, "jpeg"))])


_EXIF = Image.Exif()
_EXIF[0x010E] = ID_NO
PAPERS: dict[str, tuple[str, Callable[[], bytes], Callable[[bytes], str], str]] = {
    "slides": (PPTX, OFFICE["pptx"], _opens_pptx, KEPT),
    "a fixed layout": (OFD, fixed, _opens_ofd, KEPT),
    "a report": (PDF, lambda: report(lines(f"申请人：{NAME}，手机号{MOBILE}"), lines(KEPT)), _opens_pdf, KEPT),
    "a photograph": (
        JPEG,
        lambda: encoded(picture(["回执", f"身份证号 {ID_NO}"], (520, 160)), "jpeg", quality=85, exif=_EXIF),
        _opens_jpeg,
        "回执",
    ),
}
"""Media type, how one is made, what opens it and tells what can be found in it, and what stays."""


@pytest.mark.parametrize("client", [HTTP_2], indirect=True)
@pytest.mark.parametrize("name", PAPERS)
def test_it_is_masked_on_both_ways_and_opens(rig: Rig, client: httpx.Client, name: str) -> None:
    said, make, opens, kept = PAPERS[name]
    data = make()
    planted = opens(data)
    assert any(canary in planted for canary in CANARIES)
    assert upload(client, "hidden", data, said, "a").status_code == 200
    rig.behind.script = answering(data, said, "200 OK")
    try:
        answer = client.get("/papers")
    finally:
        rig.behind.script = answering(b"{}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, said)
    for made in (answer.content, sent_in(rig.behind.asked[0], "hidden")):
        found = opens(made)
        assert kept in found
        assert [canary for canary in CANARIES if canary in found] == []


@pytest.mark.parametrize("client", [HTTP_2], indirect=True)
def test_tables_and_texts_in_a_package_are_looked_into(rig: Rig, client: httpx.Client) -> None:
    held = {"a.csv": f"姓名\r\n{NAME}\r\n".encode("gb18030"), "b.txt": f"电话{MOBILE}".encode(), "c.json": b'{"n": 1}'}
    held |= {"d.html": "<p>办结</p>".encode("gbk"), "e.xml": f"<a><b>电话{MOBILE}</b></a>".encode()}
    assert upload(client, "closed", packed(held), ZIP, "a.zip").json()["reason"] == "file_personal"
    assert upload(client, "hidden", packed(held), ZIP, "a.zip").status_code == 200
    arrived = parts(sent(rig, "hidden"))
    assert arrived == {
        "a.csv": "姓名\r\n***\r\n".encode("gb18030"),
        "b.txt": "电话***".encode(),
        "c.json": held["c.json"],
        "d.html": held["d.html"],
        "e.xml": "<a><b>电话***</b></a>".encode(),
    }
