"""How long a large policy takes from its files to its programs, and how programs grow with what they are made of."""

import time
from pathlib import Path

import yaml

from policies.compiling.kept import Kept
from policies.keys.key_files import Signer, make_secret
from policies.load import load_policy
from policies.program import Program, write_program
from tests.bench.figure import Bench, Figure, figure

SYSTEMS, OPERATIONS, FIELDS = 200, 50, 20
ROUNDS = 3
PROMISED = "5 s, as promised"
CATEGORIES = ("person_name", "resident_id", "mobile", "email")


def figures(bench: Bench) -> list[Figure]:
    """Seconds for 200 systems of 50 operations with 20 fields each, and bytes of a program for each operation."""
    folder = written(bench.folder / "large", SYSTEMS, OPERATIONS)
    whole, ratios = [], []
    for number in range(ROUNDS):
        bench.progress(f"compiling, round {number + 1} of {ROUNDS}")
        begun = time.perf_counter()
        compiled(folder)
        whole.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for path in folder.rglob("*.yaml"):
            yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        ratios.append((time.perf_counter() - begun) / whole[-1])
    kept, path, one = Kept(), folder / "systems" / "system-0.yaml", []
    load_policy(folder, None, kept)
    for number in range(ROUNDS):
        path.write_text(path.read_text("utf-8").replace("en: ", f"en: {number}"), "utf-8")
        begun = time.perf_counter()
        load_policy(folder, None, kept)
        one.append(time.perf_counter() - begun)
    few, many = (_bytes(bench, operations) for operations in (OPERATIONS, 10 * OPERATIONS))
    return [
        figure(
            f"{SYSTEMS} systems × {OPERATIONS} operations × {FIELDS} fields compiled", whole, "s", "5 s, as promised"
        ),
        figure("the same, times as fast as reading the files with PyYAML", ratios, "×", "CSafeLoader, no checks"),
        figure("one of these systems changed: all read and compiled again", one, "s", "0.2 s, as promised"),
        figure("a program of ten times the operations is larger", [many / few], "×", "10 ×: linear"),
    ]


def compiled(folder: Path) -> dict[str, Program]:
    """The programs of the policy in *folder*."""
    loaded = load_policy(folder)
    assert not loaded.findings.errors, loaded.findings.errors[0]
    return loaded.programs


def written(folder: Path, systems: int, operations: int) -> Path:
    """A policy with a grant for each of its *systems*; every operation answers with a record of its own."""
    (folder / "systems").mkdir(parents=True)
    categories = {
        name: {"title": {"zh": "种类", "en": "Category"}, "level": "general", "mask": "redact"} for name in CATEGORIES
    }
    grants = [
        {
            "id": f"grant-{number}",
            "who": {"posts": [f"clerk-{number}"]},
            "systems": [f"system-{number}"],
            "purpose": "case-handling",
            "sees": {"person_name": "show"},
            "until": "2099-12-31",
            "reason": "受理",
            "approved_by": "王安全",
        }
        for number in range(systems)
    ]
    for name, content in (
        ("catalogue", {"categories": categories}),
        ("grants", {"grants": grants}),
        ("callers", {"callers": []}),
        *((f"systems/system-{number}", _system(number, operations)) for number in range(systems)),
    ):
        (folder / f"{name}.yaml").write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    return folder


def _system(number: int, operations: int) -> dict[str, object]:
    def fields(operation: int) -> dict[str, str]:
        return {
            f"field_{operation}_{place}": CATEGORIES[place % len(CATEGORIES)] if place % 2 else "public"
            for place in range(FIELDS)
        }

    return {
        "system": f"system-{number}",
        "title": {"zh": "系统", "en": "System"},
        "hosts": [f"system-{number}.example"],
        "upstream": "http://127.0.0.1:9",
        "state": "enforcing",
        "identity": {"api_keys": True},
        "records": {
            f"item_{place}": {"subject": f"field_{place}_1", "fields": fields(place)} for place in range(operations)
        },
        "operations": [
            {
                "on": f"GET /items-{place}/{{id}}",
                "allow": [f"clerk-{number}"],
                "answers": {"json": f"item_{place}"},
            }
            for place in range(operations)
        ],
    }


def _bytes(bench: Bench, operations: int) -> int:
    make_secret(bench.folder / "program.key")
    (program,) = compiled(written(bench.folder / f"one-{operations}", 1, operations)).values()
    return len(write_program(program, Signer(bench.folder / "program.key")))
