"""Drafts of systems that no pack knows."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.learning.discover import discover
from policies.learning.draft_text import text_of
from policies.learning.inventory import FieldNote, Inventory
from policies.learning.judge import judge
from policies.learning.sketch import sketch
from policies.load import load_policy
from policies.policy import Policy
from policies.policy_callers import FrontProxy, IdentityHeader, KeySource, UpstreamSession
from policies.policy_kinds import Kind
from tests.policies.compiled import GOOD

PERSON = {
    "xm": "欧阳若曦",
    "sfzh": "11010519491231002X",
    "sjh": "13800138000",
    "bz": "请于周三回电",
    "zt": "办结",
    "id": 7,
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(GOOD).policy


def drafted(policy: Policy, inventory: Inventory, folder: Path) -> tuple[str, Policy]:
    """The text of the draft, and the policies with it in the place of the good system: nothing is wrong with them."""
    draft = discover(inventory.notes, policy.categories, policy.packs)
    text = text_of(draft, policy.systems["people"], frozenset(policy.categories))
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    (folder / "systems" / "people.yaml").write_text(text, "utf-8")
    loaded = load_policy(folder)
    assert not loaded.findings.errors, (loaded.findings.sorted(), text)
    return text, loaded.policy


def test_a_draft_takes_the_credentials_that_were_taken_before(policy: Policy, tmp_path: Path) -> None:
    portal = FrontProxy(
        id="portal",
        networks=("10.0.0.5/32", "fd00::/64"),
        sha256="0c" * 32,
        purposes=("case-handling",),
        kind=Kind.CITIZEN,
        until=datetime(2027, 6, 30, 16, tzinfo=UTC),
        at=policy.systems["people"].at,
    )
    (first,) = policy.systems["people"].jwt
    source = KeySource(address="https://id.example/keys", is_discovery=False, refresh_s=300, overlap_s=0)
    issuers = (
        replace(first, attribute_claims=("district",), acting_for="for", acting_basis="basis", skew_s=7),
        replace(first, issuer="https://other.example", keys="", source=source),
        replace(first, issuer="https://third.example", keys="", source=replace(source, is_discovery=True)),
    )
    session = UpstreamSession(
        cookie="sid",
        login="GET /api/health",
        subject="",
        subject_cookie="uid",
        posts="/user/roles",
        logout=("GET /api/leave",),
        purposes=("case-handling",),
        kind=Kind.CITIZEN,
        minutes=30,
        at=portal.at,
    )
    header = IdentityHeader(name="X-Who", audience="a b", anonymous=False, names_citizens=True, at=portal.at)
    people = replace(
        policy.systems["people"],
        signed_requests=True,
        front_proxies=(portal,),
        jwt=issuers,
        identity_header=header,
        session=session,
    )
    inventory = Inventory()
    name = inventory.operation("GET", "/api/health", iter(()))
    assert name is not None
    sketch(inventory, name, "json", b'{"state": "fine"}', "utf-8")
    assert inventory.operation("GET", "/api/leave", iter(())) is not None
    _, loaded = drafted(replace(policy, systems={"people": people}), inventory, tmp_path)
    drawn = loaded.systems["people"]
    assert (drawn.api_keys, drawn.signed_requests) == (True, True)
    assert [replace(front, at=portal.at) for front in drawn.front_proxies] == [portal]
    assert tuple(replace(each, at=first.at) for each in drawn.jwt) == issuers
    assert drawn.identity_header is not None
    assert replace(drawn.identity_header, at=portal.at) == header
    assert drawn.session is not None
    assert replace(drawn.session, at=portal.at, places={}) == session


def test_an_api_is_drafted_with_its_records(policy: Policy, tmp_path: Path) -> None:
    inventory = Inventory()
    page = {"total": 2, "rows": [PERSON, PERSON], "message": "ok"}
    table = {"columns": list(PERSON), "cells": [list(PERSON.values())]}
    csv = f"{','.join(PERSON)}\n{','.join(map(str, PERSON.values()))}\n"
    html = "".join(
        f'<td class="c-{key}">{value}</td><input name="{key}" value="{value}">' for key, value in PERSON.items()
    )
    for path, format_, body in (
        ("/api/people", "json", json.dumps(page)),
        ("/api/people/5", "jsonp", f"/**/cb({json.dumps({'data': PERSON})});"),
        ("/api/table", "json", json.dumps(table)),
        ("/api/people.csv", "csv", csv),
        ("/people/5/edit", "html", html),
        ("/api/health", "json", '{"state": "fine"}'),
    ):
        name = inventory.operation("GET", path, iter(["page", "xm", "13800138000"] if path == "/api/people" else []))
        assert name is not None
        sketch(inventory, name, format_, body.encode(), "utf-8")
    text, found = drafted(policy, inventory, tmp_path)
    system = found.systems["people"]
    (record,) = system.records.values()
    assert (record.name, record.subject, record.key) == ("rows", "sfzh", ("id",))
    assert {name: field.category for name, field in record.fields.items()} == {
        "xm": "person_name",
        "sfzh": "resident_id",
        "sjh": "mobile",
        "bz": "free_text",
        "id": "public",
    }
    operations = {f"{each.method} {each.path}": each for each in system.operations}
    assert {target.path: target.record for target in operations["GET /api/people"].answers.json or ()} == {
        "/total": "",
        "/rows/*": "rows",
    }
    assert operations["GET /api/people/{key}"].answers.json
    assert [(each.path, each.columns) for each in operations["GET /api/table"].answers.json or ()] == [
        ("/cells", "columns")
    ]
    assert operations["GET /api/people.csv"].answers.csv == "rows"
    assert operations["GET /people/{key}/edit"].answers.html is not None
    assert operations["GET /api/health"].refuse is not None
    assert {each.name for each in operations["GET /api/people"].parameters} == {"page", "{field}"}
    assert not any(str(value) in text for value in PERSON.values() if isinstance(value, str))


def test_what_is_in_doubt_is_left_undeclared(policy: Policy) -> None:
    for note in (
        FieldNote(count=100, texts=100, distinct=3, longest=4),
        FieldNote(count=100, texts=100, dates=100, distinct=40, longest=10),
        FieldNote(count=100, whole=0, distinct=40, longest=12),
    ):
        assert judge("zt", note, policy.categories).category == ""


def test_a_name_says_what_values_do_not(policy: Policy) -> None:
    wrong = FieldNote(count=9, texts=9, distinct=9, longest=17)
    assert judge("fddbrsfzjhm", wrong, policy.categories).category == "resident_id"


def test_values_say_what_a_name_does_not(policy: Policy) -> None:
    note = FieldNote(count=10, texts=10, found={"mobile": 8}, longest=11)
    judged = judge("c07", note, policy.categories)
    assert (judged.category, judged.confidence) == ("mobile", "likely")


def test_a_category_the_installation_lacks_is_left_to_the_officer(policy: Policy, tmp_path: Path) -> None:
    few = replace(
        policy, categories={name: policy.categories[name] for name in ("person_name", "resident_id", "mobile")}
    )
    judged = judge("yhkh", FieldNote(count=5, texts=5), few.categories)
    assert (judged.category, judged.seems) == ("", "bank_card")


def test_a_word_of_yaml_and_odd_names_are_spelled_so_that_they_are_read_back(policy: Policy, tmp_path: Path) -> None:
    inventory = Inventory()
    odd = {"no": "11010519491231002X", "on": "张三", "a-b": "13800138000", "null": "13800138000", "姓名": "张三"}
    name = inventory.operation("GET", "/odd", iter(()))
    assert name is not None
    sketch(inventory, name, "json", json.dumps([odd, odd]).encode(), "utf-8")
    drafted(policy, inventory, tmp_path)
