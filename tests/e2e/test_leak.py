"""The second command, on either index: a leak is noticed, contained, graded and explained in public; nothing leaks."""

import base64
import contextlib
import fcntl
import json
import re
import sqlite3
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from siem.record.log import StartId, read_segment, seed_of
from tests.console.browser import Page, fields_of, page_of
from tests.gateway import wait_until
from tests.installation import Installation, installation
from tests.patience import PATIENCE_S
from yingbi.clock import now
from yingbi.first_accounts import first_password
from yingbi.home import Home
from yingbi.keys.handling import KeyStore

pytestmark = pytest.mark.system


@dataclass(frozen=True, slots=True)
class Played:
    """A leak that was played."""

    on: Installation
    code: int
    said: str


@pytest.fixture(scope="module", params=["sqlite", "elasticsearch"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    if request.param == "elasticsearch":
        request.getfixturevalue("elasticsearch_parts")
    with installation(tmp_path_factory.mktemp("home"), "--index", request.param, forked=True) as made:
        ended = made.run("demo", "leak")
        yield Played(made, ended.returncode, ended.stdout + ended.stderr)


def test_the_whole_road_is_walked(played: Played) -> None:
    assert played.code == 0, played.said
    for step in ("1. ", "2. 告警 A-", "3. 控制", "4. 案件 C-", "5. 通告"):
        assert step in played.said
    assert "/notices/N-" in played.said


def test_a_pipe_gets_no_progress(played: Played) -> None:
    assert "\r" not in played.said


def test_the_alert_came_and_the_key_was_refused(played: Played) -> None:
    (case,) = played.on.status()["cases"]
    assert case["state"] == "contained"
    assert case["persons"] >= 300
    assert case["published"] == 1
    (caller,) = case["callers"]
    with played.on.client(credential=played.on.credential(caller)) as thief:
        answer = thief.get("/register/residents.json")
        assert (answer.status_code, answer.json()["reason"]) == (403, "caller_blocked")
    with played.on.client(credential=played.on.credential("clerk")) as other:
        assert other.get("/register/residents.json?_size=1").status_code == 200


def test_the_public_can_read_the_notice_and_it_names_nobody(played: Played) -> None:
    (case,) = played.on.status()["cases"]
    trusted = ssl.create_default_context(cafile=str(played.on.home / "tls" / "ca.pem"))
    page = httpx.get(
        f"{played.on.status()['addresses']['bulletin']}/notices/{case['notice']}", verify=trusted, timeout=PATIENCE_S
    )
    assert page.status_code == 200
    assert f"{case['persons']:,}" in page.text
    assert "居民登记册" in page.text
    assert "0571-00001234" in page.text
    assert case["callers"][0] not in page.text


def test_a_citizen_who_signs_in_learns_whether_the_leak_affects_them(played: Played) -> None:
    assert "yingbi demo credential citizen" in played.said

    def told(citizen: httpx.Client) -> str:
        return str(citizen.get("/.yingbi/affected").json().get("answer"))

    on = played.on
    with on.client(credential=on.credential("citizen")) as citizen:
        wait_until(lambda: told(citizen) == "found", 30)
    with on.client(credential=on.credential("citizen-other")) as citizen:
        assert told(citizen) == "not_found"


def test_a_second_leak_takes_another_key(played: Played) -> None:
    ended = played.on.run("demo", "leak", "--leave-notice")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    newest = played.on.status()["cases"][0]
    assert newest["published"] == 0
    assert f"/cases/{newest['id']}/notice" in ended.stdout


def test_the_staff_on_duty_find_who_saw_whom_in_the_console(played: Played) -> None:
    """From the alert to its events, to an export, and to everybody who saw one of the persons; all of it recorded."""
    status = played.on.status()
    case = status["cases"][-1]
    (thief,) = case["callers"]
    person = _residents(played.on.home)[0]
    with _at_the_console(played, "oncall") as desk:
        alert = page_of(desk.get(f"/alerts/{case['alerts'][0]}"))
        (address,) = {link for link in _links(alert) if link.startswith("/events?about=")}
        found = page_of(desk.get(address))
        assert thief in found.text()
        assert re.search(r"共 [\d,]+ 条", found.text())
        exported = desk.post("/events/export", data={**fields_of(found.by_id("export")), "format": "jsonl"})
        rows = [json.loads(line) for line in exported.text.splitlines()]
        assert rows
        assert {row["caller"] for row in rows} == {thief}
        wait_until(lambda: "没有在 5 秒内答复" not in desk.get("/figures").text, 20)
        assert thief in desk.get("/figures").text
        form = {**fields_of(page_of(desk.get("/people")).by_id("look-up")), "identifier": person, "basis": "演练-1"}
        seen = page_of(desk.post("/people", data=form))
        assert thief in seen.text()
        number = re.search(r"编号 ([0-9A-Z]+-\d+)。", seen.text())
        assert number is not None
        assert person not in seen.response.text
        wait_until(lambda: desk.get(f"/events/{number[1]}").status_code == 200, 20)
        assert "演练-1" in page_of(desk.get(f"/events/{number[1]}")).text()
        assert re.search(r"封存到第 [\d,]+ 条", page_of(desk.get("/system")).text())


def _residents(home: Path) -> list[str]:
    """The numbers of the people of the register's own database."""
    database = sqlite3.connect(f"file:{home / 'demo' / 'register' / 'register.db'}?mode=ro", uri=True)
    rows = database.execute("SELECT id_no FROM residents ORDER BY id").fetchall()
    database.close()
    return [row[0] for row in rows]


def _links(page: Page) -> list[str]:
    return [each.get("href") or "" for each in page.all("a")]


@contextlib.contextmanager
def _at_the_console(played: Played, name: str) -> Iterator[httpx.Client]:
    """A client of the console in which *name* has signed in."""
    trusted = ssl.create_default_context(cafile=str(played.on.home / "tls" / "ca.pem"))
    console = played.on.status()["addresses"]["console"]
    headers = {"Origin": console, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=console, verify=trusted, headers=headers, trust_env=False, timeout=30) as client:
        client.follow_redirects = True
        form = fields_of(page_of(client.get("/sign-in")).by_id("sign-in"))
        password = first_password(Home(played.on.home), name)
        answer = client.post("/sign-in", data={**form, "name": name, "password": password})
        assert answer.status_code == 200
        assert "总览" in answer.text
        yield client


def test_two_thieves_at_once_are_refused(played: Played) -> None:
    with (played.on.home / "demo" / "leak.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        ended = played.on.run("demo", "leak")
    assert ended.returncode == 3
    assert "already" in ended.stderr


def test_the_log_holds_together(played: Played) -> None:
    for folder in (played.on.home / "log").iterdir():
        chain = seed_of(StartId(folder.name))
        for segment in sorted(folder.glob("*.log")):
            for line in read_segment(segment, chain=chain):
                chain = line.chain


def test_no_file_holds_a_value_of_anybody(played: Played) -> None:
    """INVARIANT 3, over everything that was written: only the systems' own databases know the people."""
    register = played.on.home / "demo" / "register" / "register.db"
    database = sqlite3.connect(f"file:{register}?mode=ro", uri=True)
    rows = database.execute("SELECT id_no, mobile, bank_card, email, address, name FROM residents").fetchall()
    database.close()
    values = {value for row in rows for value in row[:5]} | {row[5] for row in rows if len(row[5]) > 2}
    assert [(name, values & _words(text)) for name, text in _written(played.on.home) if values & _words(text)] == []


def test_no_file_holds_what_callers_sent(played: Played) -> None:
    """Queries, paths, headers, bodies and credentials, of requests that are answered and of those that are not."""
    number, word, key = "33010219900101803X", "canaryzxqv", "ybk_canary-zxqv-0123456789"
    table = "/register/residents"
    with played.on.client(credential=played.on.credential("clerk")) as clerk:
        for path in (
            *(f"{table}?_search={word}", f"{table}.json?_search={number}", f"{table}?id_no={number}"),
            *(f"{table}/{number}", f"/{word}/{number}", f"{table}?{word}={number}", f"/register?sql=select+{word}"),
        ):
            assert clerk.get(path, headers={"X-Note": word, "Cookie": f"note={word}", "User-Agent": word}).status_code
        assert clerk.post(f"{table}/insert", json={"row": {"name": word, "id_no": number}}).status_code == 403
    with played.on.client(credential=key) as stranger:
        assert stranger.get(table).status_code == 401
    with played.on.client("hall") as nobody:
        assert nobody.post("/admin/login/", data={"username": word, "password": key}).status_code
    wait_until(lambda: played.on.status()["shipping"]["behind_bytes"] == 0, 10)
    sent = {number, word, key}
    found = [(name, value) for name, text in _written(played.on.home) for value in sent if value in text]
    assert found == []


def test_no_file_outside_the_keys_and_no_output_holds_a_key(played: Played, tmp_path: Path) -> None:
    """After keys were rotated, revoked and escrowed while everything runs; whatever is written by then is searched."""
    places = [tmp_path / name for name in ("backup", "one", "two", "three")]
    for place in places:
        place.mkdir()
    home, said = Home(played.on.home), []
    store = KeyStore(home, now)
    revoked = store.data_keys("hall").current.id
    for arguments in (
        ["rotate", "--all"],
        ["revoke", "--system", "hall", "--key", revoked, "--reason", "演练"],
        ["rotate", "--root"],
        ["escrow", "--to", str(places[0]), "--shares", *map(str, places[1:])],
        ["status", "--json"],
        ["status"],
    ):
        ended = played.on.run("keys", *arguments)
        assert ended.returncode == 0, ended.stderr
        said.append(ended.stdout + ended.stderr)
    with played.on.client(credential=played.on.credential("clerk")) as clerk:
        assert clerk.get("/register/residents").status_code == 200
    assert played.on.status()["keys"]["root"]["id"] == "root-2"
    keys = [path.read_bytes() for path in home.keys.glob("*.key")]
    keys += [key._secret for name in store.systems() for key in store.data_keys(name, with_revoked=True)]
    assert len(keys) > 8
    texts = {str(number): text.encode() for number, text in enumerate(said)}
    texts |= {path.name: path.read_bytes() for place in places for path in place.iterdir()}
    outside = (path for path in home.root.rglob("*") if path.is_file() and not path.is_relative_to(home.keys))
    texts |= {str(path): path.read_bytes() for path in outside}
    forms = [form for key in keys for form in _forms_of(key)]
    assert [name for name, data in texts.items() if any(form in data for form in forms)] == []


def test_the_index_is_rebuilt_while_callers_go_on(played: Played, request: pytest.FixtureRequest) -> None:
    """By the command that an operator types, on the index that is set; what is written meanwhile is in it as well."""
    index = request.node.callspec.params["played"]
    settings = played.on.home / "yingbi.toml"
    settings.write_text(settings.read_text("utf-8").replace('index = "sqlite"', f'index = "{index}"'), "utf-8")
    stop = threading.Event()

    def go_on() -> None:
        with played.on.client(credential=played.on.credential("clerk")) as clerk:
            while not stop.wait(0.05):
                assert clerk.get("/register/residents.json?_size=1").status_code == 200

    with ThreadPoolExecutor(1) as callers:
        calling = callers.submit(go_on)
        try:
            rebuilt = played.on.run("log", "reindex")
        finally:
            stop.set()
        calling.result()
    assert (rebuilt.returncode, "100 %" in rebuilt.stdout) == (0, True), rebuilt.stderr
    wait_until(lambda: not played.on.status()["shipping"]["behind_bytes"], 30)
    verified = played.on.run("log", "verify", "--index", "--json")
    told = json.loads(verified.stdout)["index"]
    assert (verified.returncode, told["same"], told["compared"] > 0) == (0, True, True)


def _forms_of(key: bytes) -> Iterator[bytes]:
    """How *key* would look where somebody wrote it down: as it is, in hexadecimal, in base 64 wherever it begins."""
    yield from (key, key.hex().encode(), key.hex().upper().encode(), repr(key)[2:-1].encode())
    for encoded in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            text = encoded(bytes(before) + key)
            yield text[4 if before else 0 : len(text) // 4 * 4 - 4]


def _written(home: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every file of the installation but the demo's own, and but the search node's.

    The node's files are compressed: what it was given is what lies in the log.
    """
    for path in home.rglob("*"):
        if path.is_file() and not any(path.is_relative_to(home / each) for each in ("demo", "elasticsearch")):
            yield str(path.relative_to(home)), path.read_bytes().decode("utf-8", "replace")


def _words(text: str) -> set[str]:
    """Every piece of *text* that could be one of the values: numbers, addresses of either kind, runs of Han."""
    words = set(re.findall(r"[0-9Xx]{11,19}", text)) | set(re.findall(r"[\w.+-]+@[\w.-]+", text))
    for run in re.findall("[\u4e00-\u9fff·0-9]{3,}", text):
        words |= {run[start : start + length] for length in range(3, 9) for start in range(len(run) - length + 1)}
        words.add(run)
    return words
