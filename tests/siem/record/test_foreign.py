"""Events of other makers: what is kept of them, and that nothing of a subject is."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester
from siem.index.log_line import logged
from siem.record.ecs import is_ours, to_ecs, to_json
from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    FieldUse,
    PermitNote,
    PermitState,
    Phase,
    Raised,
    Verdict,
)
from siem.record.foreign import NotAnEvent, ours
from tests.siem.events import NINE, document

DIGEST = Digester("e1", bytes(32))
SOMEBODY = "11010519491231002X"


def ids() -> Iterator[str]:
    return (f"6YQ3K0M9ZT-{number}" for number in count(1))


def taken(foreign: Any, *subjects: str) -> list[AccessEvent]:
    events = ours(foreign, ids(), DIGEST, subjects or ("user.target.id",))
    assert all(is_ours(to_ecs(event)) for event in events), "what was brought in is shipped like any other"
    return events


NOTE = PermitNote(
    id="P-7",
    state=PermitState.OPEN,
    kind="reveal",
    reveal="one-person",
    case="沪民-2026/0731",
    why="核对低保材料",
    about="6YQ3K0M9ZT-3",
    subject=DIGEST(SOMEBODY),
    until=NINE,
)
USE = FieldUse(
    name="items[].mobile",
    category="mobile",
    transform="keep",
    disclosure=Disclosure.MASKED,
    rule="register.yaml:17",
    grant="hall-staff",
    count=2,
    whys=(("pattern,context", 2),),
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"id": "7YQ3K0M9ZT-6YQ3K0M9ZT-4", "exchange": "7YQ3K0M9ZT-6YQ3K0M9ZT-3"},
        {"caller": DIGEST("wang"), "caller_kind": CallerKind.CITIZEN, "on_behalf_of": DIGEST(SOMEBODY)},
        {"caller": "", "caller_kind": CallerKind.ANONYMOUS, "operation": "unknown", "source_ip": "2001:db8::1"},
        {"posts": ("窗口",), "purpose": "handling", "attributes": ("office=城关 二所",), "credential": "jwt:hall:9"},
        {"fields": (USE,), "format": "json", "mark": "YB-7K3M-Q9TV-2C", "permits": ("P-7",)},
        {"phase": Phase.PERMIT, "permit": NOTE, "subjects": ()},
        {"raised": Raised(by=("C-1",), asked=("page", "?"), about=(DIGEST(SOMEBODY),), version="1.1")},
        {"operation": "POST /api/v1/residents/{id}:close"},
    ],
)
def test_an_event_that_we_can_have_written_stays_as_it_is(changes: dict[str, Any]) -> None:
    each = document(4, **changes)
    assert [to_ecs(event) for event in taken(each)] == [each]


@pytest.mark.parametrize(
    "changes",
    [
        {"subjects": (SOMEBODY,)},
        {"former_subjects": (SOMEBODY,)},
        {"on_behalf_of": SOMEBODY},
        {"operation": f"GET /residents/{SOMEBODY}"},
        {"operation": SOMEBODY},
        {"purpose": f"王芳 {SOMEBODY}"},
        {"purposes": (SOMEBODY,)},
        {"caller": SOMEBODY},
        {"caller": SOMEBODY, "caller_kind": CallerKind.CITIZEN},
        {"caller": f"two\n{SOMEBODY}"},
        {"posts": (f"窗口 {SOMEBODY}",)},
        {"attributes": (f"of={SOMEBODY}",)},
        {"system": SOMEBODY},
        {"reason": SOMEBODY},
        {"source_ip": SOMEBODY},
        {"basis": SOMEBODY},
        {"id": SOMEBODY},
        {"exchange": SOMEBODY},
        {"fields": (msgspec.structs.replace(USE, name=SOMEBODY),)},
        {"fields": (msgspec.structs.replace(USE, whys=((SOMEBODY, 1),)),)},
        {"permit": msgspec.structs.replace(NOTE, why=f"查 {SOMEBODY}")},
        {"permit": msgspec.structs.replace(NOTE, subject=SOMEBODY)},
        {"raised": Raised(by=("C-1",), about=(SOMEBODY,))},
        {"raised": Raised(by=("C-1",), question=SOMEBODY)},
        {"status": [SOMEBODY]},
        {"program": {"a": SOMEBODY}},
    ],
    ids=str,
)
def test_what_only_looks_like_ours_is_taken_like_that_of_another_maker(changes: dict[str, Any]) -> None:
    told = b"".join(orjson.dumps(to_ecs(event)) for event in taken(document(4, **changes)))
    assert SOMEBODY.encode() not in told
    assert b"6YQ3K0M9ZT-4" not in told


@pytest.mark.parametrize("changes", [{"status": True}, {"overlay": -1}, {"duration_ns": 2**63}, {"status": "200"}])
def test_numbers_that_no_index_takes_are_not_ours(changes: dict[str, Any]) -> None:
    (event,) = taken(document(4, **changes))
    assert logged(to_json(event))
    assert event.id == "6YQ3K0M9ZT-1"


ACCESS = {
    "@timestamp": "2026-11-23T17:00:00+08:00",
    "event": {"category": ["web"], "action": "record-viewed", "outcome": "success", "duration": 12_000_000},
    "service": {"name": "register"},
    "user": {"id": "clerk-wang", "roles": ["window-clerk", "窗口"], "target": {"id": SOMEBODY}},
    "source": {"ip": "10.0.0.1"},
    "http": {"request": {"method": "get"}, "response": {"status_code": 200, "body": {"bytes": 512}}},
    "url": {"path": f"/residents/{SOMEBODY}/history?name=王芳"},
    "user_agent": {"original": "x" * 1_000_000},
    "yingbi": {"categories": ["resident_id", "address"], "clear": ["resident_id"]},
}


def test_what_is_kept_of_an_event_of_another_maker() -> None:
    (event,) = taken(ACCESS)
    assert (event.at, event.phase, event.system, event.caller) == (NINE, Phase.WHOLE, "register", "clerk-wang")
    assert (event.caller_kind, event.posts) == (CallerKind.STAFF, ("window-clerk", "窗口"))
    assert event.operation == "GET /residents/{}/history"
    assert event.subjects == (DIGEST(SOMEBODY),)
    assert (event.source_ip, event.status, event.bytes_out, event.duration_ns) == ("10.0.0.1", 200, 512, 12_000_000)
    assert {(use.category, use.disclosure) for use in event.fields} == {
        ("resident_id", Disclosure.CLEAR),
        ("address", Disclosure.MASKED),
    }
    assert (event.verdict, event.disclosure) == (Verdict.FORWARD, Disclosure.CLEAR)
    assert SOMEBODY.encode() not in orjson.dumps(to_ecs(event))
    assert len(orjson.dumps(to_ecs(event))) < 2_000


def flat(foreign: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in foreign.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def test_keys_with_dots_are_the_same_event() -> None:
    assert taken(flat(ACCESS)) == taken(ACCESS)
    assert taken({**ACCESS, "user": [ACCESS["user"]]}) == taken(ACCESS)


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"event.outcome": "failure"}, "verdict", Verdict.WITHHOLD),
        ({"event.type": ["denied"]}, "verdict", Verdict.WITHHOLD),
        ({"event.type": ["denied"]}, "disclosure", Disclosure.NONE),
        ({"event.reason": "quota_reached"}, "reason", "quota_reached"),
        ({"event.reason": "王芳 13800138000 被拒"}, "reason", ""),
        ({"user.id": SOMEBODY}, "caller", DIGEST(SOMEBODY)),
        ({"user.id": "wang", "yingbi.caller_kind": "citizen"}, "caller", DIGEST("wang")),
        ({"user.id": "wang@example.gov.cn"}, "caller", "wang@example.gov.cn"),
        ({"user.id": "two\nlines"}, "caller", ""),
        ({"service.name": "13800138000"}, "system", "imported"),
        ({"yingbi.subjects": [SOMEBODY, DIGEST(SOMEBODY)]}, "subjects", (DIGEST(SOMEBODY),)),
        ({"yingbi.on_behalf_of": SOMEBODY}, "on_behalf_of", DIGEST(SOMEBODY)),
        ({"url.path": "/residents/张三/"}, "operation", "GET /residents/{}/"),
        ({"@timestamp": 1_795_424_400_000}, "at", NINE.replace(year=2026)),
        ({"http.response.status_code": "200", "http.response.body.bytes": "12x"}, "status", 200),
        ({"http.response.body.bytes": "123456"}, "bytes_out", 123_456),
        ({"http.response.body.bytes": "12x"}, "bytes_out", 0),
        ({"http.response.body.bytes": f"{2**63}"}, "bytes_out", 0),
    ],
)
def test_what_becomes_of(changes: dict[str, Any], name: str, value: object) -> None:
    (event,) = taken({**flat(ACCESS), **changes}, "user.target.id", "yingbi.subjects")
    assert getattr(event, name) == value


def test_an_event_with_many_subjects_is_several_of_one_exchange() -> None:
    people = [f"{number:018d}" for number in range(2_500)]
    events = taken({"@timestamp": "2026-11-23T09:00:00Z", "user.id": "clerk", "who": people}, "who")
    assert [(event.id, event.exchange, len(event.subjects)) for event in events] == [
        ("6YQ3K0M9ZT-1", "6YQ3K0M9ZT-1", 1_000),
        ("6YQ3K0M9ZT-2", "6YQ3K0M9ZT-1", 1_000),
        ("6YQ3K0M9ZT-3", "6YQ3K0M9ZT-1", 500),
    ]
    assert [event.phase for event in events] == [Phase.WHOLE, Phase.SHOWN, Phase.SHOWN]
    assert {each for event in events for each in event.subjects} == {DIGEST(each) for each in people}


DEEP: dict[str, Any] = {"@timestamp": "2026-11-23T09:00:00Z", "user": orjson.loads("[" * 1000 + "]" * 1000)}
TOO_FAR = ("1960-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", -1, 9_999_999_999)


@pytest.mark.parametrize("at", TOO_FAR)
@pytest.mark.parametrize("made", [ACCESS, document(1)], ids=["of another", "of ours"])
def test_a_time_that_no_index_takes_is_none(made: dict[str, Any], at: object) -> None:
    with pytest.raises(NotAnEvent, match="@timestamp"):
        taken({**made, "@timestamp": at})


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        1,
        "x",
        {},
        {"@timestamp": "yesterday"},
        {"@timestamp": 10**30},
        DEEP,
        {**document(1), "user": {"id": "c", "roles": DEEP["user"]}},
    ],
)
def test_what_is_no_event_says_why_and_shows_nothing(wrong: object) -> None:
    with pytest.raises(NotAnEvent) as refused:
        taken(wrong)
    assert "yesterday" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.just(SOMEBODY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*flat(ACCESS), "event", "user", "yingbi", "url", "user.name", "yingbi.on_behalf_of"])


@pytest.mark.property
@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_nothing_of_a_subject_is_kept_whatever_stands_where(strange: dict[str, Any]) -> None:
    events = taken({**flat(document(1)), **flat(ACCESS), **strange, "@timestamp": "2026-11-23T09:00:00Z"})
    assert SOMEBODY.encode() not in b"".join(orjson.dumps(to_ecs(event)) for event in events)


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        ({"id": "u1"}, CallerKind.STAFF),
        ({"id": "u1", "roles": ["clerk", "Service"]}, CallerKind.SYSTEM),
        ({"id": "u1", "roles": ["居民"]}, CallerKind.CITIZEN),
        ({"id": "u1", "roles": "kiosk"}, CallerKind.TERMINAL),
        ({"id": DIGEST(SOMEBODY)}, CallerKind.CITIZEN),
        ({"roles": ["system"]}, CallerKind.ANONYMOUS),
    ],
)
def test_who_calls_is_told_by_roles_where_the_event_does_not_say(user: dict[str, Any], kind: CallerKind) -> None:
    (event,) = taken({"@timestamp": "2026-11-23T09:00:00Z", "user": user})
    assert event.caller_kind is kind
    if kind is CallerKind.CITIZEN:
        assert event.caller == (user["id"] if user["id"] != "u1" else DIGEST("u1"))


@pytest.mark.parametrize(
    ("who", "kind", "posts"),
    [
        ({"client": {"user": {"email": "a@x.example", "group": {"name": "统计科"}}}}, CallerKind.STAFF, ("统计科",)),
        ({"user": {"id": "u1", "department": "民政科"}}, CallerKind.STAFF, ("民政科",)),
        ({"source.user.name": "u1", "source.user.roles": ["service"]}, CallerKind.SYSTEM, ("service",)),
    ],
)
def test_a_post_is_read_where_the_caller_is(who: dict[str, Any], kind: CallerKind, posts: tuple[str, ...]) -> None:
    (event,) = taken({"@timestamp": ACCESS["@timestamp"], **who})
    assert event.caller
    assert (event.caller_kind, event.posts) == (kind, posts)
