"""Fields that a real application stores encrypted and knows nothing of it: added, found, edited, and read by the right
people; its database holds no plain value."""

import contextlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from policies.keys.keyring import read_keyring, rotated, write_keyring
from policies.keys.root_key import file_root_key, root_path
from proxy.keys_in_force import ring_path
from tests.gateway import BATCH_KEY, CLERK_KEY, Gateway, gateway, raw, wait_until
from tests.ports import free_port
from tests.rig import reads
from tests.servers import serving

POLICIES = Path(__file__).parent / "policies"
DOCTOR, RESEARCHER, WINDOW = BATCH_KEY, CLERK_KEY, "ybk_window-three-of-the-clinic"
"""Who sees values, who tokens of them, who masks."""
CARD, NAME, MOBILE, DIAGNOSIS = "P-000017", "陈杰涛", "13800138000", "二型糖尿病"
PATIENT = {"card": CARD, "name": NAME, "mobile": MOBILE, "diagnosis": DIAGNOSIS}
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
TOKEN = re.compile(r"[ysd]1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+")


@dataclass
class Clinic:
    """The application behind a gateway, and its database."""

    gateway: Gateway
    database: Path

    def ask(
        self, method: str, target: str, body: object = None, *, key: str = "", form: bool = False
    ) -> tuple[int, dict[str, str], str]:
        data = b"" if body is None else urlencode(body).encode() if form else json.dumps(body).encode()  # type: ignore[arg-type]
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        auth = f"Authorization: Bearer {key}\r\n" if key else ""
        sent = f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n" if data else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: clinic.localhost\r\nConnection: close\r\n{auth}{sent}\r\n"
        status, headers, answer = reads(raw(self.gateway.port, head.encode() + data))
        return status, headers, answer.decode()

    def rows(self) -> list[dict[str, str]]:
        """What lies in the database."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute("SELECT * FROM patients ORDER BY id")]

    def put(self, column: str, value: str, number: int = 1) -> None:
        """Let the database hold *value*, as whoever can write to it could."""
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.execute(f"UPDATE patients SET {column} = ? WHERE id = ?", (value, number))

    def one(self, key: str = "", number: int = 1) -> dict[str, str]:
        status, _, body = self.ask("GET", f"/patients/{number}", key=key)
        assert status == 200, body
        found: dict[str, str] = json.loads(body)
        return found

    def found(self, query: str, key: str) -> int | str:
        """How many patients are found, or why none may be looked for."""
        status, _, body = self.ask("GET", f"/patients?{query}", key=key)
        told = json.loads(body)
        return len(told["patients"]) if status == 200 else told["reason"]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    database, port = tmp_path / "clinic.sqlite", free_port()
    command = [sys.executable, "-m", "tests.stored.clinic", str(database), str(port)]
    with (
        serving(command, f"http://127.0.0.1:{port}/patients", tmp_path / "clinic.log"),
        gateway(tmp_path / "home", {"clinic": port}, policies=POLICIES) as running,
    ):
        made = Clinic(running, database)
        status, _, body = made.ask("POST", "/patients", PATIENT, key=DOCTOR)
        assert status == 201, body
        assert json.loads(body) == {"id": 1, **PATIENT}
        yield made


def test_the_database_holds_no_plain_value(clinic: Clinic) -> None:
    data = b"".join(path.read_bytes() for path in clinic.database.parent.glob("clinic.*"))
    assert CARD.encode() in data
    for plain in (NAME, MOBILE, DIAGNOSIS, MOBILE[3:], NAME[1:]):
        assert plain.encode() not in data
    (row,) = clinic.rows()
    assert [row[name].split(".")[0] for name in ("name", "mobile", "diagnosis")] == ["s1", "d1", "y1"]


def test_each_caller_sees_what_is_decided_of_the_true_value(clinic: Clinic) -> None:
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT}
    assert clinic.one() == {"id": 1, "card": CARD, "name": "陈**", "mobile": "138****8000", "diagnosis": "***"}
    shown = clinic.one(RESEARCHER)
    assert TOKEN.fullmatch(shown["mobile"])
    assert shown["mobile"] == clinic.one(RESEARCHER)["mobile"] != clinic.rows()[0]["mobile"]
    assert shown["name"] != clinic.one(RESEARCHER)["name"]
    assert shown["diagnosis"] == "***"


def test_equal_values_are_found_and_nothing_else_is_asked(clinic: Clinic) -> None:
    clinic.ask("POST", "/patients", {**PATIENT, "card": "P-2", "mobile": "13900139000"}, key=DOCTOR)
    assert clinic.found(f"mobile={MOBILE}", DOCTOR) == 1
    assert clinic.found("mobile=13700137000", DOCTOR) == 0
    assert clinic.found("mobile__startswith=138", DOCTOR) == "question_about_hidden_field"
    assert (
        clinic.found(urlencode({"name": NAME}), DOCTOR) == "question_about_hidden_field"
    )  # one value is stored in many ways
    token = clinic.one(RESEARCHER)["mobile"]
    assert clinic.found(f"mobile={token}", RESEARCHER) == 1
    assert clinic.found(f"mobile={token[:-1]}", RESEARCHER) == "mask_returned"
    assert clinic.found(f"mobile={clinic.rows()[0]['mobile']}", RESEARCHER) == "mask_returned"  # not what is shown
    assert clinic.found(f"mobile__startswith={token}", RESEARCHER) == "mask_returned"
    assert clinic.found(f"mobile={MOBILE}", RESEARCHER) == "question_about_hidden_field"
    for query, key in ((f"mobile={token}", ""), (f"mobile={token}", DOCTOR), (f"id={token}", RESEARCHER)):
        assert clinic.found(query, key) == "mask_returned"
    assert clinic.found(f"{token}=1", RESEARCHER) == "mask_returned"
    for altered in (token.upper(), f"x {token}", token.translate(FULL_WIDTH)):
        assert clinic.found(urlencode({"mobile": altered}), RESEARCHER) == "mask_returned"
    status, _, body = clinic.ask("GET", f"/patients/{token}", key=RESEARCHER)
    assert (status, json.loads(body)["reason"]) == (409, "mask_returned")


def test_a_token_that_comes_back_is_what_it_stands_for(clinic: Clinic) -> None:
    shown = clinic.one(RESEARCHER)
    sent = {"card": CARD, "name": shown["name"], "mobile": shown["mobile"], "diagnosis": "复诊"}
    assert clinic.ask("PUT", "/patients/1", sent, key=RESEARCHER)[0] == 200
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT, "diagnosis": "复诊"}
    for altered in ({**sent, "mobile": shown["mobile"][:-2] + "AA"}, {**sent, "name": shown["mobile"]}):
        status, _, body = clinic.ask("PUT", "/patients/1", altered, key=RESEARCHER)
        assert (status, json.loads(body)["reason"]) == (409, "mask_returned")
    status, _, body = clinic.ask("PUT", "/patients/1", sent, key=DOCTOR)  # who was shown no token has none
    assert (status, json.loads(body)["reason"]) == (409, "mask_returned")
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT, "diagnosis": "复诊"}


@pytest.mark.parametrize("is_form", [False, True], ids=["JSON", "form"])
def test_a_token_that_was_moved_or_altered_is_never_stored_as_a_value(clinic: Clinic, *, is_form: bool) -> None:
    """Neither in the system nor encrypted: what somebody was shown would take the place of what is true."""
    before, token = clinic.rows(), clinic.one(RESEARCHER)["mobile"]
    method, target = ("POST", "/patients/1/edit") if is_form else ("PUT", "/patients/1")
    altered = [token, token.upper(), f"x {token} y", token.translate(FULL_WIDTH), token[:-20], token[:16], token[3:]]
    for place, value in [(name, value) for name in ("card", "mobile", "diagnosis") for value in altered]:
        if (place, value) == ("mobile", token):
            continue  # there it belongs
        status, _, body = clinic.ask(method, target, {place: value}, key=RESEARCHER, form=is_form)
        assert (status, json.loads(body)["reason"]) == (409, "mask_returned"), (place, value)
    status, _, body = clinic.ask(method, target, {token: "x"}, key=RESEARCHER, form=is_form)
    assert (status, json.loads(body)["reason"]) == (409, "mask_returned")
    assert clinic.rows() == before


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input[^>]*name="?([\w-]+)"?[^>]*value="([^"]*)"', page))


@pytest.mark.parametrize("key", [DOCTOR, RESEARCHER, WINDOW], ids=["clear", "tokens", "masks"])
def test_a_form_that_nobody_touched_changes_no_value(clinic: Clinic, key: str) -> None:
    before = clinic.rows()
    status, _, page = clinic.ask("GET", "/patients/1/edit", key=key)
    assert status == 200
    form = form_of(page)
    if key == DOCTOR:
        assert {name: form[name] for name in PATIENT} == PATIENT
    else:
        assert not any(plain in page for plain in (NAME, MOBILE, DIAGNOSIS))
    assert not any(row[name] in page for row in before for name in ("name", "mobile", "diagnosis"))
    status, _, body = clinic.ask("POST", "/patients/1/edit", form, key=key, form=True)
    assert status == 303, body
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT}
    assert clinic.rows()[0]["mobile"] == before[0]["mobile"]


def test_one_field_of_a_form_is_changed_and_the_others_stay(clinic: Clinic) -> None:
    form = {**form_of(clinic.ask("GET", "/patients/1/edit", key=WINDOW)[2]), "mobile": "13900139000"}
    assert clinic.ask("POST", "/patients/1/edit", form, key=WINDOW, form=True)[0] == 303
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT, "mobile": "13900139000"}
    assert "13900139000" not in str(clinic.rows())


def test_what_does_not_open_where_it_lies_is_shown_to_nobody(clinic: Clinic) -> None:
    (row,) = clinic.rows()
    for stored in (row["name"], row["mobile"][:-3], row["mobile"].replace("d1", "y1"), MOBILE, "d1.00000000.AAAA"):
        clinic.put("mobile", stored)
        for key in (DOCTOR, RESEARCHER, ""):
            status, _, body = clinic.ask("GET", "/patients/1", key=key)
            assert status == 200
            assert stored not in body
            assert json.loads(body)["mobile"] == "***"
        assert clinic.one(DOCTOR)["mobile"] == "***"
        assert clinic.one(DOCTOR)["name"] == NAME
    page = clinic.ask("GET", "/patients/1/edit", key=DOCTOR)[2]
    assert form_of(page)["mobile"] == "***"


def test_what_is_no_text_is_not_stored_as_it_is(clinic: Clinic) -> None:
    for value in (13800138000, True, 1.5):
        status, _, body = clinic.ask("PUT", "/patients/1", {**PATIENT, "mobile": value}, key=DOCTOR)
        assert (status, json.loads(body)["reason"]) == (400, "body_unreadable")
    sent = {"card": CARD, "name": "", "mobile": None, "diagnosis": DIAGNOSIS}
    assert clinic.ask("PUT", "/patients/1", sent, key=DOCTOR)[0] == 200
    assert clinic.one(DOCTOR) == {"id": 1, **sent}


def test_after_a_rotation_old_values_open_and_new_ones_are_made_with_the_new_key(clinic: Clinic) -> None:
    keys = clinic.gateway.home / "keys"
    root = file_root_key(root_path(keys, 1))
    ring = read_keyring(ring_path(keys, "clinic").read_bytes(), "clinic", {root.id: root})
    after = rotated(ring, root, datetime.now(UTC))
    ring_path(keys, "clinic").write_bytes(write_keyring(after, root))

    def is_new() -> bool:
        assert clinic.one(DOCTOR) == {"id": 1, **PATIENT}
        clinic.ask("PUT", "/patients/1", PATIENT, key=DOCTOR)
        return clinic.rows()[0]["mobile"].split(".")[1] == after.current.id

    wait_until(is_new, 20)
    assert clinic.one(DOCTOR) == {"id": 1, **PATIENT}
