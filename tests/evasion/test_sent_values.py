"""What callers send, masked before the system has it, and where they ask from: over real sockets."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway import CLERK_KEY
from tests.policies.compiled import GOOD
from tests.rig import ID_NO, MOBILE, NAME, Rig, reads, rigged
from tests.scripted import answering

SENT = """
  - id: sent
    who: {anyone: true}
    systems: [people]
    direction: request
    sees: {free_text: scan, resident_id: redact, mobile: block}
    until: 2030-01-01
    reason: r
    approved_by: a
  - id: sent-names
    who: {posts: [clerk]}
    systems: [people]
    purpose: case-handling
    direction: request
    fields: [person.name]
    sees: {person_name: drop}
    until: 2030-01-01
    reason: r
    approved_by: a
  - id: elsewhere
    who: {posts: [clerk]}
    systems: [people]
    purpose: case-handling
    networks: [127.0.0.0/8]
    operations: ["GET /people/{id}"]
    sees: {person_name: redact}
    until: 2030-01-01
    reason: r
    approved_by: a
"""
NOTE = f"转告{MOBILE}，身份证{ID_NO}"
JSON, FORM = "Content-Type: application/json\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    grants = policies / "grants.yaml"
    grants.write_text(grants.read_text("utf-8") + SENT, "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        made.behind.script = answering(b"{}")
        yield made


def post(rig: Rig, body: bytes, headers: str) -> tuple[int, bytes]:
    """The status of the answer, and the body that the system was sent."""
    answer = rig.ask(target="/people", method="POST", headers=f"X-API-Key: {CLERK_KEY}\r\n{headers}", body=body)
    sent = rig.behind.asked[-1].body if rig.behind.asked else b""
    return reads(answer)[0], sent


SPELLED: dict[str, bytes] = {
    "plain": json.dumps({"note": NOTE, "id_no": ID_NO, "city": "云州"}).encode(),
    "the key by numbers": json.dumps({"note": NOTE, "id_no": ID_NO, "city": "云州"})
    .replace("note", "\\u006eote")
    .encode(),
    "in UTF-8": json.dumps({"note": NOTE, "id_no": ID_NO, "city": "云州"}, ensure_ascii=False).encode(),
    "twice as much": json.dumps([{"note": NOTE, "city": "云州"}, {"id_no": ID_NO}]).encode(),
    "as a number": json.dumps({"note": int(MOBILE), "id_no": 11, "city": "云州"}).encode(),
}


@pytest.mark.parametrize("name", SPELLED)
def test_what_is_sent_is_masked_before_the_system_has_it(rig: Rig, name: str) -> None:
    status, sent = post(rig, SPELLED[name], JSON)
    assert status == 200
    text = json.dumps(json.loads(sent), ensure_ascii=False)
    assert MOBILE not in text
    assert ID_NO not in text
    assert "云州" in text


def test_what_no_grant_is_about_is_sent_byte_for_byte(rig: Rig) -> None:
    body = b'{ "city":  "\\u4e91\xe5\xb7\x9e", "id": 7.0, "x": [1e3] }'
    assert post(rig, body, JSON) == (200, body)


def test_a_field_is_left_out_and_another_of_its_category_is_not(rig: Rig) -> None:
    body: dict[str, Any] = {"name": NAME, "city": "云州"}
    status, sent = post(rig, json.dumps(body).encode(), JSON)
    assert (status, json.loads(sent)) == (200, {"city": "云州"})


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (json.dumps({"city": "云州", "mobile": MOBILE}).encode(), JSON),
        (json.dumps([{"mobile": 1}]).encode(), JSON),
        (f"city=x&mobile={MOBILE}".encode(), FORM),
    ],
)
def test_what_may_not_be_sent_is_not(rig: Rig, body: bytes, headers: str) -> None:
    answer = rig.ask(target="/people", method="POST", headers=f"X-API-Key: {CLERK_KEY}\r\n{headers}", body=body)
    assert reads(answer)[0] == 403
    assert rig.behind.asked == []
    assert rig.gateway.events()[-1]["event"]["reason"] == "value_not_sent"


NEARLY: dict[str, tuple[bytes, str]] = {
    "in a list": (json.dumps({"note": [NOTE]}).encode(), JSON),
    "in lists": (json.dumps({"id_no": [[ID_NO]]}).encode(), JSON),
    "in an object": (json.dumps({"note": {"x": {"y": NOTE}}}).encode(), JSON),
    "as a key": (json.dumps({"id_no": {ID_NO: 1}}).encode(), JSON),
    "blocked, in an object": (json.dumps([{"mobile": {"x": [1]}}]).encode(), JSON),
    "under another case": (json.dumps({"Note": NOTE}).encode(), JSON),
    "under another case as well": (json.dumps({"note": "", "NOTE": NOTE}).encode(), JSON),
    "under a name with a blank": (json.dumps({"mobile ": MOBILE}).encode(), JSON),
    "under a name with a zero": (b'{"id_no\\u0000": "11010519491231002X"}', JSON),
    "under a name with a mark": (b'{"\\ufeffid_no": "11010519491231002X"}', JSON),
    "under a name in other letters": (json.dumps({"ｎｏｔｅ": NOTE}).encode(), JSON),
    "under a name with an accent": (json.dumps({"nóte": NOTE}).encode(), JSON),
    "under a name without underscores": (json.dumps({"idNo": ID_NO}).encode(), JSON),
    "in a list of a form": (f"id_no%5B%5D={ID_NO}".encode(), FORM),
    "in an object of a form": (f"id_no%5Bx%5D={ID_NO}".encode(), FORM),
    "in a form under another case": (f"ID_NO={ID_NO}".encode(), FORM),
    "in a form with a dot": (f"id.no={ID_NO}".encode(), FORM),
    "in a form with a blank": (f"+id_no={ID_NO}".encode(), FORM),
    "in a form with a zero": (f"id_no%00x={ID_NO}".encode().replace(b"x", b""), FORM),
    "in a form as it should be and not": (f"id_no={ID_NO}&id_no%5B0%5D={ID_NO}".encode(), FORM),
}


@pytest.mark.parametrize("case", NEARLY)
def test_what_is_nearly_as_it_is_declared_is_not_sent(rig: Rig, case: str) -> None:
    """A system that reads it as what is declared would have it as it was, and so would its masks be."""
    body, headers = NEARLY[case]
    assert post(rig, body, headers) == (400, b"")
    assert rig.gateway.events()[-1]["event"]["reason"] == "not_as_declared"


def test_a_form_is_masked_as_well(rig: Rig) -> None:
    status, sent = post(rig, f"note=to+{MOBILE}&id_no={ID_NO}&name=x&city=y".encode(), FORM)
    assert (status, sent) == (200, b"note=to+%2A%2A%2A&id_no=%2A%2A%2A&city=y")


@pytest.mark.parametrize("header", ["", "X-Forwarded-For: 10.0.0.1\r\n", "Forwarded: for=10.0.0.1\r\n"])
def test_where_somebody_asks_from_is_where_the_connection_comes_from(rig: Rig, header: str) -> None:
    said = json.dumps({"name": NAME}).encode()
    answer = rig.ask(
        answering(said, "application/json"), target="/people/7", headers=f"X-API-Key: {CLERK_KEY}\r\n{header}"
    )
    assert json.loads(reads(answer)[2]) == {"name": "***"}
