"""Attempts to be shown more people than a limit allows, or to ask more often: by whatever worker, format and stream."""

import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from proxy.quota.client import DEADLINE_S
from tests.evasion.streaming import declare_streams
from tests.evasion.streaming import flowing as streamed
from tests.gateway import Gateway, wait_until
from tests.policies.limited import declare_limits
from tests.proxy.credentials import Provider
from tests.rig import Rig, ended, reads, rigged
from tests.scripted import Asked, Connection, Script, answering
from tests.sockets import End, opened, speaking
from yingbi.explain import lines_of_event
from yingbi.home import Home

PROVIDER = Provider()
PAGE_HEADERS = "Accept: text/html\r\nSec-Fetch-Dest: document\r\n"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Two workers, and the process that counts for both."""
    policies = declare_limits(tmp_path_factory.mktemp("policies"), PROVIDER)
    with rigged(tmp_path_factory.mktemp("limited"), policies=policies, workers=2, quota=True) as rig:
        yield rig


def token(name: str, post: str, **claims: Any) -> str:
    return f"Authorization: Bearer {PROVIDER.token(sub=name, posts=[post], **claims)}\r\n"


def person(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"张{chr(0x4E00 + number)}山", "id_no": f"11010119900307{number:04d}"}


def people(*numbers: int) -> Script:
    return answering(json.dumps({"items": [person(number) for number in numbers]}, ensure_ascii=False).encode())


def named_in(answer: bytes, numbers: range = range(100)) -> set[int]:
    text = answer.decode("utf-8", "replace")
    return {number for number in numbers if person(number)["name"] in text}


def reason_of(answer: bytes) -> str:
    reason: str = json.loads(reads(answer)[2])["reason"]
    return reason


def last_event(gateway: Gateway, answer: bytes) -> dict[str, Any]:
    name = reads(answer)[1]["yingbi-event"]
    return next(event for event in gateway.events() if event["event"]["id"] == name)


def explained(gateway: Gateway, event: dict[str, Any]) -> list[str]:
    return [*lines_of_event(Home(gateway.home), event["event"]["id"], datetime.now(UTC))]


def test_one_more_than_the_limit_is_refused_by_whichever_worker(limited: Rig) -> None:
    clerk = token("clerk-one", "clerk")
    for number in (1, 2, 3, 1, 2, 3):
        assert named_in(limited.ask(people(number), headers=clerk)) == {number}
    answers = [limited.ask(people(4), headers=clerk) for _ in range(8)]  # connections are spread over the workers
    for answer in answers:
        status, headers, _ = reads(answer)
        assert (status, reason_of(answer)) == (429, "subject_limit")
        assert 3000 < int(headers["retry-after"]) <= 3780
        assert not named_in(answer)
    assert named_in(limited.ask(people(1, 2, 3), headers=clerk)) == {1, 2, 3}
    event = last_event(limited.gateway, answers[-1])
    assert event["yingbi"]["limit"] == "clerks-are-refused"
    assert event["event"]["reason"] == "subject_limit"
    assert "subjects" not in event["yingbi"]


def test_an_answer_about_too_many_is_refused_whole_and_counts_for_nothing(limited: Rig) -> None:
    clerk = token("clerk-two", "clerk")
    assert reason_of(limited.ask(people(1, 2, 3, 4), headers=clerk)) == "subject_limit"
    assert named_in(limited.ask(people(5, 6, 7), headers=clerk)) == {5, 6, 7}


def test_nothing_else_about_the_credential_begins_a_count_anew(limited: Rig) -> None:
    assert named_in(limited.ask(people(1, 2, 3), headers=token("clerk-three", "clerk", jti="one"))) == {1, 2, 3}
    again = token("clerk-three", "clerk", jti="two", scope="purpose:case-handling purpose:other", acr="strong")
    assert reason_of(limited.ask(people(4), headers=again)) == "subject_limit"
    one = answering(json.dumps(person(4)).encode())
    assert reason_of(limited.ask(one, headers=again, target="/people/4")) == "subject_limit"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (
            "text/csv",
            "id,name,id_no\r\n" + "".join(f"{n},{person(n)['name']},{person(n)['id_no']}\r\n" for n in (4, 5)),
        ),
        (
            "text/html",
            "<table>"
            + "".join(
                f'<tr><td class="col-name">{person(n)["name"]}</td><td class="col-id_no">{person(n)["id_no"]}</td></tr>'
                for n in (4, 5)
            )
            + "</table>",
        ),
    ],
    ids=["csv", "html"],
)
def test_it_is_the_same_in_every_format(limited: Rig, content_type: str, body: str) -> None:
    clerk = token(f"clerk-{content_type}", "clerk")
    script = answering(body.encode(), content_type)
    assert named_in(limited.ask(script, headers=clerk)) == {4, 5}
    assert named_in(limited.ask(people(6), headers=clerk)) == {6}
    assert reason_of(limited.ask(people(7), headers=clerk)) == "subject_limit"
    assert named_in(limited.ask(script, headers=clerk)) == {4, 5}


@pytest.mark.parametrize("subject", [["110101199003070004"], 11010119900307.5, {"no": "4"}])
def test_a_subject_that_nobody_can_read_gets_nobody_past_it(limited: Rig, subject: object) -> None:
    clerk = token("clerk-unreadable", "clerk")
    script = answering(json.dumps({"items": [person(4) | {"id_no": subject}]}, ensure_ascii=False).encode())
    answer = limited.ask(script, headers=clerk)
    assert not named_in(answer)


NOBODY: list[dict[str, object]] = [{"id_no": said} for said in (None, "", " ", "***", "\u200b", "\u2060\ufeff")]


@pytest.mark.parametrize("number", [1, 8])
@pytest.mark.parametrize("said", [*NOBODY, {}], ids=repr)
def test_a_record_that_names_nobody_gets_nobody_past_it(limited: Rig, said: dict[str, object], number: int) -> None:
    clerk = token("clerk-nameless", "clerk")
    items = [{key: value for key, value in person(n).items() if key != "id_no"} | said for n in range(number)]
    body = json.dumps({"items": items}, ensure_ascii=False).encode()
    assert not named_in(limited.ask(answering(body), headers=clerk))
    lines = [f"{person(n)['name']},{said.get('id_no') or ''}" for n in range(number)]
    table = "\n".join(["name,id_no", *lines, ""]).encode()
    assert not named_in(limited.ask(answering(table, "text/csv"), headers=clerk))


def page_of(*numbers: int, named: tuple[int, ...] = ()) -> Script:
    """A page of rows that show a name, and of some that number as well by which a person is known."""
    lines = []
    for number in numbers:
        said = f'<td class="col-name">{person(number)["name"]}</td>'
        if number in named:
            said += f'<td class="col-id_no">{person(number)["id_no"]}</td>'
        lines.append(f"<tr>{said}</tr>")
    return answering(f"<table>{''.join(lines)}</table>".encode(), "text/html")


def test_a_row_of_a_page_without_a_name_for_its_owner_is_a_person(limited: Rig) -> None:
    clerk = token("clerk-of-rows", "clerk")
    assert reason_of(limited.ask(page_of(1, 2, 3, 4), headers=clerk)) == "subject_limit"
    answer = limited.ask(page_of(1, 2), headers=clerk)
    assert named_in(answer) == {1, 2}
    assert "subjects" not in last_event(limited.gateway, answer)["yingbi"], "they are counted, and are nobody's digests"
    for _ in range(6):  # by either worker, as often as he likes
        assert named_in(limited.ask(page_of(2, 1), headers=clerk)) == {1, 2}
    assert named_in(limited.ask(page_of(1, 3, named=(3,)), headers=clerk)) == {1, 3}
    assert reason_of(limited.ask(page_of(4), headers=clerk)) == "subject_limit"
    assert reason_of(limited.ask(people(4), headers=clerk)) == "subject_limit"
    assert reason_of(limited.ask(page_of(1, 2, 3), headers=clerk)) == "subject_limit", (
        "the third has shown no number here"
    )
    masked = token("masked-of-rows", "masked")
    answer = limited.ask(page_of(1, 2, 3, 4), headers=masked)
    assert (reads(answer)[0], named_in(answer)) == (200, set())


@pytest.mark.parametrize("within", ["<tr>", "<br>", "<p>"])
def test_many_of_one_name_are_many(limited: Rig, within: str) -> None:
    clerk = token(f"clerk-of-one-name-{ord(within[1])}", "clerk")
    cell = f'<td class="col-name">{person(1)["name"]}</td>'
    page = f"<table><tr>{within.join([cell] * 4)}</table>".encode()
    assert reason_of(limited.ask(answering(page, "text/html"), headers=clerk)) == "subject_limit"


def test_a_record_that_says_nothing_needs_no_name(limited: Rig) -> None:
    clerk = token("clerk-of-nothing", "clerk")
    items = [person(1), {"id": 2, "name": None, "id_no": None}]
    body = json.dumps({"items": items}, ensure_ascii=False).encode()
    assert named_in(limited.ask(answering(body), headers=clerk)) == {1}


def test_who_is_shown_masks_is_counted_for_nobody(limited: Rig) -> None:
    clerk = token("clerk-four", "clerk", scope="openid")  # without a purpose, no grant applies
    for number in range(10):
        answer = limited.ask(people(number), headers=clerk)
        assert reads(answer)[0] == 200
        assert not named_in(answer)


def test_at_the_limit_an_answer_is_masked_as_an_overlay_masks_it(limited: Rig) -> None:
    masked = token("masked-one", "masked")
    assert named_in(limited.ask(people(1, 2, 3), headers=masked)) == {1, 2, 3}
    answer = limited.ask(people(3, 4), headers=masked)
    status, headers, body = reads(answer)
    assert status == 200
    assert not named_in(answer)
    assert json.loads(body)["items"][1]["id"] == 4
    assert int(headers["content-length"]) == len(body)
    event = last_event(limited.gateway, answer)
    assert (event["yingbi"]["limit"], event["yingbi"]["verdict"]) == ("others-are-masked", "forward")
    assert event["yingbi"].get("clear", []) == []
    (told,) = (line for line in explained(limited.gateway, event) if "others-are-masked" in line)
    assert "已按最严的规则脱敏" in told
    assert named_in(limited.ask(people(1, 2), headers=masked)) == {1, 2}, "who was shown may be shown again"


def test_what_was_asked_by_a_field_that_is_hidden_now_is_refused(limited: Rig) -> None:
    masked = token("masked-two", "masked")
    assert named_in(limited.ask(people(1, 2, 3), headers=masked)) == {1, 2, 3}
    answer = limited.ask(people(4), headers=masked, target="/people?name=%E5%BC%A0")
    assert reason_of(answer) == "subject_limit"


def test_who_signs_in_more_strongly_goes_on_as_far_as_declared(limited: Rig) -> None:
    plain = token("stepping-one", "stepping")
    assert named_in(limited.ask(people(1, 2), headers=plain)) == {1, 2}
    answer = limited.ask(people(3), headers=plain)
    status, headers, _ = reads(answer)
    assert (status, reason_of(answer)) == (401, "step_up_needed")
    challenge = headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="strong"' in challenge
    assert 'max_age="900"' in challenge
    page = limited.ask(people(3), headers=plain + PAGE_HEADERS)
    assert "请加强登录" in page.decode()
    now = int(time.time())
    for weak in (
        {"acr": "strong"},
        {"acr": "strong", "auth_time": now - 1000},
        {"acr": "strong", "auth_time": now + 600},
        {"acr": "weak", "auth_time": now},
        {"acr": ["strong"], "auth_time": now},
        {"auth_time": now},
        {"acr": "strong", "auth_time": str(now)},
        {"acr": "strong", "auth_time": True},
    ):
        assert reason_of(limited.ask(people(3), headers=token("stepping-one", "stepping", **weak))) == "step_up_needed"
    strong = token("stepping-one", "stepping", acr="strong", auth_time=now)
    assert named_in(limited.ask(people(3, 4), headers=strong)) == {3, 4}
    assert reason_of(limited.ask(people(5), headers=strong)) == "step_up_needed"
    assert reason_of(limited.ask(people(5), headers=plain)) == "step_up_needed"


def test_who_asks_too_often_is_refused_before_anything_is_sent_on(limited: Rig) -> None:
    asking = token("asking-one", "asking")
    for _ in range(5):
        assert reads(limited.ask(people(1), headers=asking))[0] == 200
    answer = limited.ask(people(1), headers=asking)
    status, headers, _ = reads(answer)
    assert (status, reason_of(answer)) == (429, "too_many_requests")
    assert 50 <= int(headers["retry-after"]) <= 63
    assert limited.behind.asked == []
    assert sum(limited.gateway.counters(number)["limited"] for number in range(2)) > 0
    assert last_event(limited.gateway, answer)["yingbi"]["limit"] == "not-too-often"


def test_who_has_not_signed_in_is_told_by_address_and_limited_where_declared(limited: Rig) -> None:
    csv = answering(b"id,name\r\n1,x\r\n", "text/csv")
    statuses = [reads(limited.ask(csv, target="/people.csv"))[0] for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert reads(limited.ask(people(1)))[0] == 200, "the limit is about exports"


# -- streams


def rows(numbers: range) -> Iterator[bytes]:
    for number in numbers:
        yield json.dumps(person(number) | {"note": "x" * 20}, ensure_ascii=False).encode()


def flowing(first: bytes, more: bytes) -> Script:
    """An answer too large to be held, about one person again and again, and at its end about others."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in [b'{"items": [' + first, *([(b"," + first) * 500] * 40), more + b"]}"]:
            connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.say(b"0\r\n\r\n")

    return script


def test_a_stream_is_cut_in_the_window_that_would_show_one_more(limited: Rig) -> None:
    (one,) = rows(range(50, 51))
    others = b"," + b",".join(rows(range(51, 60)))
    answer = limited.ask(flowing(one, others), headers=token("clerk-five", "clerk"))
    assert reads(answer)[0] == 200
    assert not ended(answer), "nobody takes the rest for the whole"
    assert named_in(answer) == {50}
    exchange = reads(answer)[1]["yingbi-event"]
    *_, closed = (event for event in limited.gateway.events() if event["yingbi"]["exchange"] == exchange)
    assert (closed["event"]["action"], closed["event"]["reason"]) == ("close", "subject_limit")
    assert closed["yingbi"]["limit"] == "clerks-are-refused"
    whole = limited.ask(flowing(one, b""), headers=token("clerk-six", "clerk"))
    assert ended(whole)
    assert named_in(whole) == {50}


def test_who_is_at_a_limit_that_masks_is_shown_a_stream_masked_from_its_beginning(limited: Rig) -> None:
    (one,) = rows(range(50, 51))
    others = b"," + b",".join(rows(range(51, 60)))
    headers = [token("masked-three", "masked")]
    # Each worker learns of it by itself: it knows who is at a limit once it was told so.
    answers = [limited.ask(flowing(one, others), headers=headers[0]) for _ in range(12)]
    assert {frozenset(named_in(answer)) for answer in answers} <= {frozenset({50}), frozenset()}
    masked = [answer for answer in answers if not named_in(answer)]
    assert masked
    assert all(ended(answer) for answer in masked)
    assert all(b"**" in answer for answer in masked)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("live")
    policies = declare_limits(folder / "limits", PROVIDER, declare_streams(folder / "streams"))
    with rigged(folder / "gateway", policies=policies, quota=True) as rig:
        yield rig


def test_each_message_is_judged_before_it_is_shown(live: Rig) -> None:
    def told(end: End) -> None:
        for number in (1, 2, 3, 2, 4):
            end.say(json.dumps({"items": [person(number)]}, ensure_ascii=False))
            end.text()

    live.behind.script = speaking(told)
    name, _, value = token("clerk-one", "clerk").strip().partition(": ")
    with opened(live.gateway.port, headers={name: value}) as (status, _, end):
        assert status == 101
        for number in (1, 2, 3, 2):
            assert named_in(end.text().encode()) == {number}
            end.say(json.dumps({"id": number}))
        end.rest()
        assert named_in(end.received) == {1, 2, 3}
    wait_until(lambda: live.gateway.events()[-1]["event"]["action"] == "close", 5)
    assert live.gateway.events()[-1]["event"]["reason"] == "subject_limit"


def test_each_event_is_judged_before_it_is_shown(live: Rig) -> None:
    said = [
        f"data: {json.dumps({'items': [person(number)]}, ensure_ascii=False)}\n\n".encode()
        for number in (1, 2, 3, 2, 4, 5)
    ]
    answer = live.ask(streamed(said), target="/people/stream", headers=token("clerk-two", "clerk"))
    assert not ended(answer)
    assert not named_in(answer) & {4, 5}


# -- when nobody can say


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Rig]:
    policies = declare_limits(tmp_path / "declared", PROVIDER)
    with rigged(tmp_path / "alone", policies=policies, quota=True) as rig:
        yield rig


def test_without_the_process_who_has_a_limit_is_shown_nothing_and_others_are_served(alone: Rig) -> None:
    clerk = token("clerk-one", "clerk")
    assert named_in(alone.ask(people(1, 2), headers=clerk)) == {1, 2}
    quota = alone.gateway.quota
    assert quota is not None
    quota.kill()
    quota.wait()
    answer = alone.ask(people(3), headers=clerk)
    status, headers, _ = reads(answer)
    assert (status, reason_of(answer)) == (503, "limit_unknown")
    assert headers["retry-after"] == "5"
    assert named_in(alone.ask(people(3), headers=token("asking-one", "asking"))) == {3}
    alone.gateway.start_quota()
    assert named_in(alone.ask(people(3), headers=clerk)) == {3}
    assert reason_of(alone.ask(people(4), headers=clerk)) == "subject_limit", "it has forgotten nobody"


def test_a_process_that_hangs_holds_up_nobody_whom_no_limit_concerns(tmp_path: Path) -> None:
    policies = declare_limits(tmp_path / "declared", PROVIDER)
    with rigged(tmp_path / "alone", policies=policies, quota=True, quota_s=DEADLINE_S) as rig:
        _check_others_are_served(rig)


def _check_others_are_served(alone: Rig) -> None:
    quota = alone.gateway.quota
    assert quota is not None
    quota.send_signal(signal.SIGSTOP)
    for number in range(20):
        assert reason_of(alone.ask(people(number), headers=token("clerk-one", "clerk"))) == "limit_unknown"
        assert named_in(alone.ask(people(number), headers=token(f"asking-{number}", "asking"))) == {number}
    quota.send_signal(signal.SIGCONT)
    wait_until(lambda: named_in(alone.ask(people(1), headers=token("clerk-two", "clerk"))) == {1}, 10)


def test_a_stream_is_cut_where_nobody_can_say(alone: Rig) -> None:
    quota = alone.gateway.quota
    assert quota is not None
    quota.kill()
    (one,) = rows(range(50, 51))
    answer = alone.ask(flowing(one, b""), headers=token("clerk-one", "clerk"))
    assert not ended(answer)
    assert not named_in(answer)


def test_a_worker_that_is_started_anew_goes_on_with_the_same_count(alone: Rig) -> None:
    clerk = token("clerk-one", "clerk")
    assert named_in(alone.ask(people(1, 2, 3), headers=clerk)) == {1, 2, 3}
    (worker,) = alone.gateway.workers
    worker.kill()
    worker.wait()
    alone.gateway.start_worker()
    assert reason_of(alone.ask(people(4), headers=clerk)) == "subject_limit"
