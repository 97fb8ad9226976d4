"""A part of an answer: never of the system behind, and of exports only as they were shown, to whom they were shown."""

from datetime import UTC, datetime

import pytest

from policies.overlay import Tightening
from tests.evasion.cases import CSV, ROWS, ROWS_MASKED
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import VERSIONS, Answer, Front
from tests.gateway import BATCH_KEY, wait_until
from tests.rig import ID_NO, NAME, Rig
from tests.scripted import Asked, Connection, Script, answering, saying
from tests.tightening import entry

LARGE = ("id,name,id_no\r\n" + f"1,{NAME},{ID_NO}\r\n" * 60_000).encode()
PARTIAL = f"HTTP/1.1 206 X\r\nContent-Type: text/csv\r\nContent-Range: bytes 0-9/99\r\nContent-Length: {len(ROWS.encode())}\r\n\r\n{ROWS}"


def download(front: Front, script: Script, *headers: tuple[str, str], target: str = "/download") -> Answer:
    return front.ask(script, target=target, headers=headers)


def ranged(tag: str, said: str = "bytes=10-19") -> tuple[tuple[str, str], ...]:
    return ("range", said), ("if-range", tag)


def unasked(connection: Connection, asked: Asked) -> None:
    raise AssertionError("the system behind was asked")


@pytest.mark.parametrize("target", ["/export", "/download"])
def test_a_range_is_never_sent_on_and_all_is_shown(declaring_front: Front, target: str) -> None:
    script = answering(
        ROWS.encode(),
        CSV,
        "200 OK",
        'ETag: "11010519491231002X"',
        "Accept-Ranges: bytes",
        "Last-Modified: Thu, 26 Nov 2026 00:00:00 GMT",
    )
    answer = download(declaring_front, script, *ranged('"11010519491231002X"', "bytes=0-3"), target=target)
    assert (answer.status, answer.body.decode()) == (200, ROWS_MASKED)
    assert "range" not in declaring_front.rig.behind.asked[0].headers
    assert "if-range" not in declaring_front.rig.behind.asked[0].headers
    assert ("accept-ranges" in answer.headers) == (target == "/download")
    assert "last-modified" not in answer.headers
    assert answer.headers.get("etag") != '"11010519491231002X"'


@pytest.mark.parametrize("body", [ROWS.encode(), LARGE], ids=["held", "streamed"])
def test_a_part_of_an_export_is_one_of_what_was_shown(declaring_front: Front, body: bytes) -> None:
    front = declaring_front
    whole = download(front, chunked(CSV, pieces_of(body)))
    assert (whole.status, whole.headers["accept-ranges"], whole.is_whole) == (200, "bytes", True)
    tag, size = whole.headers["etag"], len(whole.body)
    events = len(front.rig.gateway.events())
    for said, start, end in (
        ("bytes=0-4", 0, 5),
        ("bytes=10-19", 10, 20),
        ("bytes=-7", size - 7, size),
        (f"bytes={size - 1}-", size - 1, size),
    ):
        part = download(front, unasked, *ranged(tag, said))
        assert (part.status, part.body) == (206, whole.body[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
        assert (part.headers["etag"], part.headers["content-type"]) == (tag, whole.headers["content-type"])
        assert part.headers["cache-control"] == "no-store"
        assert not part.tells
    assert front.rig.behind.asked == []
    recorded = front.rig.gateway.events()[events:]
    assert [event["http"]["response"]["status_code"] for event in recorded] == [206] * 4
    assert [event["yingbi"]["format"] for event in recorded] == ["csv"] * 4
    none = download(front, unasked, *ranged(tag, f"bytes={size}-"))
    assert (none.status, none.headers["content-range"], none.body) == (416, f"bytes */{size}", b"")


def test_a_large_part_is_sent_in_parts(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    body = ("id,name\r\n" + "1,x\r\n" * 1_500_000).encode()
    whole = download(front, chunked(CSV, pieces_of(body, 500_000)))
    part = download(front, unasked, *ranged(whole.headers["etag"], "bytes=5-"))
    assert (part.status, len(part.body)) == (206, 4 * 1024 * 1024)
    assert part.headers["content-range"] == f"bytes 5-{4 + len(part.body)}/{len(whole.body)}"


WHOLE_ANEW = {
    "another tag": (("range", "bytes=0-4"), ("if-range", '"x"')),
    "a weak tag": (("range", "bytes=0-4"), ("if-range", "W/TAG")),
    "a tag without quotes": (("range", "bytes=0-4"), ("if-range", "BARE")),
    "a date": (("range", "bytes=0-4"), ("if-range", "Thu, 26 Nov 2026 00:00:00 GMT")),
    "no tag": (("range", "bytes=0-4"),),
    "several ranges": (("range", "bytes=0-4,6-7"), ("if-range", "TAG")),
    "another unit": (("range", "rows=0-4"), ("if-range", "TAG")),
    "two tags": (("range", "bytes=0-4"), ("if-range", "TAG"), ("if-range", "TAG")),
    "another caller": (("range", "bytes=0-4"), ("if-range", "TAG"), ("x-api-key", BATCH_KEY)),
    "another session": (("range", "bytes=0-4"), ("if-range", "TAG"), ("cookie", "a=b")),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE_ANEW)
def test_whoever_asks_otherwise_gets_all_anew(declaring_front: Front, case: str) -> None:
    tag = download(declaring_front, answering(ROWS.encode(), CSV)).headers["etag"]
    spelled = {"TAG": tag, "W/TAG": f"W/{tag}", "BARE": tag.strip('"')}
    headers = tuple((name, spelled.get(value, value)) for name, value in WHOLE_ANEW[case])
    answer = download(declaring_front, answering(ROWS.encode(), CSV), *headers)
    assert answer.status == 200
    assert len(declaring_front.rig.behind.asked) == 1
    assert answer.headers["etag"] != tag


def test_another_question_gets_all_anew(declaring_front: Front) -> None:
    tag = download(declaring_front, answering(ROWS.encode(), CSV)).headers["etag"]
    for target in ("/download?page=2", "/export"):
        answer = download(declaring_front, answering(ROWS.encode(), CSV), *ranged(tag), target=target)
        assert (answer.status, len(declaring_front.rig.behind.asked)) == (200, 1)


def test_what_was_cut_or_withheld_has_no_parts(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    cut = download(front, chunked(CSV, pieces_of(LARGE), end=b""))
    assert not cut.is_whole
    answer = download(front, answering(ROWS.encode(), CSV), *ranged(cut.headers["etag"]))
    assert (answer.status, len(declaring.behind.asked)) == (200, 1)
    withheld = download(front, answering(b'1,"x"y', CSV))
    assert withheld.status == 502
    assert "etag" not in withheld.headers


def test_a_part_of_the_system_behind_is_no_answer(declaring_front: Front) -> None:
    for target in ("/download", "/export"):
        answer = download(declaring_front, saying(PARTIAL.encode()), *ranged('"x"'), target=target)
        assert (answer.status, answer.reason, answer.tells) == (502, "upstream_malformed", set())
        assert "etag" not in answer.headers


def test_a_tightening_ends_what_was_kept(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    tag = download(front, answering(ROWS.encode(), CSV)).headers["etag"]
    declaring.gateway.tighten(entry(Tightening.MASK_HARDER))
    harder = download(front, answering(ROWS.encode(), CSV), *ranged(tag))
    assert harder.status == 200
    assert b"002X" not in harder.body
    declaring.gateway.tighten(entry(Tightening.STOP_SYSTEM))
    stopped = download(front, unasked, *ranged(harder.headers["etag"]))
    assert (stopped.status, stopped.reason) == (503, "operation_stopped")
    declaring.gateway.tighten()
    wait_until(lambda: download(front, answering(ROWS.encode(), CSV)).status == 200, 5)


def test_an_export_in_quarantine_is_not_handed_out_in_whole_or_in_part(declaring_front: Front) -> None:
    front = declaring_front
    key = ("authorization", f"Bearer {BATCH_KEY}")
    tag = download(front, answering(ROWS.encode(), CSV), key).headers["etag"]
    told = front.rig.gateway.events()[-1]
    for target in ("", told["yingbi"]["operation"], told["user"]["id"], told["yingbi"]["credential"]):
        front.rig.gateway.tighten(entry(Tightening.QUARANTINE_EXPORTS, target))
        for headers in ((), ranged(tag), ranged(tag, "bytes=-1")):
            answer = download(front, unasked, key, *headers)
            assert (answer.status, answer.reason, answer.tells) == (503, "export_quarantined", set()), target
        assert download(front, answering(ROWS.encode(), CSV), target="/export").status == 200, "that is no export"
    for other in ("GET /export", "somebody-else"):
        front.rig.gateway.tighten(entry(Tightening.QUARANTINE_EXPORTS, other))
        assert download(front, answering(ROWS.encode(), CSV)).status == 200
    front.rig.gateway.tighten()
    assert download(front, answering(ROWS.encode(), CSV), key, *ranged(tag)).status == 200, "all anew"


def test_a_download_under_way_is_cut_when_it_is_put_in_quarantine_and_by_nothing_else(declaring_front: Front) -> None:
    gateway = declaring_front.rig.gateway
    pieces = pieces_of(LARGE)

    def tightening(kind: Tightening) -> Script:
        def script(connection: Connection, asked: Asked) -> None:
            connection.say(f"HTTP/1.1 200 X\r\nContent-Type: {CSV}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            for number, piece in enumerate(pieces):
                if number == len(pieces) // 2:
                    gateway.tighten(entry(kind, since=datetime.now(UTC)))
                    wait_until(lambda: gateway.counters()["overlay"] == gateway.overlay.generation, 5)
                connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
            connection.say(b"0\r\n\r\n")

        return script

    assert download(declaring_front, tightening(Tightening.PRESERVE_EVIDENCE)).is_whole
    assert not download(declaring_front, tightening(Tightening.QUARANTINE_EXPORTS)).is_whole
    wait_until(lambda: gateway.events()[-1]["event"]["action"] == "close", 5)
    assert gateway.events()[-1]["event"]["reason"] == "export_quarantined"
    gateway.tighten()
