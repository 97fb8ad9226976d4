"""Files in a package as the operation would answer them by themselves, by the view that masks both."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.formats.masker import Masker, Tally, Withheld, masked_whole
from policies.program import Program
from policies.view import Views
from tests.gateway import declare
from tests.policies.compiled import SECRET, program
from tests.policies.documents.made import ID_NO, MOBILE, NAME, OFFICE, packed, parts
from tests.policies.formats.masking import DIGESTER

_XML = "{paths: {/people/person: {record: person}}}"
ALONE = f"csv: person, json: person, ndjson: person, text: scan, html: scan, xml: {_XML}"
OPERATIONS = {
    "PEOPLE": f"documents: {{formats: [xlsx, zip], record: person}}, {ALONE}",
    "PLAIN": f"documents: [xlsx, zip], {ALONE}",
    "TEXTS": "documents: [zip], text: scan",
    "NAMES": "documents: [zip], text: person_name",
}
ROWS = f"id,name,id_no,mobile,note\r\n7,{NAME},{ID_NO},{MOBILE},x\r\n"
PERSON = {"id": 7, "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "city": "云州"}
FILES: dict[str, tuple[str, str]] = {
    "表.csv": ("csv", ROWS),
    "a.json": ("json", json.dumps(PERSON, ensure_ascii=False)),
    "b.jsonl": ("ndjson", json.dumps(PERSON, ensure_ascii=False) + "\n"),
    "c.xml": ("xml", f"<people><person><id>7</id><name>{NAME}</name><id_no>{ID_NO}</id_no></person></people>"),
    "d.html": ("html", f"<p>联系人{NAME}，电话{MOBILE}</p>"),
}
"""By their names: of which kind each is, and what it holds."""


@cache
def answering() -> Program:
    """A system with an operation for each of `OPERATIONS`."""
    with TemporaryDirectory() as made:
        declare(Path(made))
        system = Path(made) / "systems" / "people.yaml"
        added = "".join(f"  - {{on: GET /{name}, answers: {{{answers}}}}}\n" for name, answers in OPERATIONS.items())
        system.write_text(system.read_text("utf-8").replace("operations:\n", f"operations:\n{added}", 1), "utf-8")
        return program(folder=Path(made))


def masker_of(operation: str, kind: str, charset: str) -> Masker:
    """What masks an answer of *kind* for who has no grant."""
    (shapes,) = (each.answers for each in answering().operations if each.id == f"GET /{operation}")
    view = Views(answering(), SECRET).of(())
    masker = view.maskers.of(shapes, kind, Tally(DIGESTER), charset, lambda *_: "")
    assert masker is not None
    return masker


def masked(files: Mapping[str, bytes], operation: str = "PEOPLE") -> tuple[dict[str, bytes], Tally]:
    masker = masker_of(operation, "zip", "utf-8")
    return parts(masked_whole(masker, packed(dict(files)))), masker.tally


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_each_file_becomes_what_it_would_as_an_answer(codec: str) -> None:
    written = {
        name: text if name != "c.xml" else f'<?xml version="1.0" encoding="{codec}"?>{text}'
        for name, (_, text) in FILES.items()
    }
    after, tally = masked({name: text.encode(codec) for name, text in written.items()}, "PLAIN")
    assert sorted(after) == sorted(FILES)
    for name, (kind, _) in FILES.items():
        masker = masker_of("PLAIN", kind, "" if kind == "xml" else "utf-8")
        alone = masked_whole(masker, written[name].encode(codec if kind == "xml" else "utf-8"))
        content = after[name] if kind == "xml" else after[name].decode(codec).encode()
        assert content == alone, name
        assert not any(planted.encode(codec) in after[name] for planted in (NAME, ID_NO, MOBILE)), name
    assert len(tally.subjects) == 1
    assert sum(tally.fields.values()) >= 3 * 3


def test_a_mark_and_utf_16_stay_as_they_were() -> None:
    after, _ = masked(
        {"a.json": b"\xef\xbb\xbf" + FILES["a.json"][1].encode(), "d.html": FILES["d.html"][1].encode("utf-16")}
    )
    assert after["a.json"].startswith(b"\xef\xbb\xbf{")
    assert after["d.html"].decode("utf-16").startswith("<p>")
    assert NAME not in after["d.html"].decode("utf-16")


def test_what_another_file_hides_is_hidden_in_a_text() -> None:
    after, _ = masked({"x.xlsx": OFFICE["xlsx"](), "说明.md": f"# {NAME}\n\n{NAME}已办结".encode("gbk")})
    assert after["说明.md"].decode("gbk") == "# ***\n\n***已办结"


XXE = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"
WITHHELD = {
    "JSON that is none": ({"a.json": b"{"}, "PEOPLE", "document_malformed"),
    "a table called JSON": ({"a.json": ROWS.encode()}, "PEOPLE", "document_malformed"),
    "a list called a text": ({"a.txt": ROWS.encode()}, "PEOPLE", "not_as_said"),
    "JSON called a text": ({"a.md": FILES["a.json"][1].encode()}, "PEOPLE", "not_as_said"),
    "a table that is another": ({"a.csv": "事项,数量\r\n办结,1\r\n".encode()}, "PLAIN", "no_known_header"),
    "XML with a document type": ({"c.xml": XXE}, "PEOPLE", "document_doctype"),
    "a drawing that runs": ({"c.svg": b"<svg><script/></svg>"}, "PEOPLE", "document_within_undeclared"),
    "a format that the operation does not answer": ({"a.xml": b"<a/>"}, "TEXTS", "document_within_undeclared"),
    "neither a text nor anything": ({"a.txt": bytes(9)}, "PEOPLE", "document_within_undeclared"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHHELD)
def test_what_cannot_be_masked_withholds_all_of_it(name: str) -> None:
    files, answers, reason = WITHHELD[name]
    with pytest.raises(Withheld, match=f"^{reason}$"):
        masked(files, answers)


def test_a_text_that_is_masked_whole_is_so_in_a_package() -> None:
    after, _ = masked({"a.txt": "甲乙\n丙".encode()}, "NAMES")
    assert after["a.txt"] == b"***\n***"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
@given(st.sampled_from(sorted(FILES)), st.sampled_from(["utf-8", "gb18030"]), st.data())
def test_a_file_with_any_octets_changed_is_masked_or_withheld(name: str, codec: str, drawn: st.DataObject) -> None:
    data = bytearray(FILES[name][1].encode(codec))
    for _ in range(drawn.draw(st.integers(1, 3))):
        at = drawn.draw(st.integers(0, len(data) - 1))
        data[at : at + drawn.draw(st.integers(0, 2))] = drawn.draw(st.binary(max_size=2))
    is_whole = {planted for planted in (ID_NO, MOBILE) if planted.encode() in data}
    try:
        after, _ = masked({name: bytes(data)})
    except Withheld:
        return
    assert not {planted for planted in is_whole if planted.encode() in after[name]}
