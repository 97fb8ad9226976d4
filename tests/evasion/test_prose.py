"""Names and addresses that no word gives away, in running text of every format that a gateway masks: by default, within
a budget, and hidden where nobody has read them.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wsproto.events import CloseConnection, TextMessage

from tests.evasion.streaming import flowing
from tests.gateway import GOOD
from tests.policies.recognisers.weights_here import the_tagger
from tests.rig import Rig, ended, reads, rigged
from tests.scripted import Script, answering
from tests.sockets import End, opened, speaking

OPERATIONS = """
  - on: GET /letters
    answers:
      json: {/items/*/id: public, /items/*/letter: scan}
      ndjson: {/id: public, /letter: scan}
      html: scan
      text: scan
      csv: letter
      multipart: true
      xml: {paths: {/letters/letter: scan, /letters/@of: scan}}
      events: {data: {message: {text: scan}, piece: {json: {/said: scan}, joined: [/said]}}}
  - on: GET /letters/few
    prose: {characters: 60}
    answers: {json: {/items/*/letter: scan}, text: scan, html: scan}
  - on: GET /letters/none
    prose: {characters: 60, beyond: withhold}
    answers: {json: {/items/*/letter: scan}, text: scan, html: scan}
  - on: GET /letters/off
    prose: false
    answers: {text: scan}
  - on: GET /letters/talk
    websocket: {messages: {text: scan, whole: true}, sent: {text: scan}}
"""
SAID = "昨天下午消防员房超宁将霍华强救出火场，高龙住在杭州市西湖区文三路128号。"
HIDDEN = "昨天下午消防员***将***救出火场，***住在***。"
CANARIES = ("房超宁", "霍华强", "高龙", "文三路", "128号")
NOTHING = "本次补交户口簿复印件一份，其余材料见上次受理记录，无需重复提交。"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    the_tagger()
    folder = tmp_path_factory.mktemp("prose")
    with rigged(folder / "gateway", policies=declare_letters(folder / "policies")) as made:
        yield made


def declare_letters(folder: Path, operations: str = OPERATIONS) -> Path:
    """The good policies, in *folder*, with *operations* that answer in letters of citizens."""
    shutil.copytree(GOOD, folder)
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("\nerrors:", f"{operations}errors:")
    text = text.replace("  home:\n", "  letter:\n    fields: {id: public, letter: {category: scan}}\n  home:\n", 1)
    system.write_text(text, "utf-8")
    return folder


def letters(*said: str) -> str:
    items = [{"id": number, "letter": each} for number, each in enumerate(said)]
    return json.dumps({"items": items}, ensure_ascii=False)


def line(said: str) -> str:
    return json.dumps({"id": 1, "letter": said}, ensure_ascii=False)


def script(body: str, content_type: str) -> Script:
    return answering(body.encode(), content_type)


BODIES: dict[str, Callable[[str], tuple[str, str]]] = {
    "JSON": lambda said: (letters(NOTHING, said, "好"), "application/json"),
    "JSON, many": lambda said: (letters(*[said, NOTHING] * 20), "application/json"),
    "JSON, escaped": lambda said: (json.dumps({"items": [{"letter": said}]}), "application/json"),
    "NDJSON": lambda said: (f"{line(said)}\n{line(NOTHING)}\n", "application/x-ndjson"),
    "HTML": lambda said: (f"<h1>来信</h1><p>{said}</p><p>{NOTHING}</p>", "text/html"),
    "HTML, torn": lambda said: (f"<p>{'<b></b>'.join(said)}</p>", "text/html"),
    "HTML, title and attribute": lambda said: (f'<title>{said}</title><img alt="{said}"><a title="{said}">x</a>', "text/html"),
    "HTML, meta": lambda said: (f'<meta name="description" content="{said}"><p>x</p>', "text/html"),
    "HTML, comment": lambda said: (f"<p>x</p><!-- {said} -->", "text/html"),
    "plain text": lambda said: (f"{NOTHING}\n{said}\n", "text/plain"),
    "Markdown": lambda said: (f"# 来信\n\n> **{said}**\n", "text/plain"),
    "CSV": lambda said: (f"id,letter\n1,{said}\n2,{NOTHING}\n", "text/csv"),
    "XML": lambda said: (f'<letters of="{said}"><letter>{said}</letter></letters>', "application/xml"),
    "XML, CDATA": lambda said: (f"<letters><letter><![CDATA[{said}]]></letter></letters>", "application/xml"),
    "an event": lambda said: (f"data: {said}\n\n", "text/event-stream"),
    "an event for each letter": lambda said: (
        "".join(f"event: piece\ndata: {json.dumps({'said': each}, ensure_ascii=False)}\n\n" for each in said),
        "text/event-stream",
    ),
    "a part": lambda said: (
        f"--b\r\nContent-Type: application/json\r\n\r\n{letters(said)}\r\n--b--\r\n", "multipart/mixed; boundary=b"),
}  # fmt: skip


@pytest.mark.parametrize("format_", BODIES)
def test_names_and_addresses_that_no_word_gives_away_are_hidden(rig: Rig, format_: str) -> None:
    body, content_type = BODIES[format_](SAID)
    given = script(body, content_type) if "event-stream" not in content_type else flowing([body.encode()])
    answer = rig.ask(given, target="/letters")
    status, _, shown = reads(answer)
    text = shown.decode()
    assert status == 200
    assert ended(answer)
    assert not any(name in text for name in CANARIES)
    if format_ == "an event for each letter":
        text = "".join(json.loads(each[6:])["said"] for each in text.split("\n") if each.startswith("data: "))
    if format_ not in ("HTML, comment", "HTML, torn"):
        assert "昨天下午消防员" in text
    assert rig.gateway.events()[-1]["event"].get("reason", "") == ""
    said = rig.gateway.events()
    assert any("person_name" in json.dumps(each.get("yingbi", {})) for each in said[-3:])
    assert not any(name in json.dumps(said, ensure_ascii=False) for name in CANARIES)


def test_a_stream_that_is_read_as_one_text_is_shown_like_it(rig: Rig) -> None:
    pieces = [f"event: piece\ndata: {json.dumps({'said': each})}\n\n".encode() for each in SAID]
    _, _, shown = reads(rig.ask(flowing(pieces), target="/letters"))
    said = "".join(json.loads(each[6:])["said"] for each in shown.decode().split("\n") if each.startswith("data: "))
    assert said == HIDDEN


@pytest.mark.parametrize("format_", ["plain text", "JSON", "HTML"])
def test_what_was_read_is_shown_to_the_last_octet(rig: Rig, format_: str) -> None:
    body, content_type = BODIES[format_](SAID)
    wanted, _ = BODIES[format_](HIDDEN)
    for _ in range(2):  # read, and then remembered
        _, _, shown = reads(rig.ask(script(body, content_type), target="/letters"))
        assert (json.loads(shown) == json.loads(wanted)) if format_ == "JSON" else (shown.decode() == wanted)


def test_a_large_answer_is_read_as_it_flows(rig: Rig) -> None:
    body = f"{SAID}\n{'x' * 2_000_000}\n{SAID}\n"
    answer = rig.ask(flowing([body[at : at + 50_000].encode() for at in range(0, len(body), 50_000)], "text/plain"), target="/letters")  # fmt: skip
    _, _, shown = reads(answer)
    assert ended(answer)
    assert shown.decode().replace("x", "") == f"{HIDDEN}\n\n{HIDDEN}\n"


@pytest.mark.parametrize("format_", ["plain text", "JSON", "JSON, many", "HTML"])
def test_what_is_beyond_the_budget_is_hidden_sentence_by_sentence(rig: Rig, format_: str) -> None:
    other = "上午记者采访了夏雨荷，随后去了欧阳震华家里。不准。"
    body, content_type = BODIES[format_](SAID + other)
    status, _, shown = reads(rig.ask(script(body, content_type), target="/letters/few"))
    text = shown.decode()
    assert status == 200
    assert "***" in text
    assert "好" in text or format_ != "JSON"
    assert not any(name in text for name in (*CANARIES, "夏雨荷", "欧阳震华"))
    assert "unread_text" in json.dumps(rig.gateway.events()[-1])


@pytest.mark.parametrize("format_", ["plain text", "JSON", "JSON, many", "HTML"])
def test_or_withheld_where_that_is_declared(rig: Rig, format_: str) -> None:
    body, content_type = BODIES[format_](SAID * 2)
    status, _, shown = reads(rig.ask(script(body, content_type), target="/letters/none"))
    assert status == 502
    assert not any(name in shown.decode() for name in CANARIES)
    assert rig.gateway.events()[-1]["event"]["reason"] == "prose_unread"


def test_a_system_may_be_declared_not_to_be_read(rig: Rig) -> None:
    assert reads(rig.ask(script(SAID, "text/plain"), target="/letters/off"))[2].decode() == SAID


def test_words_and_short_values_are_not_read(rig: Rig) -> None:
    body = letters("待受理", "高龙", "3号窗口")
    assert json.loads(reads(rig.ask(script(body, "application/json"), target="/letters"))[2]) == json.loads(body)


def test_a_message(rig: Rig) -> None:
    def told(end: End) -> None:
        end.say(SAID)
        end.say(CloseConnection(1000))
        end.rest()

    rig.behind.script = speaking(told)
    with opened(rig.gateway.port, "/letters/talk") as (_, _, end):
        assert [event.data for event in end.rest() if isinstance(event, TextMessage)] == [HIDDEN]


def test_others_are_answered_while_an_answer_is_read(rig: Rig) -> None:
    """Two callers at once: nothing of one is in the answer of the other, and both are whole."""
    bodies: dict[str, Any] = {}
    long = letters(*(f"{SAID}其{number}。" for number in range(200)))
    bodies["long"] = reads(rig.ask(script(long, "application/json"), target="/letters"))[2].decode()
    shown = json.loads(bodies["long"])["items"]
    assert [each["letter"] for each in shown] == [f"{HIDDEN}其{number}。" for number in range(200)]
