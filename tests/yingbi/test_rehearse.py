"""What rehearsal foretells is what happens: the same traffic under one policy and under another."""

import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.changes import Kind
from policies.compile_folder import compile_folder
from policies.load import load_policy
from policies.rehearse import LOOSER, Difference, rehearse
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, Verdict
from tests.effort import examples
from tests.gateway import BATCH_KEY, CLERK_KEY, GOOD, Gateway, declare, gateway, point_at
from tests.scripted import Asked, Connection, answering, scripted
from yingbi.cli import main
from yingbi.usages import Usages

VALUES = {
    "name": "欧阳若曦",
    "id_no": "11010519491231002X",
    "mobile": "13800138000",
    "city": "青麦镇",
    "note": "请于周三回电",
    "extra": "未声明之值",
}
PERSON = {"id": 5, **VALUES, "home": {"street": "望江路", "phone": "0571-88881234"}}
SHOWN = [*VALUES.values(), "望江路", "0571-88881234"]
CELLS = "".join(f'<td class="col-{name}">{value}</td>' for name, value in VALUES.items())
BODIES = {
    "json": (json.dumps({"total": 1, "items": [PERSON]}, ensure_ascii=False), "application/json"),
    "html": (f"<html><table><tr>{CELLS}</tr></table></html>", "text/html; charset=utf-8"),
    "csv": (f"{','.join(VALUES)}\r\n{','.join(VALUES.values())}\r\n", "text/csv; charset=utf-8"),
    "text": (VALUES["note"], "text/plain; charset=utf-8"),
}
TARGETS = [
    *(f"/people?page={name}" for name in BODIES),
    "/people/5",
    "/people.csv?plain=1",
    "/people/0",
    "/files/a.css",
]
CALLERS = {"": "", CLERK_KEY: "window-7", BATCH_KEY: "batch"}


def behind_says(connection: Connection, asked: Asked) -> None:
    target = asked.line.split(" ")[1]
    page = target.partition("page=")[2]
    match target.partition("?")[0]:
        case "/people":
            body, media_type = BODIES[page]
            answering(body.encode(), media_type)(connection, asked)
        case "/people.csv":
            answering(BODIES["csv"][0].encode(), "text/csv; charset=utf-8")(connection, asked)
        case "/people/5":
            answering(json.dumps(PERSON, ensure_ascii=False).encode())(connection, asked)
        case "/files/a.css":
            answering(b"p { color: red }", "text/css")(connection, asked)
        case _:
            answering(b'{"error": "nobody"}', "application/json", "404 Not Found")(connection, asked)


@dataclass
class Run:
    """What the same traffic came to under one policy."""

    events: list[AccessEvent]
    shown: dict[tuple[str, str], set[str]]
    """Of each caller's target: which values can be read in the answer."""


@dataclass
class Town:
    """A gateway whose policies change."""

    running: Gateway
    port_behind: int

    def policies(self, write: Callable[[Path], None]) -> Path:
        """A folder of policies as *write* leaves it."""
        folder = self.running.home / "draft"
        shutil.rmtree(folder, ignore_errors=True)
        declare(folder, GOOD)
        write(folder)
        point_at(folder / "systems" / "people.yaml", self.port_behind)
        return folder

    def publish(self, folder: Path) -> None:
        shutil.rmtree(self.running.home / "policies")
        shutil.copytree(folder, self.running.home / "policies")
        self.running.publish()

    def traffic(self) -> Run:
        """What every caller gets of every target."""
        seen = len(self.running.events())
        shown: dict[tuple[str, str], set[str]] = {}
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port)
        for key, caller in CALLERS.items():
            for target in TARGETS:
                connection.request(
                    "GET", target, headers={"Host": "people.localhost", **({"X-API-Key": key} if key else {})}
                )
                text = connection.getresponse().read().decode("utf-8", "replace")
                shown[caller, target] = {value for value in SHOWN if value in text}
        connection.close()
        return Run([from_ecs(event) for event in self.running.events()[seen:]], shown)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with scripted(behind_says) as behind:
        home = tmp_path_factory.mktemp("town")
        with gateway(home, {"people": behind.port}) as running:
            yield Town(running, behind.port)


MASKS = st.sampled_from(
    ["redact", "drop", "show", "scan", "digest", {"keep": {"first": 1}}, {"keep": {"last": 4}}, {"keep": {"last": 2}}]
)
CONDITIONS = st.sampled_from(
    [
        {"networks": ["127.0.0.0/8"]},
        {"networks": ["10.0.0.0/8"]},
        {"operations": ["GET /people"]},
        {"operations": ["GET /people/{id}", "GET /people.csv"]},
        {"fields": ["person.name"]},
        {"who": {"anyone": True}},
        {"who": {"posts": ["clerk"], "not_posts": ["clerk"]}},
    ]
)
FIELDS = st.sampled_from(["name", "mobile", "city", "note", "extra", "id_no"])
PERSONAL = st.sampled_from(["person_name", "resident_id", "mobile", "free_text"])
CATEGORIES = st.just("public") | PERSONAL


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """The good policy with a few things changed, by file."""
    files = {
        path.relative_to(GOOD).as_posix(): yaml.safe_load(path.read_text("utf-8"))
        for path in (GOOD / "catalogue.yaml", GOOD / "grants.yaml", GOOD / "systems" / "people.yaml")
    }
    for grant in files["grants.yaml"]["grants"]:
        grant["until"] = "2027-06-30"
    system, catalogue, grants = files["systems/people.yaml"], files["catalogue.yaml"], files["grants.yaml"]["grants"]
    fields, operations = system["records"]["person"]["fields"], system["operations"]
    for operation in operations:
        operation["on"] = operation.pop(True)  # how YAML 1.1 reads that word
    for _ in range(draw(st.integers(0, 3))):
        match draw(
            st.sampled_from(["field", "gone", "mask", "sees", "grant", "who", "operation", "allow", "format", "if"])
        ):
            case "field":
                name = draw(FIELDS)
                fields[name] = draw(CATEGORIES)
                if name == "city":
                    system["records"]["person"].pop("facets", None)
            case "gone":
                fields.pop(draw(st.sampled_from(["name", "mobile", "note"])), None)
            case "mask":
                catalogue["categories"][draw(PERSONAL)]["mask"] = draw(MASKS)
            case "sees" if grants:
                draw(st.sampled_from(grants))["sees"][draw(PERSONAL)] = draw(MASKS)
            case "grant" if grants:
                grants.remove(draw(st.sampled_from(grants)))
            case "who" if grants:
                draw(st.sampled_from(grants))["purpose"] = draw(st.sampled_from(["case-handling", "statistics"]))
            case "if" if grants:
                draw(st.sampled_from(grants)).update(draw(CONDITIONS))
            case "operation":
                operations.remove(draw(st.sampled_from(operations)))
            case "allow":
                allowed = draw(st.sampled_from([["clerk"], ["anyone"], ["signed-in"]]))
                draw(st.sampled_from([each for each in operations if "refuse" not in each]))["allow"] = allowed
            case "format":
                answers = operations[0].get("answers", {})
                answers.pop(draw(st.sampled_from([*answers, "json"])), None)
            case _:
                pass
    return files


def written(files: dict[str, Any], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


@settings(max_examples=examples(40))
@given(first=edits(), second=edits())
def test_what_rehearsal_foretells_is_what_happens(town: Town, first: dict[str, Any], second: dict[str, Any]) -> None:
    draft = town.policies(lambda folder: written(second, folder))
    assume(not load_policy(draft).findings.errors)
    after = compile_folder(draft)
    draft = town.policies(lambda folder: written(first, folder))
    assume(not load_policy(draft).findings.errors)
    before = compile_folder(draft)
    town.publish(draft)
    was = town.traffic()
    usages = Usages((*before.values(), *after.values()))
    for event in was.events:
        usages.add(event)
    foretold = rehearse(before, after, usages, datetime.now(UTC))
    town.publish(town.policies(lambda folder: written(second, folder)))
    now = town.traffic()
    agree(was, now, foretold)


def agree(was: Run, now: Run, foretold: list[Difference]) -> None:
    """Fail unless what was *foretold* is the difference between the two runs."""
    for event, then in zip(was.events, now.events, strict=True):
        assert event.caller == then.caller
        concerned = [each for each in foretold if event.caller in each.staff and each.times]
        about = [each for each in concerned if each.operation in (event.operation, then.operation)]
        kinds = {each.kind for each in about if not each.about}
        if (event.verdict, then.verdict) == (Verdict.FORWARD, Verdict.WITHHOLD):
            assert Kind.WITHHELD in kinds, (event, then)
        elif (event.verdict, then.verdict) == (Verdict.FORWARD, Verdict.FORWARD):
            before = {use.name: use.transform for use in event.fields}
            after = {use.name: use.transform for use in then.fields}
            changed = {
                (each.before.transform, each.after.transform)
                for each in about
                if each.kind in (Kind.SHOWN, Kind.MASKED) and each.about
            }
            for name in before.keys() & after.keys():
                assert before[name] == after[name] or (before[name], after[name]) in changed, (name, event, then)
    refused = {event.caller for event in was.events if event.reason == "operation_not_declared"}
    for (caller, target), values in now.shown.items():
        if more := values - was.shown[caller, target]:
            # Of a request for what was not declared, no record says which operation it would be.
            used = any(each.kind in LOOSER and caller in each.staff for each in foretold)
            unknown = caller in refused and any(each.kind is Kind.ANSWERED and not each.times for each in foretold)
            assert used or unknown, (caller, target, more)


def test_every_change_of_a_field_that_was_used_is_counted(town: Town) -> None:
    def edit(folder: Path) -> None:
        catalogue = folder / "catalogue.yaml"
        catalogue.write_text(catalogue.read_text("utf-8").replace("keep: {last: 4}", "keep: {last: 6}"), "utf-8")

    town.publish(town.policies(lambda _: None))
    before = compile_folder(town.running.home / "policies")
    usages = Usages(tuple(before.values()))
    for event in town.traffic().events:
        usages.add(event)
    (difference,) = rehearse(before, compile_folder(town.policies(edit)), usages, datetime.now(UTC))[:1]
    assert (difference.kind, difference.about, difference.category) == (Kind.SHOWN, "person.id_no", "resident_id")
    assert (difference.before.transform, difference.after.transform) == ("keep 0..4", "keep 0..6")
    assert difference.staff == {"", "window-7"}
    assert difference.times == difference.values


@pytest.fixture
def home(town: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGBI_HOME", str(town.running.home))
    return town.running.home


def test_the_command_says_it_in_words_and_ends_with_1(
    town: Town, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.publish(town.policies(lambda _: None))
    town.traffic()
    draft = town.policies(loosen)
    assert main(["policy", "rehearse", str(draft)]) == 1
    said = capsys.readouterr().out
    assert "会多显示 / more would be shown" in said
    assert "person.mobile (mobile): keep 3..4 [systems/people.yaml:21] → show" in said
    assert "window-7" in said
    assert main(["policy", "rehearse", str(draft), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["is_looser"] is True
    assert {"kind", "operation", "about", "before", "after", "who", "staff", "citizens", "times", "values"} <= set(
        found["differences"][0]
    )


def loosen(folder: Path) -> None:
    grants = folder / "grants.yaml"
    grants.write_text(
        grants.read_text("utf-8").replace("free_text: scan", "free_text: scan\n      mobile: show"), "utf-8"
    )


def test_the_other_way_round_nothing_is_shown_and_the_command_ends_with_0(
    town: Town, home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    loose = tmp_path / "loose"
    shutil.copytree(town.policies(loosen), loose)
    draft = town.policies(lambda _: None)
    assert main(["policy", "rehearse", str(draft), "--policy", str(loose)]) == 0
    assert "会少显示 / less would be shown" in capsys.readouterr().out
    assert main(["policy", "rehearse", str(draft), "--policy", str(draft)]) == 0
    assert "什么都不会变 / nothing would change" in capsys.readouterr().out


def test_samples_run_through_both(town: Town, home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    clerk = {"id": "w", "posts": ["clerk"], "purposes": ["case-handling"]}
    listed = [
        {"body": "list.json", "system": "people", "operation": "GET /people", "caller": clerk},
        {"body": "list.json", "system": "people", "operation": "GET /people"},
    ]
    (tmp_path / "list.json").write_text(BODIES["json"][0], "utf-8")
    (tmp_path / "samples.json").write_text(json.dumps(listed), "utf-8")
    strict, loose = tmp_path / "strict", tmp_path / "loose"
    shutil.copytree(town.policies(lambda _: None), strict)
    shutil.copytree(town.policies(loosen), loose)
    arguments = ["policy", "rehearse", str(loose), "--policy", str(strict), "--sample", str(tmp_path), "--json"]
    assert main(arguments) == 1
    first, second = json.loads(capsys.readouterr().out)["samples"]
    assert [(each["about"], each["values"]) for each in first["differences"]] == [
        ("home.phone", 1),
        ("person.mobile", 1),
    ]
    assert (second["differences"], second["is_same"]) == ([], True)
    (tmp_path / "samples.json").write_text('{"body": 1}', "utf-8")
    assert main(arguments) == 2


def test_what_cannot_be_rehearsed_is_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["policy", "rehearse", str(tmp_path)]) == 1
    assert "策略有误" in capsys.readouterr().err
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path / "new"))
    assert main(["policy", "rehearse", str(GOOD)]) == 3
    assert main(["policy", "rehearse", str(tmp_path / "none")]) == 3
    with pytest.raises(SystemExit):
        main(["policy", "rehearse", str(GOOD), "--days", "0"])
