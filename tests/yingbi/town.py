"""A gateway whose policies change, the same traffic again and again, and policies that were changed by chance."""

import contextlib
import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from policies.load import load_policy
from policies.program import Program
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent
from tests.gateway import BATCH_KEY, CLERK_KEY, GOOD, Gateway, declare, gateway, point_at
from tests.scripted import Asked, Connection, answering, scripted

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


MASKS = st.sampled_from(
    [
        "redact",
        "block",
        "drop",
        "show",
        "scan",
        "digest",
        {"keep": {"first": 1}},
        {"keep": {"last": 4}},
        {"keep": {"last": 2}},
    ]
)
CONDITIONS = st.sampled_from(
    [
        {"networks": ["127.0.0.0/8"]},
        {"rows": {"person.city": {"is": ["青麦镇"]}}},
        {"rows": {"person.city": {"is": ["别处"]}}},
        {"at_most": 5},
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


@contextlib.contextmanager
def opened(home: Path) -> Iterator[Town]:
    """A town in *home*."""
    with scripted(behind_says) as behind, gateway(home, {"people": behind.port}) as running:
        yield Town(running, behind.port)


def drafted(town: Town, edit: dict[str, Any]) -> tuple[Path, dict[str, Program]]:
    """The folder of a draft with this *edit*, and its programs. An example whose draft has errors is none."""
    draft = town.policies(lambda folder: written(edit, folder))
    loaded = load_policy(draft)
    assume(not loaded.findings.errors)
    return draft, loaded.programs
