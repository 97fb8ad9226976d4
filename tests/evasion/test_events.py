"""Server-sent events: masked as they flow, each as declared, whatever they are written and split like."""

import json
from collections.abc import Iterator

import pytest

from tests.evasion.cases import PERSON
from tests.evasion.streaming import flowing, streaming
from tests.front import VERSIONS, Front
from tests.rig import ID_NO, MOBILE, NAME, Rig

NOTE = f"身份证{ID_NO}，电话{MOBILE}。好"
NOTE_MASKED = "身份证***，电话***。好"


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with streaming(tmp_path_factory.mktemp("streams"), tls=True) as made:
        yield made


@pytest.fixture(params=VERSIONS)
def front(streams: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(streams, request.param)


def people(*persons: dict[str, object]) -> str:
    return json.dumps({"items": list(persons)}, ensure_ascii=False)


MASKED = '{"items":[{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000","note":"***"}]}'
CASES = {
    "by shape": (f"data: {people(PERSON)}\n\n", f"data: {MASKED}\n\n"),
    "with a mark, and returns": (f"\ufeffdata: {people(PERSON)}\r\r", f"data: {MASKED}\n\n"),
    "in many lines": (
        "".join(f"data:{line}\r\n" for line in json.dumps(json.loads(people(PERSON)), indent=1).split("\n")) + "\r\n",
        f"data: {MASKED}\n\n",
    ),
    "text": (f"event: note\ndata: {NOTE}\n\n", f"event: note\ndata: {NOTE_MASKED[:-1]}\n\nevent: note\ndata: 好\n\n"),
    "a number over two events": (
        f"event:note\ndata:号码{ID_NO[:9]}\n\nevent:note\ndata:{ID_NO[9:]}。\n\n",
        "event: note\ndata: 号码***。\n\n",
    ),
    "comments": (f": {NAME}的电话{MOBILE}\n\n", ":\n\n\n"[:3]),
    "names nobody declared": (f"event: x{MOBILE}\ndata: {NAME}{ID_NO}\n\n", ""),
    "fields nobody knows": (f"note: {NOTE}\n{NAME}\nretry: 3000\nretry: 1{MOBILE}0\n\n", "retry: 3000\n\n"),
    "what does not end": (f"data: {people(PERSON)}\n", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_events_are_masked(front: Front, case: str) -> None:
    said, shown = CASES[case]
    answer = front.ask(flowing([said.encode()]), target="/people/stream")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
    assert answer.body.decode() == shown
    assert answer.is_whole
    assert not answer.tells


@pytest.mark.parametrize("size", range(1, 64, 7))
def test_a_value_may_be_cut_at_each_byte(front: Front, size: int) -> None:
    said = f"data: {people(PERSON)}\r\n\r\nevent: note\r\ndata: {NOTE}\r\n\r\n".encode()
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    answer = front.ask(flowing(pieces), target="/people/stream")
    assert answer.body.decode().replace("\n\nevent: note\ndata: 好", "好") == (
        f"data: {MASKED}\n\nevent: note\ndata: {NOTE_MASKED}\n\n"
    )
    assert answer.is_whole
    assert not answer.tells


def delta(text: str | None, *, index: int = 0, finish: str | None = None, **more: object) -> str:
    """One event of an assistant's answer, as OpenAI's and those made after it send them."""
    said = {} if text is None else {"content": text}
    return json.dumps({"id": "a", "choices": [{"index": index, "delta": said, "finish_reason": finish}], **more})


def events(*datas: str) -> bytes:
    return "".join(f"data: {data}\n\n" for data in datas).encode()


def said_in(body: bytes, index: int = 0) -> str:
    """What an assistant's answer says in one of its texts, put together as callers do."""
    pieces = []
    for line in body.decode().split("\n"):
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: "))["choices"]:
                if choice["index"] == index:
                    pieces.append(choice["delta"].get("content", ""))
    return "".join(pieces)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_text_that_runs_through_many_events_is_scanned_as_one(front: Front, size: int) -> None:
    pieces = [NOTE[at : at + size] for at in range(0, len(NOTE), size)]
    answer = front.ask(
        flowing([events(*map(delta, pieces), delta(None, finish="stop"), "[DONE]")]), target="/assistant"
    )
    assert said_in(answer.body) == NOTE_MASKED
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert answer.body.count(b'"finish_reason":"stop"') == 1
    assert answer.body.index('"content":"好"'.encode()) < answer.body.index(b'"finish_reason":"stop"')
    assert not answer.tells


def test_two_texts_by_turns_are_two(front: Front) -> None:
    turns = [delta(NOTE[place], index=index) for place in range(len(NOTE)) for index in (0, 1)]
    answer = front.ask(flowing([events(*turns, "[DONE]")]), target="/assistant")
    assert (said_in(answer.body, 0), said_in(answer.body, 1)) == (NOTE_MASKED, NOTE_MASKED)
    assert not answer.tells


def test_what_a_stream_has_hidden_is_hidden_in_its_text(front: Front) -> None:
    told = delta(None, person={"name": NAME, "mobile": MOBILE})
    answer = front.ask(
        flowing([events(told, delta("请"), delta(NAME[0]), delta(NAME[1:] + "来"), "[DONE]")]), target="/assistant"
    )
    assert said_in(answer.body) == "请***来"
    assert not answer.tells


def test_a_text_that_breaks_off_shows_nothing_that_waited(front: Front) -> None:
    answer = front.ask(flowing([events(delta("号码"), delta(MOBILE[:7]))], end=b""), target="/assistant")
    assert not answer.is_whole
    assert MOBILE[:7] not in said_in(answer.body)


BREAKS = {
    "no JSON": f"data: {{{NAME}\n\n".encode(),
    "no UTF-8": b"data: \xff\n\n",
    "UTF-16": f"data: {NAME}\n\n".encode("utf-16"),
    "too much in one event": b"data: " + b"x" * 1_100_000 + b"\n\n",
    "a value that does not end": events(*(delta("1" * 1000) for _ in range(70))),
    "nested too deeply": b"data: " + b'{"items":' + b"[" * 100 + b"]" * 100 + b"}\n\n",
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_failure_shows_nothing_after_it_and_no_end(front: Front, case: str) -> None:
    first, after = events(people(PERSON)), events(people(PERSON))
    target = "/assistant" if case.startswith("a value") else "/people/stream"
    answer = front.ask(flowing([*([] if target == "/assistant" else [first]), BREAKS[case], after]), target=target)
    assert answer.status == 200
    assert not answer.is_whole
    assert answer.body in (b"", f"data: {MASKED}\n\n".encode()) or target == "/assistant"
    assert not answer.tells


def test_a_stream_that_nobody_declared_is_withheld(front: Front) -> None:
    answer = front.ask(flowing([events(people(PERSON))]), target="/people")
    assert (answer.status, answer.reason) == (502, "answer_not_declared")


def test_an_id_that_is_a_key_is_a_handle_and_is_opened(front: Front) -> None:
    answer = front.ask(flowing([f"id: {ID_NO}\ndata: {people(PERSON)}\n\n".encode()]), target="/people/stream")
    assert not answer.tells
    handle = answer.body.split(b"\n")[0].decode().removeprefix("id: ")
    again = (("last-event-id", handle),)
    answer = front.ask(flowing([f"event: line\ndata: {ID_NO}ab\n\n".encode()]), target="/people/stream", headers=again)
    assert front.rig.behind.asked[0].headers["last-event-id"] == ID_NO
    assert not answer.tells
    for other in (f"{handle[:-1]}0", ID_NO, MOBILE):
        answer = front.ask(flowing([]), target="/people/stream", headers=(("last-event-id", other),))
        assert (answer.status, answer.reason) == (404, "unknown_handle")
        assert front.rig.behind.asked == []


def test_an_id_that_is_nobodys_passes_and_one_that_is_does_not(front: Front) -> None:
    said = f"id: 41\ndata: [DONE]\n\nid: {ID_NO}\ndata: [DONE]\n\nid: {NAME}\ndata: [DONE]\n\n".encode()
    answer = front.ask(flowing([said]), target="/assistant", headers=(("last-event-id", "40"),))
    assert answer.body == b"id: 41\ndata: [DONE]\n\ndata: [DONE]\n\ndata: [DONE]\n\n"
    assert front.rig.behind.asked[0].headers["last-event-id"] == "40"
    front.ask(flowing([]), target="/assistant", headers=(("last-event-id", ID_NO),))
    assert "last-event-id" not in front.rig.behind.asked[0].headers
    front.ask(flowing([]), target="/people", headers=(("last-event-id", "40"),))
    assert "last-event-id" not in front.rig.behind.asked[0].headers
