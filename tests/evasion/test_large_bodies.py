"""Exports of any size pass masked in bounded memory: what a real worker's memory rises to is what its kernel says."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended, reads
from tests.scripted import Asked, Connection, Script, answering

MIB = 1024 * 1024
SIZE = int(os.environ.get("YINGBI_TEST_EXPORT_MIB", "64")) * MIB
"""Of the export in CSV; the long proof takes a gibibyte. The others are a quarter of it."""
MOST_MORE = 64 * MIB
"""That the worker may need for one, and no more than half of it."""
PIECE = 512 * 1024
HOST = b"\r\nHost: people.localhost\r\n"

_PERSON = f'"name":"{NAME}","id_no":"{ID_NO}","mobile":"{MOBILE}"'
_XML = f"<person><name>{NAME}</name><id_no>{ID_NO}</id_no><mobile>{MOBILE}</mobile></person>\n"
EXPORTS: dict[str, tuple[str, str, bytes, bytes, bytes]] = {
    "csv": ("/export", "text/csv", b"id,name,id_no,mobile\r\n", f"1,{NAME},{ID_NO},{MOBILE}\r\n".encode(), b""),
    "ndjson": ("/export", "application/x-ndjson", b"", f'{{"id":1,{_PERSON}}}\n'.encode(), b""),
    "json": ("/people", "application/json", b'{"items":[', f'{{"id":1,{_PERSON}}},'.encode(), b'{"id":2}]}'),
    "xml": ("/report", "application/xml", b"<people>", _XML.encode(), b"</people>"),
}
"""Target, type, beginning, row and end."""


def exporting(name: str, size: int, sent: list[int] | None = None) -> Script:
    """A script that sends *size* bytes of an export, and notes in *sent* how many have gone."""
    _, content_type, head, row, tail = EXPORTS[name]
    piece = row * (PIECE // len(row))

    def script(connection: Connection, asked: Asked) -> None:
        said = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        pieces: Iterator[bytes] = iter([head, *[piece] * (size // len(piece)), tail])
        try:
            connection.raw.sendall(said.encode())
            for each in filter(None, pieces):
                connection.raw.sendall(b"%x\r\n%s\r\n" % (len(each), each))
                if sent is not None:
                    sent.append(len(each))
            connection.raw.sendall(b"0\r\n\r\n")
        except OSError:
            return

    return script


def memory_of(rig: Rig, what: str) -> int:
    """Bytes of the worker's memory: `VmRSS`, or `VmHWM`, the most that it was since it was last forgotten."""
    status = Path(f"/proc/{rig.gateway.workers[0].pid}/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0]) * 1024


def forget_peak(rig: Rig) -> int:
    """Bytes that the worker needs now; its peak begins anew."""
    Path(f"/proc/{rig.gateway.workers[0].pid}/clear_refs").write_text("5")
    return memory_of(rig, "VmRSS")


def received(port: int, target: str) -> tuple[int, bytes, set[bytes]]:
    """How many bytes come, the last of them, and which pieces of *planted* persons were among them."""
    planted = [NAME.encode(), ID_NO.encode(), MOBILE.encode()]
    count, end, told = 0, b"", set()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET " + target.encode() + b" HTTP/1.1" + HOST + b"Connection: close\r\n\r\n")
        while piece := connection.recv(MIB):
            count += len(piece)
            told |= {each for each in planted if each in end + piece}
            end = (end + piece)[-64:]
    return count, end, told


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_passes_in_bounded_memory(exporting_rig: Rig, name: str) -> None:
    rig, target = exporting_rig, EXPORTS[name][0]
    size = SIZE if name == "csv" else SIZE // 4
    rig.behind.script = exporting(name, 4 * MIB)
    received(rig.gateway.port, target)
    rig.behind.script = exporting(name, size)
    before = forget_peak(rig)
    count, end, told = received(rig.gateway.port, target)
    more = memory_of(rig, "VmHWM") - before
    print(f"{name}: {size // MIB} MiB passed with {more / MIB:.1f} MiB more")
    assert count > size // 2
    assert end.endswith(b"\r\n0\r\n\r\n")
    assert not told
    assert more < min(MOST_MORE, size // 2)


def test_a_caller_who_takes_nothing_holds_the_system_behind_back(exporting_rig: Rig) -> None:
    rig, sent = exporting_rig, list[int]()
    rig.behind.script = exporting("csv", SIZE, sent)
    before = forget_peak(rig)
    with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /export HTTP/1.1" + HOST + b"\r\n")
        assert connection.recv(1)
        most = -1
        while most != (most := sum(sent)):  # until nothing more is taken for half a second
            threading.Event().wait(0.5)
    assert most < SIZE // 4
    assert memory_of(rig, "VmHWM") - before < min(MOST_MORE, SIZE // 2)


def test_a_page_is_held_as_far_as_its_operation_says(exporting_rig: Rig) -> None:
    page = f"<p>{NAME} {MOBILE}</p>".encode() + b"<!-- " + b"x" * 1000 + b" -->"
    body = page * (6 * MIB // len(page))
    rig = exporting_rig
    assert reads(rig.ask(answering(body, "text/html"), target="/people"))[0] == 200, "it had begun"
    assert rig.gateway.events()[-1]["event"]["reason"] == "answer_too_large"
    answer = rig.ask(answering(body, "text/html"), target="/large")
    assert (reads(answer)[0], ended(answer)) == (200, True)
    assert MOBILE.encode() not in answer
    assert b"</p>" in answer
    rig.ask(answering(body * 2, "text/html"), target="/large")
    assert rig.gateway.events()[-1]["event"]["reason"] == "answer_too_large"
