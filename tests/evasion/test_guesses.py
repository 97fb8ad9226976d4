"""Guesses of hidden keys over real sockets: no answer tells a right one from a wrong one, nor gives a handle of any."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.policies.keyed import FILES
from tests.rig import Rig, reads, rigged
from tests.scripted import Asked, Connection

RIGHT, WRONG, OWN = "QX-7K2M", "QX-9ZZZ", "QX-0001"
"""Keys: of somebody in the list, of nobody, and of whoever the caller has the handle of."""
SYSTEM = (
    FILES["systems/hall"]
    .replace("system: hall", "system: people")
    .replace("hall.localhost", "people.localhost")
    .replace("  - on: PUT /residents/{key}\n", "  - on: PUT /residents/{key}\n    allow: [anyone]\n")
    .replace("  - on: GET /residents/{key}\n", "  - on: GET /residents/{key}\n    parameters: {next: any}\n")
    + """
  - on: GET /go/{rest*}
    answers: {html: scan}
  - on: GET /of/residents/{rest*}
    answers: {html: scan}
  - on: POST /notes
    allow: [anyone]
    body: {json: {/note: scan}, form: scan}
    answers: {html: scan}
"""
)
FORM, JSON = "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    policies: Path = tmp_path_factory.mktemp("policies")
    (policies / "systems").mkdir()
    for name, text in (FILES | {"systems/people": SYSTEM}).items():
        if name != "systems/hall":
            (policies / f"{name}.yaml").write_text(text, "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as made:
        yield made


def listing(connection: Connection, asked: Asked) -> None:
    """The residents, as JSON."""
    body = json.dumps({"items": [{"id_no": OWN, "city": "云州"}, {"id_no": RIGHT, "city": "云州"}]}).encode()
    connection.say(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )


def leading(connection: Connection, asked: Asked) -> None:
    """A page that leads to where it was told, in whatever way it was told."""
    there = said(asked)
    body = f'<p><a href="{there}">返回</a><a href="/residents/{OWN}">本人</a>'.encode()
    connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def redirecting(connection: Connection, asked: Asked) -> None:
    """The same as a redirect."""
    connection.say(f"HTTP/1.1 302 Found\r\nLocation: {said(asked)}\r\nContent-Length: 0\r\n\r\n".encode())


def said(asked: Asked) -> str:
    target = urlsplit(asked.line.split(" ")[1])
    form = parse_qs(asked.body.decode())
    named = parse_qs(target.query).get("next") or parse_qs(target.query).get("back") or form.get("note")
    header = asked.headers.get("referer") or asked.headers.get("hx-current-url")
    return named[0] if named else header or target.path.removeprefix("/go")


def handles_in(text: bytes) -> set[str]:
    return set(re.findall(r"yb~[\w-]+", text.decode()))


def handles(rig: Rig, target: str = "/residents") -> list[str]:
    """Those of the list, in its order: of the caller's own record, and of another."""
    _, _, body = reads(rig.ask(listing, target=target))
    return [item["id_no"] for item in json.loads(body)["items"]]


TOLD: dict[str, dict[str, str]] = {
    "an address": {"target": "/residents/{own}?next=/residents/{guess}"},
    "a word beside": {"target": "/residents/{own}?next={guess}"},
    "a word beside, encoded": {"target": "/residents/{own}?next=%2551{tail}"},
    "a word beside with a place": {"target": "/residents/{own}?next={guess}%23top"},
    "below itself": {"target": "/residents/{own}?next=./{guess}"},
    "from above": {"target": "/residents/{own}?next=../../residents/{guess}"},
    "from the root": {"target": "/residents/{own}?next=residents/{guess}"},
    "a route of scripts": {"target": "/residents/{own}?next=%23/residents/{guess}"},
    "what is asked": {"target": "/residents?back=%3Fafter={guess}"},
    "encoded thrice": {"target": "/residents?back=%25252Fresidents%25252F{guess}"},
    "a path": {"target": "/go/residents/{guess}"},
    "a path with a question": {"target": "/go/residents%3Fafter={guess}"},
    "a header": {"target": "/go/x", "headers": "Referer: https://people.localhost/residents/{guess}\r\n"},
    "a header with a route": {
        "target": "/go/x",
        "headers": "Referer: https://people.localhost/#/residents/{guess}\r\n",
    },
    "a header without a host": {"target": "/go/x", "headers": "Referer: /residents/{guess}\r\n"},
    "a header of scripts": {"target": "/go/x", "headers": "HX-Current-URL: /residents/{guess}\r\n"},
    "a form": {"target": "/notes", "method": "POST", "headers": FORM, "body": "note=residents/{guess}"},
    "a word in a form": {"target": "/notes", "method": "POST", "headers": FORM, "body": "note={guess}"},
}


@pytest.mark.parametrize("script", [leading, redirecting])
@pytest.mark.parametrize("how", TOLD)
def test_nobody_is_led_to_what_he_guessed(rig: Rig, how: str, script: object) -> None:
    own, other = handles(rig)
    answers = []
    for guess in (RIGHT, WRONG):
        request = {key: text.format(own=own, guess=guess, tail=guess[1:]) for key, text in TOLD[how].items()}
        body = request.pop("body", "").encode()
        rig.behind.asked.clear()
        status, headers, answer = reads(rig.ask(leading if script is leading else redirecting, **request, body=body))
        made = handles_in(answer + headers.get("location", "").encode())
        assert made <= {own}
        assert other not in made
        answers.append((status, made, bool(rig.behind.asked)))
    assert answers[0] == answers[1]


KEYS: dict[str, dict[str, str]] = {
    "JSON": {"headers": JSON, "body": '{{"guardian": "{guess}"}}'},
    "JSON with a number": {"headers": JSON, "body": '{{"guardian": 110105194912310021}}'},
    "a form": {"headers": FORM, "body": "guardian={guess}"},
}


@pytest.mark.parametrize("how", KEYS)
def test_no_key_is_written_that_the_answer_would_repeat_as_a_handle(rig: Rig, how: str) -> None:
    own, other = handles(rig)
    for guess in (RIGHT, WRONG):
        answer = rig.ask(
            listing,
            target=f"/residents/{own}",
            method="PUT",
            headers=KEYS[how]["headers"],
            body=KEYS[how]["body"].format(guess=guess).encode(),
        )
        assert (reads(answer)[0], rig.behind.asked) == (403, [])
    status, _, _ = reads(
        rig.ask(
            listing,
            target=f"/residents/{own}",
            method="PUT",
            headers=JSON,
            body=json.dumps({"guardian": other}).encode(),
        )
    )
    assert (status, json.loads(rig.behind.asked[0].body)) == (200, {"guardian": RIGHT})


@pytest.mark.parametrize("name", ["page", "back", "city"])
def test_what_was_said_is_missed_nowhere(rig: Rig, name: str) -> None:
    """Were the links left out that hold what the caller has said, the one that is missing would tell."""
    assert handles(rig, f"/residents?{name}={RIGHT}") == handles(rig, f"/residents?{name}={WRONG}") == handles(rig)


@pytest.mark.parametrize("note", ["2026/11/26", "男/女", "a=b", "C:\\资料\\表", "好吗?", "https://www.gov.cn/a?b=c"])
def test_ordinary_texts_lead_nowhere(rig: Rig, note: str) -> None:
    for headers, body in ((FORM, f"note={quote(note)}"), (JSON, json.dumps({"note": note}))):
        answer = rig.ask(leading, target="/notes", method="POST", headers=headers, body=body.encode())
        assert reads(answer)[0] == 200


def test_a_path_that_leads_on_is_read_from_where_that_begins(rig: Rig) -> None:
    assert reads(rig.ask(leading, target="/go/residents/2026"))[0] == 403
    assert reads(rig.ask(leading, target="/of/residents/2026"))[0] == 200
    assert reads(rig.ask(leading, target=f"/of/residents/residents/{RIGHT}"))[0] == 403
