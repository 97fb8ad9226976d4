"""`python -m tests.evasion.record`: write down anew what the demo systems answer, byte for byte, of the planted person.

The recordings are what `test_differential.py` mutates and replays; they are committed, so that a run needs no system.
"""

import contextlib
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from deploy.demo.hall import command as hall
from deploy.demo.hall.environment import files_in as hall_in
from deploy.demo.register.database import command, files_in, make_register
from tests.evasion.recorded import RECORDED, RECORDINGS, Recording
from tests.gateway import ROOT, raw
from tests.ports import free_port
from tests.servers import serving
from tests.spellings import ADDRESS, CARD, ID_NO, MOBILE, NAME

RESIDENTS, SEED = 40, 20261123
SELF = {"register": "register.localhost", "hall": "hall.localhost"}
PLANT = {
    "register": (
        "UPDATE residents SET name = :name, id_no = :id_no, mobile = :mobile, bank_card = :card, address = :address,"
        " remark = :remark WHERE id = 1",
        "UPDATE households SET head_name = :name, address = :address WHERE id = 1",
    ),
    "hall": (
        "UPDATE hall_application SET applicant = :name, id_no = :id_no, mobile = :mobile, address = :address,"
        " note = :remark WHERE id = 1",
    ),
}
PERSON = {
    "name": NAME, "id_no": ID_NO, "mobile": MOBILE, "card": CARD, "address": ADDRESS, "remark": f"{NAME}来电{MOBILE}",
}  # fmt: skip


def plant(database: Path, system: str) -> None:
    """Let the first row of each table be about the planted person."""
    with contextlib.closing(sqlite3.connect(database)) as opened, opened:
        for statement in PLANT[system]:
            opened.execute(statement, PERSON)


@contextlib.contextmanager
def systems(home: Path) -> Iterator[dict[str, int]]:
    """The ports of the demo systems, with nothing in front of them."""
    ports = {name: free_port() for name in SELF}
    make_register(home / "register", residents=RESIDENTS, seed=SEED)
    database = files_in(home / "register").database
    plant(database, "register")
    subprocess.run(hall.prepare_command(home / "hall", SEED), cwd=ROOT, check=True)
    plant(hall_in(home / "hall").database, "hall")
    with contextlib.ExitStack() as running:
        register = command(database, ports["register"])
        running.enter_context(
            serving(register, f"http://127.0.0.1:{ports['register']}/", home / "register.log"),
        )
        serve = hall.command(home / "hall", ports["hall"], SELF["hall"])
        running.enter_context(serving(serve, f"http://127.0.0.1:{ports['hall']}/admin/login/", home / "hall.log"))
        yield ports


def ask(port: int, recording: Recording, cookies: str, body: bytes = b"") -> bytes:
    """The answer, byte for byte."""
    lines = [f"{recording.method} {recording.target} HTTP/1.1", f"Host: {SELF[recording.system]}", "Connection: close"]
    lines += [f"Cookie: {cookies}"] if cookies else []
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return raw(port, "\r\n".join([*lines, "", ""]).encode() + body)


def cookies_of(answer: bytes) -> dict[str, str]:
    return dict(re.findall(r"(?im)^set-cookie: (\w+)=([^;\r]*)", answer.decode("utf-8", "replace")))


def signed_in(port: int, home: Path) -> str:
    """The cookies of somebody who has signed in to the hall."""
    page = Recording("hall", "/admin/login/?next=/admin/")
    first = ask(port, page, "")
    held = cookies_of(first)
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', first.decode()))
    password = hall_in(home / "hall").password.read_text().strip()
    form = {"csrfmiddlewaretoken": token, "username": "clerk", "password": password, "next": "/admin/"}
    cookies = "; ".join(f"{name}={value}" for name, value in held.items())
    held |= cookies_of(ask(port, Recording("hall", page.target, "POST"), cookies, urlencode(form).encode()))
    return "; ".join(f"{name}={value}" for name, value in held.items())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, systems(Path(folder)) as ports:
        cookies = {"register": "", "hall": signed_in(ports["hall"], Path(folder))}
        RECORDINGS.mkdir(exist_ok=True)
        for name, recording in RECORDED.items():
            if recording.is_made_by_hand:
                continue
            answer = ask(ports[recording.system], recording, cookies[recording.system])
            (RECORDINGS / f"{name}.http").write_bytes(answer)
            print(name, answer.split(b"\r\n", 1)[0].decode(), len(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
