"""Attempts to make somebody else's record one's own, or one that can be asked for, by writing whose it is."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.compiling.folder import compile_folder
from policies.findings import Severity
from policies.formats.html.forms import Held
from policies.load import load_policy
from policies.overlay import Overlay
from proxy.decide import decide
from proxy.identity.caller import Caller
from proxy.message import read_request, target_of
from proxy.system import System
from proxy.verdict import Refuse
from siem.record.event import CallerKind
from tests.gateway import CLERK_KEY
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.writable import declare_writable
from tests.proxy.parts import NOW
from tests.rig import ID_NO, MOBILE, Rig, reads, rigged, shows_nothing
from tests.scripted import answering

KNOWN, OTHER = "440524188001010014", "11010519491231002X"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
EDIT = "/people/3/edit"


def staff(*posts: str, purposes: frozenset[str] = frozenset({"case-handling"})) -> Caller:
    return Caller(id="li", kind=CallerKind.STAFF, posts=frozenset(posts), purposes=purposes, credential="jwt:x:7")


CLERK = staff("clerk")
CITIZEN = Caller(id="1:aa", kind=CallerKind.CITIZEN, credential="jwt:x:8")
EMPTY = Overlay(generation=1, entries=())


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    folder = declare_writable(tmp_path_factory.mktemp("policies"))
    return System(compile_folder(folder)["people"], "digest", DIGESTER, SECRET, DATA_KEYS)


def outcome(system: System, method: str, target: str, body: bytes, kind: str, caller: Caller = CLERK) -> str:
    asked = read_request(
        method=method,
        authority="",
        target=target,
        fields=((b"host", b"people.localhost"), (b"content-type", kind.encode())),
        source_ip="127.0.0.1",
    )
    verdict = decide(asked, body, system, caller, EMPTY, NOW)
    return verdict.reason if isinstance(verdict, Refuse) else "forward"


WRITTEN: dict[str, tuple[str, str, object]] = {
    "a number": ("PATCH", "/people/3", {"id_no": KNOWN}),
    "beside others": ("PATCH", "/people/3", {"city": "云州", "id_no": KNOWN}),
    "no number": ("PATCH", "/people/3", {"id_no": ""}),
    "by POST": ("POST", EDIT, {"id_no": KNOWN}),
    "a list of them": ("POST", EDIT, [{"city": "云州"}, {"id_no": KNOWN}]),
    "within something": ("PATCH", "/people/3", {"person": {"id_no": KNOWN}}),
    "within a part that has none": ("PATCH", "/people/3", {"home": {"id_no": KNOWN}}),
    "in a body that is declared by paths": ("PUT", "/people", {"mobile": "13900139000", "id_no": KNOWN}),
    "of a record that the body names": ("POST", "/people", {"id": 3, "name": "李四光", "id_no": KNOWN}),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_no_json_changes_whose_a_record_is(system: System, case: str) -> None:
    method, target, said = WRITTEN[case]
    assert outcome(system, method, target, json.dumps(said).encode(), JSON) == "subject_kept"


KEPT: dict[str, tuple[str, str, object]] = {
    "something else": ("PATCH", "/people/3", {"city": "云州"}),
    "a new record": ("POST", "/people", {"name": "李四光", "id_no": KNOWN, "mobile": "13900139000"}),
    "a new record with an empty key": ("POST", "/people", {"id": None, "id_no": KNOWN}),
}


@pytest.mark.parametrize("case", KEPT)
def test_json_that_leaves_it_or_makes_a_record_is_sent_on(system: System, case: str) -> None:
    method, target, said = KEPT[case]
    assert outcome(system, method, target, json.dumps(said).encode(), JSON) == "forward"


def test_the_mask_of_it_is_refused_as_any_mask_is(system: System) -> None:
    body = json.dumps({"id_no": "**************0014"}).encode()
    assert outcome(system, "PATCH", "/people/3", body, JSON) == "mask_returned"


WHO: dict[str, tuple[Caller, str]] = {
    "who may ask for one person's": (CLERK, "subject_kept"),
    "who may, by another credential": (staff("clerk", purposes=frozenset()), "subject_kept"),
    "a citizen": (CITIZEN, "subject_kept"),
    "who acts for somebody at times": (staff("helper"), "subject_kept"),
    "who is shown less of theirs for whom he acts": (staff("guard"), "forward"),
    "who can only break the glass": (staff("duty-head"), "forward"),
    "who sees everybody's alike": (staff("archivist"), "forward"),
}


@pytest.mark.parametrize("who", WHO)
def test_who_is_shown_records_by_whose_they_are_does_not_say_whose_one_is(system: System, who: str) -> None:
    caller, expected = WHO[who]
    assert outcome(system, "PATCH", "/people/3", json.dumps({"id_no": KNOWN}).encode(), JSON, caller) == expected


SHOWN = {"id_no": ["**************002X"]}
FORMS: dict[str, tuple[list[tuple[str, str]], dict[str, list[str]] | None, str]] = {
    "another number": ([("id_no", KNOWN)], SHOWN, "subject_kept"),
    "the number that was hidden": ([("id_no", OTHER)], SHOWN, "subject_kept"),
    "another after the mask": ([("id_no", "**************002X"), ("id_no", KNOWN)], SHOWN, "mask_returned"),
    "another twice": ([("id_no", OTHER), ("id_no", KNOWN)], {"id_no": [OTHER]}, "subject_kept"),
    "no number": ([("id_no", "")], SHOWN, "subject_kept"),
    "one where there was none": ([("id_no", KNOWN)], {"id_no": [""]}, "subject_kept"),
    "from no form": ([("id_no", KNOWN)], None, "subject_kept"),
    "in a part": ([("person[id_no]", KNOWN)], SHOWN, "subject_kept"),
    "in a row": ([("form-0-id_no", KNOWN)], SHOWN, "subject_kept"),
    "in a row that is empty": ([("form-0-id_no", "")], SHOWN, "forward"),
    "what was shown": ([("id_no", OTHER)], {"id_no": [OTHER]}, "forward"),
    "what was shown, spelled otherwise": ([("id_no", " 110105 19491231 002x")], {"id_no": [OTHER]}, "forward"),
    "nothing of it": ([("city", "云州")], SHOWN, "forward"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_form_sends_back_the_subject_that_it_was_shown_with(system: System, case: str) -> None:
    said, subject, expected = FORMS[case]
    form = [*said, ("city", "雾州")] if ("city", "云州") not in said else said
    if subject is not None:
        form = [*form, ("yingbi-sealed", system.seal_form(target_of(EDIT, ()), Held(subject=subject), CLERK, NOW))]
    assert outcome(system, "POST", EDIT, urlencode(form).encode(), FORM) == expected


@pytest.mark.parametrize(
    ("target", "caller", "key", "expected"),
    [
        (EDIT, CLERK, "3", "forward"),
        (EDIT, CLERK, "4", "subject_kept"),
        ("/people/4/edit", CLERK, "3", "subject_kept"),
        (EDIT, CITIZEN, "3", "subject_kept"),
    ],
)
def test_what_was_shown_of_another_record_or_to_somebody_else_is_another_subject(
    system: System, target: str, caller: Caller, key: str, expected: str
) -> None:
    sealed = system.seal_form(target_of(target, ()), Held(key={"id": [key]}, subject={"id_no": [KNOWN]}), caller, NOW)
    form = urlencode({"id": "3", "id_no": KNOWN, "yingbi-sealed": sealed}).encode()
    assert outcome(system, "POST", EDIT, form, FORM) == expected


numbers = st.sampled_from([KNOWN, OTHER, "", "A-1"])
objects = st.recursive(
    st.dictionaries(st.sampled_from(["id_no", "city", "person", "x"]), numbers, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from(["home", "person", "x"]), inner | st.lists(inner, max_size=2)),
    max_leaves=6,
)


@given(said=objects)
def test_json_with_a_subject_anywhere_is_never_sent_to_a_record_that_exists(system: System, said: object) -> None:
    body = json.dumps(said).encode()
    if b'"id_no"' in body:
        assert outcome(system, "PATCH", "/people/3", body, JSON) != "forward"


# -- over real sockets


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    policies = declare_writable(tmp_path_factory.mktemp("policies"))
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies) as running:
        yield running


def form_of(page: bytes) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.decode())
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize("shows_mobile", [True, False])
def test_a_form_is_saved_as_it_was_and_for_nobody_else(rig: Rig, shows_mobile: bool) -> None:
    key = f"X-API-Key: {CLERK_KEY}\r\n"
    mobile = f'<input name="mobile" value="{MOBILE}">' if shows_mobile else ""
    page = f'<form method="post"><input name="id_no" value="A-17"><input name="city" value="云州">{mobile}</form>'
    answer = rig.ask(answering(page.encode(), "text/html"), target=EDIT, headers=key)
    form = form_of(reads(answer)[2])
    assert "yingbi-sealed" in form
    form = {**form, "mobile": "13912345678"}
    headers = f"{key}Content-Type: {FORM}\r\n"
    for number in (KNOWN, "B-2"):
        body = urlencode({**form, "id_no": number}).encode()
        refused = rig.ask(target=EDIT, method="POST", headers=headers, body=body)
        assert (reads(refused)[0], json.loads(reads(refused)[2])["reason"]) == (409, "subject_kept")
        assert json.loads(reads(refused)[2])["field"] == "person.id_no"
        assert not rig.behind.asked


def test_nothing_of_a_refused_change_reaches_the_system_or_a_record(rig: Rig) -> None:
    headers = f"X-API-Key: {CLERK_KEY}\r\nContent-Type: {JSON}\r\n"
    body = json.dumps({"id_no": ID_NO}).encode()
    answer = rig.ask(target="/people/3/edit", method="POST", headers=headers, body=body)
    assert (reads(answer)[0], json.loads(reads(answer)[2])["reason"]) == (409, "subject_kept")
    assert not rig.behind.asked
    assert shows_nothing(answer)
    assert rig.gateway.events()[-1]["event"]["reason"] == "subject_kept"


# -- what the officer is told


def test_an_officer_is_told_of_a_subject_that_such_callers_may_write(tmp_path: Path) -> None:
    folder = declare_writable(tmp_path)
    (found,) = [each for each in load_policy(folder).findings.sorted() if each.code == "subject-written"]
    assert (found.at.file, found.severity) == ("systems/people.yaml", Severity.WARNING)
    assert "`person.id_no`" in found.message
    assert "`POST /people/{id}/edit`" in found.message, "`POST /people` may make a record"
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8")
    for method in ("POST /people/{id}/edit", "PATCH /people/{id}", "PUT /people", "POST /people"):
        text = text.replace(f"  - on: {method}\n", f"  - on: {method}\n    allow: [archivist]\n")
    system.write_text(text, "utf-8")
    told = [each.code for each in load_policy(folder).findings.sorted()]
    assert "subject-written" in told, "a citizen's own grant names no post"
    grants = folder / "grants.yaml"
    grants.write_text(
        grants.read_text("utf-8").replace("who: {owner: self}", "who: {owner: self, posts: [x]}"), "utf-8"
    )
    assert "subject-written" not in [each.code for each in load_policy(folder).findings.sorted()]
