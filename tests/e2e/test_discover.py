"""The demo systems, drafted from what is seen of them, and how far the drafts are from what was written by hand."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.demo.visits.run import command, files_in, make_desk
from policies.findings import Position
from policies.load import load_policy
from policies.policy import PUBLIC, Field, System
from tests.e2e.demo import POLICIES, Demo, demo
from tests.e2e.desk import Staff
from tests.e2e.truth import truth_of
from tests.gateway import ROOT
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.servers import serving
from yingbi.cli import main
from yingbi.first_start import SEED

EDITS = {"register": 18, "hall": 8, "visits": 18}
"""How many declarations at most have to be added, removed or changed until the draft is what was written by hand."""
ASKED = (
    "/",
    "/register",
    "/register/residents?_size=50",
    "/register/residents.json?_size=100",
    "/register/residents.csv?_size=100",
    "/register/residents/5",
    "/register/residents/6.json",
    "/register/households",
    "/register/households.json?_size=100",
    "/register/households.csv?_size=50",
)


NOWHERE = Position("", 0, 0)
BY_HAND = {
    "register": POLICIES / "systems" / "register.yaml",
    "hall": POLICIES / "systems" / "hall.yaml",
    "visits": ROOT / "deploy" / "demo" / "visits" / "visits.yaml",
}


def learning(policies: Path) -> None:
    """Leave of each system where it is and who may sign in."""
    shutil.copy(BY_HAND["visits"], policies / "systems")
    for system in (policies / "systems").iterdir():
        text = system.read_text("utf-8")
        system.write_text(text[: text.index("pack: ")].replace("state: enforcing", "state: learning"), "utf-8")


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, once a clerk has used it while it was learnt."""
    with demo(tmp_path_factory.mktemp("learnt"), with_hall=True, edit=learning) as made:
        with made.clerk("register") as clerk:
            for target in ASKED:
                clerk.get(target)
        (made.home / "hall.har").write_text(json.dumps(recording(made)), "utf-8")
        (made.home / "visits.har").write_text(json.dumps(recording_of_visits(made.home / "desk")), "utf-8")
        made.gateway.stop()
        yield made


def entry_of(answer: httpx.Response) -> dict[str, Any]:
    """*answer* as a browser records it."""
    answer.read()
    content = {
        "mimeType": answer.headers.get("content-type", ""),
        "text": base64.b64encode(answer.content).decode(),
        "encoding": "base64",
    }
    request = {"method": answer.request.method, "url": str(answer.request.url)}
    return {"request": request, "response": {"status": answer.status_code, "content": content}}


def recording_of_visits(folder: Path) -> dict[str, Any]:
    """The same of the staff of the call-back desk."""
    make_desk(folder, SEED)
    port = free_port()
    entries: list[dict[str, Any]] = []
    with (
        serving(command(folder, port), f"http://127.0.0.1:{port}/admin/login", folder.parent / "desk.log"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S, trust_env=False) as client,
    ):
        staff = Staff(client, files_in(folder))
        client.event_hooks["response"] = [lambda answer: entries.append(entry_of(answer))]
        for record in ("visit", "window"):
            listed = staff.get(f"/admin/{record}/list").text
            numbers = sorted(set(re.findall(rf"/admin/{record}/edit/([0-9]+)", listed)))
            assert numbers
            for number in numbers[:30]:
                staff.get(f"/admin/{record}/details/{number}")
                staff.get(f"/admin/{record}/edit/{number}")
    return {"log": {"version": "1.2", "entries": entries}}


def recording(made: Demo) -> dict[str, Any]:
    """What a browser records of the staff of the hall at work, beside the gateway: there is no signing in to it yet."""
    entries: list[dict[str, Any]] = []
    with httpx.Client(
        base_url=f"http://127.0.0.1:{made.ports['hall']}",
        headers={"Host": f"hall.localhost:{made.gateway.port}", "X-Forwarded-Proto": "https"},
        event_hooks={"response": [lambda answer: entries.append(entry_of(answer))]},
        trust_env=False,
        timeout=PATIENCE_S,
    ) as staff:

        def keep_cookies(answer: httpx.Response) -> None:
            # The cookies are for HTTPS alone, which the gateway speaks and the hall behind it does not.
            cookies.update(dict(answer.cookies))
            staff.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
            staff.cookies.clear()

        cookies: dict[str, str] = {}
        login = staff.get("/admin/login/")
        keep_cookies(login)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', login.text)
        assert token
        password = made.hall.password.read_text("utf-8").strip()
        origin = f"https://hall.localhost:{made.gateway.port}"
        form = {"csrfmiddlewaretoken": token[1], "username": "clerk", "password": password, "next": "/admin/"}
        keep_cookies(
            staff.post("/admin/login/", data=form, headers={"Origin": origin, "Referer": f"{origin}/admin/login/"})
        )
        staff.get("/admin/hall/")
        rows = staff.get("/admin/hall/application/").text
        numbers = re.findall(r"/admin/hall/application/([0-9]+)/change/", rows)
        assert numbers
        for number in numbers[:30]:
            staff.get(f"/admin/hall/application/{number}/change/")
    return {"log": {"version": "1.2", "entries": entries}}


@pytest.fixture
def home(learnt: Demo, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGBI_HOME", str(learnt.gateway.home))
    return learnt.gateway.home


def drafted(learnt: Demo, name: str, folder: Path) -> System:
    """The system as it is drafted, among policies that are all well."""
    shutil.copytree(learnt.gateway.home / "policies", folder)
    (folder / "systems" / f"{name}.yaml").unlink()
    out = folder / "systems" / f"{name}.yaml"
    recorded = learnt.home / f"{name}.har"
    more = ["--har", str(recorded)] if recorded.exists() else []
    assert main(["discover", name, "--out", str(out), *more]) == 0
    loaded = load_policy(folder)
    assert not loaded.findings.errors, (loaded.findings.sorted(), out.read_text("utf-8"))
    return loaded.policy.systems[name]


def declarations(system: System) -> dict[tuple[str, ...], object]:
    """What an officer has to write of a system, a line each; where it is and who signs in is not learnt."""
    found: dict[tuple[str, ...], object] = {("pack",): system.pack}
    found |= {("with", name): value for name, value in system.variables.items()}
    found |= {("operation", f"{each.method} {each.path}"): True for each in system.operations}
    for record in system.records.values():
        found["subject", record.name] = record.subject
        found["key", record.name] = record.key
        found |= {("search", record.name, name): True for name in record.search}
        found |= {("facet", record.name, name): True for name in record.facets}
        for name, field in record.fields.items():
            found["field", record.name, name] = replace(field, at=NOWHERE)
    return found


@pytest.mark.parametrize("name", EDITS)
def test_few_edits_make_the_draft_what_was_written_by_hand(learnt: Demo, home: Path, tmp_path: Path, name: str) -> None:
    draft = declarations(drafted(learnt, name, tmp_path / "draft"))
    by_hand = tmp_path / "by-hand"
    shutil.copytree(learnt.gateway.home / "policies", by_hand)
    shutil.copy(BY_HAND[name], by_hand / "systems")
    written = declarations(load_policy(by_hand).policy.systems[name])
    edits = {key for key in draft.keys() | written.keys() if draft.get(key) != written.get(key)}
    assert len(edits) <= EDITS[name], sorted(edits)
    manual = (ROOT / "docs" / "officer.md").read_text("utf-8")
    counted = "居民登记册 {register} 处.*?大厅 {hall} 处.*?回访台 {visits} 处".format_map(EDITS)
    assert re.search(counted, manual, re.DOTALL)
    shown_wrongly = {
        key
        for key in edits
        if isinstance(drafted_field := draft.get(key), Field)
        and drafted_field.category == PUBLIC
        and not (isinstance(by_hand_field := written.get(key), Field) and by_hand_field.category == PUBLIC)
    }
    assert not shown_wrongly


@pytest.mark.parametrize("name", EDITS)
def test_no_value_is_in_the_draft_or_the_inventory(learnt: Demo, home: Path, tmp_path: Path, name: str) -> None:
    drafted(learnt, name, tmp_path / "draft")
    said = (tmp_path / "draft" / "systems" / f"{name}.yaml").read_text("utf-8")
    said += "".join(path.read_text("utf-8") for path in (home / "inventory").iterdir())
    assert "residents" in said or name != "register"
    assert not truth_of(learnt.register.database).found_in(said)
