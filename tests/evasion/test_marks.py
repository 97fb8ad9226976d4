"""Each export bears a serial of its own, which a leaked copy, or half of one, leads back to its exchange."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from policies.overlay import Tightening
from siem.index.sqlite import SqliteStore
from siem.record.mark import marks_in, new_mark
from siem.trace.marks import Bearer, bearers_of
from siem.trace.sample import read_sample
from tests.evasion.cases import CSV, HTML, JSON, ROWS, ROWS_MASKED
from tests.evasion.test_exports import LARGE, download, ranged, unasked
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import VERSIONS, Answer, Front
from tests.gateway import wait_until
from tests.rig import ID_NO, MOBILE, NAME, Rig
from tests.scripted import answering
from tests.tightening import entry

SOON = timedelta(seconds=20)
PAGE = f"<html><head><title>x</title></head><body><p>{ID_NO}</p></body></html>"
PERSON = json.dumps({"id": 1, "name": NAME, "id_no": ID_NO, "mobile": MOBILE})
XML = f'<?xml version="1.0"?><people><person><name>{NAME}</name><id_no>{ID_NO}</id_no></person></people>'
NDJSON = "application/x-ndjson"


def marked(front: Front, body: str | bytes, kind: str, *headers: str) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return download(front, answering(data, kind, "200 OK", *headers), target="/marked")


def bearers_in(rig: Rig, folder: Path, leaked: bytes, name: str = "") -> list[Bearer]:
    """Whom the log of *rig* names for what was leaked."""
    with closing(SqliteStore(folder / "index.db")) as store:
        store.append(rig.gateway.events(), SOON)
        marks = read_sample(leaked, None, name).marks
        assert not marks.unreadable
        start = datetime.now(UTC) - timedelta(hours=1)
        return list(bearers_of(store, marks.read, start, start + timedelta(hours=2), SOON))


SHOWN = {
    "csv": (ROWS, CSV),
    "html": (PAGE, HTML),
    "json": (PERSON, JSON),
    "jsonp": (f"/**/cb({PERSON});", "text/javascript"),
    "ndjson": (f"{PERSON}\n{PERSON}\n", NDJSON),
    "xml": (XML, "application/xml"),
}


@pytest.mark.parametrize(("body", "kind"), SHOWN.values(), ids=SHOWN)
def test_a_copy_leads_back_to_its_exchange(declaring_front: Front, tmp_path: Path, body: str, kind: str) -> None:
    answer = marked(declaring_front, body, kind)
    assert (answer.status, answer.is_whole, answer.tells) == (200, True, set())
    mark = answer.headers["yingbi-mark"]
    assert set(marks_in(answer.body.decode()).read) == {mark}
    (bearer,) = bearers_in(declaring_front.rig, tmp_path, answer.body)
    assert (bearer.mark, bearer.event) == (mark, answer.headers["yingbi-event"])
    assert bearer.operation == "GET /marked"
    assert bearer.at is not None
    (event,) = [each for each in declaring_front.rig.gateway.events() if each["event"]["id"] == bearer.event]
    assert event["http"]["response"]["body"]["bytes"] == len(answer.body)
    assert answer.headers["content-length"] == str(len(answer.body))
    again = marked(declaring_front, body, kind)
    assert again.headers["yingbi-mark"] != mark


def test_each_format_shows_it_in_its_place(declaring_front: Front) -> None:
    table, page, document, lines, tree = (marked(declaring_front, *case) for case in (
        SHOWN["csv"], SHOWN["html"], SHOWN["json"], SHOWN["ndjson"], SHOWN["xml"]
    ))  # fmt: skip
    head, row, _ = ROWS_MASKED.split("\r\n")
    assert table.body.decode() == f"{head},yingbi_mark\r\n{row},{table.headers['yingbi-mark']}\r\n"
    text = page.body.decode()
    assert f'<head><meta name="yingbi-mark" content="{page.headers["yingbi-mark"]}"><title>' in text
    assert text.endswith(f"serial {page.headers['yingbi-mark']}</p></body></html>")
    assert next(iter(json.loads(document.body).items())) == ("_mark", document.headers["yingbi-mark"])
    call = marked(declaring_front, *SHOWN["jsonp"])
    assert call.body.startswith(f'/**/cb({{"_mark":"{call.headers["yingbi-mark"]}","id":'.encode())
    assert {json.loads(line)["_mark"] for line in lines.body.splitlines()} == {lines.headers["yingbi-mark"]}
    assert f"<!-- {tree.headers['yingbi-mark']} -->" in tree.body.decode()
    assert ElementTree.fromstring(tree.body).tag == "people"


def test_half_of_a_streamed_export_leads_back(declaring: Rig, tmp_path: Path) -> None:
    front = Front(declaring, VERSIONS[0])
    whole = download(front, chunked(CSV, pieces_of(LARGE)), target="/marked")
    assert (whole.status, whole.is_whole, whole.tells) == (200, True, set())
    mark = whole.headers["yingbi-mark"]
    assert whole.body.count(mark.encode()) == LARGE.count(b"\r\n") - 1
    half = len(whole.body) // 2
    for leaked in (whole.body[:half], whole.body[half:]):
        (bearer,) = bearers_in(declaring, tmp_path, leaked)
        assert (bearer.mark, bearer.event) == (mark, whole.headers["yingbi-event"])
        assert bearer.subjects == 1


def test_a_range_is_of_the_same_copy(declaring_front: Front, tmp_path: Path) -> None:
    whole = marked(declaring_front, ROWS, CSV)
    part = download(declaring_front, unasked, *ranged(whole.headers["etag"], "bytes=5-60"), target="/marked")
    assert (part.status, part.body) == (206, whole.body[5:61])
    assert part.headers["yingbi-mark"] == whole.headers["yingbi-mark"]
    (bearer,) = bearers_in(declaring_front.rig, tmp_path, whole.body)
    assert (bearer.event, bearer.again) == (whole.headers["yingbi-event"], 1)


NAMED = {
    "the name that it has": ('attachment; filename="people.csv"', 'attachment; filename="people-MARK.csv"'),
    "a name without an ending": ("attachment; filename=people", 'attachment; filename="people-MARK"'),
    "no name": ("inline", 'inline; filename="MARK.csv"'),
    "a name that tells": (f'attachment; filename="{ID_NO}.csv"', 'attachment; filename="MARK.csv"'),
    "nothing": ("", 'attachment; filename="MARK.csv"'),
}


@pytest.mark.parametrize(("said", "named"), NAMED.values(), ids=NAMED)
def test_the_name_of_the_file_bears_it(declaring_front: Front, tmp_path: Path, said: str, named: str) -> None:
    answer = marked(declaring_front, ROWS, CSV, *([f"Content-Disposition: {said}"] if said else []))
    mark = answer.headers["yingbi-mark"]
    assert answer.headers["content-disposition"] == named.replace("MARK", mark)
    name = answer.headers["content-disposition"].partition('"')[2].strip('"')
    (bearer,) = bearers_in(declaring_front.rig, tmp_path, b"PK\x03\x04 an archive", name)
    assert bearer.event == answer.headers["yingbi-event"]


def test_an_export_bears_one_though_nothing_is_declared_and_another_answer_does_not(declaring_front: Front) -> None:
    answer = download(declaring_front, answering(ROWS.encode(), CSV))
    assert answer.body.decode() == ROWS_MASKED
    assert marks_in(answer.headers["content-disposition"]).read == (answer.headers["yingbi-mark"],)
    other = download(declaring_front, answering(ROWS.encode(), CSV), target="/export")
    assert "yingbi-mark" not in other.headers
    assert "content-disposition" not in other.headers


def test_what_is_no_export_bears_one_in_a_name_that_it_has(declaring_front: Front) -> None:
    named = answering(ROWS.encode(), CSV, "200 OK", "Content-Disposition: attachment; filename=a.csv")
    answer = download(declaring_front, named, target="/named")
    assert answer.headers["content-disposition"] == f'attachment; filename="a-{answer.headers["yingbi-mark"]}.csv"'
    assert answer.body.decode() == ROWS_MASKED
    plain = download(declaring_front, answering(ROWS.encode(), CSV), target="/named")
    assert "content-disposition" not in plain.headers
    assert plain.headers["yingbi-mark"] != answer.headers["yingbi-mark"]


def test_a_serial_of_the_system_behind_is_not_taken_for_ours(declaring_front: Front, tmp_path: Path) -> None:
    foreign = new_mark()
    rows = f"id,name,id_no\r\n1,{foreign},{ID_NO}\r\n"
    answer = marked(
        declaring_front, rows, CSV, f"Yingbi-Mark: {foreign}", f'Content-Disposition: x; filename="{foreign}"'
    )
    assert answer.headers["yingbi-mark"] != foreign
    assert foreign not in str(answer.headers)
    found = bearers_in(declaring_front.rig, tmp_path, f"{foreign} {answer.body.decode()}".encode())
    assert [(each.mark == foreign, bool(each.event)) for each in found] == [(True, False), (False, True)]


def test_what_is_withheld_or_an_error_bears_none(declaring_front: Front) -> None:
    withheld = marked(declaring_front, b'1,"x"y', CSV)
    assert withheld.status == 502
    assert "yingbi-mark" not in withheld.headers
    error = download(declaring_front, answering(PERSON.encode(), JSON, "404 Not Found"), target="/marked")
    assert "yingbi-mark" not in error.headers
    last = declaring_front.rig.gateway.events()[-2:]
    assert ["mark" in event["yingbi"] for event in last] == [False, False]


def test_what_is_masked_harder_bears_one_as_well(declaring: Rig, tmp_path: Path) -> None:
    front = Front(declaring, VERSIONS[0])
    declaring.gateway.tighten(entry(Tightening.MASK_HARDER))
    answer = marked(front, ROWS, CSV)
    assert b"002X" not in answer.body
    (bearer,) = bearers_in(declaring, tmp_path, answer.body)
    assert bearer.event == answer.headers["yingbi-event"]
    declaring.gateway.tighten()
    wait_until(lambda: b"002X" in marked(front, ROWS, CSV).body, 5)
