"""The headers of a trace are read by nobody on their way: neither a caller nor a system says anything by them."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.evasion.cases import JSON, PEOPLE
from tests.front import VERSIONS, Front
from tests.policies.compiled import GOOD
from tests.proxy.test_trace_context import BROKEN_PARENTS, TRACE
from tests.rig import MOBILE, Rig, rigged
from tests.scripted import answering

SAID = (
    ("traceparent", TRACE),
    ("tracestate", "rojo=free_text,b=2"),
    ("baggage", "note=free_text"),
)


def head_of(front: Front, *headers: tuple[str, str]) -> dict[str, str]:
    """What of a trace the system behind gets of a request with *headers*."""
    assert front.ask(answering(PEOPLE, JSON), headers=headers).status == 200
    (asked,) = front.rig.behind.asked
    lines = [line.split(": ", 1) for line in asked.head.decode("latin-1").split("\r\n") if ": " in line]
    return {name.lower(): value for name, value in lines if name.lower().startswith(("trace", "baggage"))}


def test_only_the_parent_goes_on_where_nothing_is_declared(front: Front) -> None:
    assert head_of(front, *SAID) == {"traceparent": TRACE}


@pytest.mark.parametrize("value", [value for value in BROKEN_PARENTS if value.isascii() and value == value.strip()])
def test_a_parent_in_another_form_does_not(front: Front, value: str) -> None:
    assert head_of(front, ("traceparent", value)) == {}


def test_a_second_parent_takes_both_away(front: Front) -> None:
    assert head_of(front, ("traceparent", TRACE), ("traceparent", TRACE.replace("-01", "-00"))) == {}


def test_no_answer_says_anything_by_them(front: Front) -> None:
    said = [f"{name}: {value}" for name, value in (*SAID, ("traceresponse", TRACE))]
    answer = front.ask(answering(PEOPLE, JSON, "200 OK", *said))
    assert answer.status == 200
    assert not {"traceparent", "traceresponse", "tracestate", "baggage"} & answer.headers.keys()


@pytest.fixture(scope="module")
def tracing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A gateway before a system that is declared to get more, and whose list may answer with one of them."""
    policies: Path = tmp_path_factory.mktemp("policies") / "tracing"
    copytree(GOOD, policies)
    people = policies / "systems" / "people.yaml"
    text = people.read_text("utf-8").replace("identity:\n", "trace_context: [tracestate, baggage]\nidentity:\n", 1)
    assert "  - on: GET /people\n" in text
    text = text.replace("  - on: GET /people\n", "  - on: GET /people\n    headers: [traceresponse, tracestate]\n", 1)
    people.write_text(text, "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies, tls=True) as made:
        yield made


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_declared_goes_on_in_its_form_where_it_tells_of_nobody(tracing: Rig, version: str) -> None:
    front = Front(tracing, version)
    assert head_of(front, *SAID) == dict(SAID)
    assert head_of(front, SAID[0], ("tracestate", "free text"), ("baggage", f"note={MOBILE}")) == {"traceparent": TRACE}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_declared_header_of_an_answer_has_to_have_the_form_too(tracing: Rig, version: str) -> None:
    front = Front(tracing, version)
    good = answering(PEOPLE, JSON, "200 OK", f"traceresponse: {TRACE}", "tracestate: a=1", "baggage: k=v")
    assert front.ask(good).headers.items() >= {"traceresponse": TRACE, "tracestate": "a=1"}.items()
    assert "baggage" not in front.ask(good).headers
    bad = front.ask(answering(PEOPLE, JSON, "200 OK", "traceresponse: free-text", "tracestate: free text"))
    assert not {"traceresponse", "tracestate"} & bad.headers.keys()
