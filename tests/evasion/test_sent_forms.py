"""Forms in parts over real sockets: what arrives behind is what was decided about, however it was cut on its way."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway import CLERK_KEY
from tests.patience import PATIENCE_S
from tests.policies.compiled import GOOD
from tests.rig import Rig, reads, rigged
from tests.scripted import answering

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--\r\n\xff"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A system whose form takes a picture."""
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    system = policies / "systems" / "people.yaml"
    takes_a_picture = "      city: {category: public, files: {types: [image/png], most_kib: 1}}\n"
    system.write_text(system.read_text("utf-8").replace("      city: public\n", takes_a_picture), "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        made.behind.script = answering(b"{}")
        yield made


def part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--xx\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


PICTURE = '; filename="张.png"\r\nContent-Type: image/png'
END = b"--xx--\r\n"
FORM = part("name", "王新来".encode()) + part("city", PNG, PICTURE) + part("note", b"1\r\n2") + END
TYPE = "Content-Type: multipart/form-data; boundary=xx\r\n"


def post(rig: Rig, body: bytes, headers: str = TYPE) -> tuple[int, bytes]:
    answer = rig.ask(target="/people", method="POST", headers=f"X-API-Key: {CLERK_KEY}\r\n{headers}", body=body)
    status, _, said = reads(answer)
    return status, said


def test_a_form_without_masks_arrives_byte_for_byte(rig: Rig) -> None:
    assert post(rig, FORM)[0] == 200
    (asked,) = rig.behind.asked
    assert asked.body == FORM
    assert asked.headers["content-type"] == "multipart/form-data; boundary=xx"


@pytest.mark.parametrize("step", [1, 7, 64])
def test_however_it_is_cut(rig: Rig, step: int) -> None:
    """In pieces, and in chunks of which each is a piece: the same arrives, and the same is refused."""
    masked = part("city", PNG, PICTURE) + part("mobile", b"138****9999") + END
    for form, status in ((FORM, b"200"), (masked, b"409")):
        for chunked in (False, True):
            pieces = [form[at : at + step] for at in range(0, len(form), step)]
            framed = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces] + [b"0\r\n\r\n"]
            length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(form)}"
            head = f"POST /people HTTP/1.1\r\nHost: people.localhost\r\nX-API-Key: {CLERK_KEY}\r\n{TYPE}{length}\r\n"
            rig.behind.asked.clear()
            with socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
                for piece in framed if chunked else pieces:
                    connection.sendall(piece)
                assert connection.recv(12) == b"HTTP/1.1 " + status
            assert [asked.body for asked in rig.behind.asked] == ([FORM] if status == b"200" else [])


MASKED = part("mobile", b"138****9999")
UNREADABLE = {
    "a mask before the first boundary": MASKED[:-2] + b"\r\n" + FORM.replace(b"--xx", b"--yy"),
    "a mask behind the end": FORM + MASKED + END,
    "a mask behind another end": FORM[:-2] + b"\n" + MASKED + END,
    "a mask behind a bare line feed": part("note", b"x\n" + MASKED) + END,
    "a mask behind a boundary with a blank": part("note", b"x\r\n" + MASKED.replace(b"--xx", b"--xx ")) + END,
    "a mask behind a longer boundary": part("note", b"x\r\n" + MASKED.replace(b"--xx", b"--xxx")) + END,
    "a mask in parts of a part": (
        part("note", b"--yy\r\nContent-Disposition: form-data; name=\"mobile\"\r\n\r\n138****9999\r\n--yy--",
             "\r\nContent-Type: multipart/mixed; boundary=yy") + END
    ),
    "a mask in base64": part("mobile", b"MTM4KioqKjk5OTk=", "\r\nContent-Transfer-Encoding: base64") + END,
    "a mask in UTF-7": part("mobile", b"138+ACoAKgAqACo-9999", "\r\nContent-Type: text/plain; charset=utf-7") + END,
    "a mask in a charset that the form names": part("_charset_", b"utf-7") + part("mobile", b"138+ACoAKgAqACo-9999") + END,
    "a mask under a name in two spellings": part("x", b"138****9999", "; name*=utf-8''mobile") + END,
    "a mask under a name in pieces": part("x", b"138****9999", '; name*0="mob"; name*1="ile"') + END,
    "a mask under two names": part("x", b"138****9999", '; name="mobile"') + END,
    "a mask under a name twice in the head": part("x", b"138****9999", '\r\nContent-Disposition: form-data; name="mobile"') + END,
    "a mask under an escaped name": part("mob\\ile", b"138****9999") + END,
    "a part without an end": FORM[:-8],
    "very many parts": part("note", b"") * 3000 + END,
    "a head without an end": b"--xx\r\nContent-Disposition: form-data; name=\"a\"" + b" " * 100_000 + b"\r\n\r\nx\r\n" + END,
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_two_servers_could_read_differently_is_not_sent_on(rig: Rig, case: str) -> None:
    status, said = post(rig, UNREADABLE[case])
    assert (status, b"body_unreadable" in said) == (400, True)
    assert not rig.behind.asked


REFUSED = {
    "a mask": (MASKED + END, TYPE, 409, b"mask_returned"),
    "a mask that is called a file": (part("mobile", b"138****9999", '; filename="x"') + END, TYPE, 415, b"file_refused"),
    "a mask in a file": (part("city", b"138****9999", PICTURE) + END, TYPE, 415, b"file_refused"),
    "a mask in a list": (
        part("city", b"mobile\r\n138****9999", '; filename="x.csv"\r\nContent-Type: text/csv') + END, TYPE, 415, b"file_refused",
    ),
    "a file in a sealed control": (part("yingbi-sealed", PNG, PICTURE) + END, TYPE, 415, b"file_refused"),
    "a large picture": (part("city", PNG + b"\0" * 1024, PICTURE) + END, TYPE, 415, b"file_refused"),
    "two boundaries": (MASKED + END, TYPE.replace("xx", "yy; boundary=xx"), 400, b"body_unreadable"),
    "a boundary in quotation marks": (MASKED + END, TYPE.replace("xx", '"xx"'), 400, b"body_unreadable"),
    "no boundary": (MASKED + END, "Content-Type: multipart/form-data\r\n", 400, b"body_unreadable"),
    "two types": (MASKED + END, f"Content-Type: text/plain\r\n{TYPE}", 415, b"body_not_declared"),
    "two types, the other way round": (MASKED + END, f"{TYPE}Content-Type: text/plain\r\n", 415, b"body_not_declared"),
    "another kind of parts": (MASKED + END, TYPE.replace("form-data", "mixed"), 415, b"body_not_declared"),
    "a form in another charset": (
        b"mobile=138%2BACoAKgAqACo-9999", "Content-Type: application/x-www-form-urlencoded; charset=utf-7\r\n", 400, b"body_unreadable",
    ),
    "JSON in another charset": (
        b'{"mobile":"138+ACoAKgAqACo-9999"}', "Content-Type: application/json; charset=utf-7\r\n", 400, b"body_unreadable",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_and_never_sent_on(rig: Rig, case: str) -> None:
    body, headers, status, reason = REFUSED[case]
    assert (reason in post(rig, body, headers)[1], post(rig, body, headers)[0]) == (True, status)
    assert not rig.behind.asked


@pytest.mark.parametrize("target", ["/people/138****9999", "/people/%2A%2A%2A", "/people/%E5%BC%A0**"])
def test_a_mask_in_a_path_leads_nowhere(rig: Rig, target: str) -> None:
    status, _, said = reads(rig.ask(target=target))
    assert (status, b"mask_returned" in said) == (409, True)
    assert not rig.behind.asked


def test_no_value_of_a_form_is_written_down(rig: Rig) -> None:
    written = f"{rig.gateway.events()}{rig.gateway.said()}"
    assert not any(value in written for value in ("王新来", "张.png", "138****9999"))
