"""The schemas by which editors explain policy files: they and the parser know the same keys, refuse the same values."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from referencing import Registry, Resource

from deploy.demo.people import callers_file
from policies.checks.together import RESERVED
from policies.findings import Findings
from policies.parse.operations import KEPT_HEADERS, STATIC_TYPE, STATIC_TYPES
from policies.parse.reveals import parse_granted
from policies.parse.rules import parse_callers, parse_catalogue
from policies.parse.section import Section
from policies.parse.system import parse_pack, parse_system
from policies.parse.yaml_tree import Entries, read_yaml

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = ROOT / "policies" / "schema"
DEMO = ROOT / "deploy" / "demo" / "policies"
HERE = Path(__file__).parent
GOOD = HERE / "good"
KINDS: dict[str, Any] = {
    "catalogue": parse_catalogue,
    "grants": parse_granted,
    "callers": parse_callers,
    "system": parse_system,
    "pack": parse_pack,
}
READ = {kind: json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8")) for kind in KINDS}
REGISTRY = (
    Registry()
    .with_resources((f"file:///{kind}.schema.json", Resource.from_contents(schema)) for kind, schema in READ.items())
    .crawl()
)
VALIDATORS = {
    kind: jsonschema.Draft202012Validator({"$ref": f"file:///{kind}.schema.json"}, registry=REGISTRY) for kind in KINDS
}
SHIPPED = {
    "catalogue": [DEMO / "catalogue.yaml"],
    "grants": [DEMO / "grants.yaml"],
    "system": sorted((DEMO / "systems").glob("*.yaml")),
    "pack": sorted((ROOT / "policies" / "packs").glob("*.yaml")),
}
OF_TESTS = {
    "catalogue": [GOOD / "catalogue.yaml"],
    "grants": [GOOD / "grants.yaml"],
    "callers": [GOOD / "callers.yaml"],
    "system": [GOOD / "systems" / "people.yaml"],
}


class _Loader(yaml.CSafeLoader):
    """Reads as editors do, by YAML 1.2: a day is a text, so is `on`, and so is a number that begins with a nought."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


def loaded(text: str) -> Any:
    return yaml.load(text, _Loader)


def errors_of(kind: str, document: Any) -> list[str]:
    """What the schema finds wrong with *document*."""
    return [f"{list(error.absolute_path)}: {error.message}" for error in VALIDATORS[kind].iter_errors(document)]


def refuses(kind: str, document: Any) -> bool:
    """Whether the schema finds anything wrong with *document*; it stops at the first."""
    return not VALIDATORS[kind].is_valid(document)


def dumped(document: Any) -> str:
    return str(yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True))


def findings_of(kind: str, text: str) -> list[str]:
    """What the parser finds wrong with the file *text* by itself."""
    findings = Findings()
    tree = read_yaml(text, f"{kind}.yaml", findings)
    assert isinstance(tree, Entries), findings.errors
    section = Section(tree, findings, f"`{kind}`")
    KINDS[kind](section)
    section.done()
    return [finding.code for finding in findings.errors]


EVERY_KEY = {kind: (HERE / "every_key" / f"{kind}.yaml").read_text("utf-8") for kind in KINDS}
"""For each kind of file, one that holds every key there is."""
WRONG: dict[str, list[list[str]]] = yaml.safe_load((HERE / "wrong_values.yaml").read_text("utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(READ[kind])


CONSTRAINTS = {"minItems", "minProperties", "maximum", "const", "pattern", "required", "properties"}
"""What a schema says where it only narrows down a property that is explained elsewhere."""


def _described(schema: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that an editor explains, with its place."""
    if isinstance(schema, dict):
        for key, inner in schema.get("properties", {}).items():
            if not inner.keys() <= CONSTRAINTS and not _only_limits(inner):
                yield f"{at}/{key}", inner
        for key, inner in schema.items():
            yield from _described(inner, f"{at}/{key}")
    elif isinstance(schema, list):
        for place, inner in enumerate(schema):
            yield from _described(inner, f"{at}/{place}")


def _only_limits(schema: dict[str, Any]) -> bool:
    """Whether *schema* says nothing but which of the items explained elsewhere may stand there."""
    return schema.keys() == {"items"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained_in_both_languages(kind: str) -> None:
    for at, inner in _described(READ[kind]):
        told = inner if "title" in inner else _target(kind, inner)[1]
        for key in ("title", "description"):
            zh, _, en = told[key].partition(" / ")
            assert re.search("[\u4e00-\u9fff]|^(HTML|JSON|CSV|class)$", zh) or key == "title", (at, told[key])
            assert re.fullmatch(r"[ -~]+", en), (at, told[key])


def _target(kind: str, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a schema that is a reference refers to, and in which file that is."""
    file, _, pointer = schema["$ref"].partition("#")
    kind = file.removesuffix(".schema.json") or kind
    found: Any = READ[kind]
    for step in pointer.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return kind, found


@pytest.mark.parametrize(
    "path", [path for paths in (*SHIPPED.values(), *OF_TESTS.values()) for path in paths], ids=lambda path: path.stem
)
def test_what_we_ship_is_valid(path: Path) -> None:
    kind = next(kind for found in (SHIPPED, OF_TESTS) for kind, paths in found.items() if path in paths)
    assert errors_of(kind, loaded(path.read_text("utf-8"))) == []


def test_the_callers_of_the_demo_are_valid() -> None:
    text = callers_file({"clerk-wang": "0" * 64, "batch-stats": "1e" * 32})
    assert errors_of("callers", loaded(text)) == []
    assert text.startswith("# yaml-language-server: $schema=schema/callers.schema.json\n")


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_file_names_its_schema_where_it_lies_and_where_it_will(kind: str) -> None:
    for path in SHIPPED[kind]:
        head = path.read_text("utf-8").splitlines()[0]
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", head)
        assert named is not None, path
        assert (path.parent / named[1]).resolve() == SCHEMAS / f"{kind}.schema.json"
        # In an installation the schemas are a folder beside the others.
        assert named[1] == ("" if path.parent == DEMO else "../") + f"schema/{kind}.schema.json"


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_with_every_key_is_good_to_both(kind: str) -> None:
    assert findings_of(kind, EVERY_KEY[kind]) == []
    assert errors_of(kind, loaded(EVERY_KEY[kind])) == []


# Which part of a schema describes what the parser calls a section.
SECTIONS = {
    "`catalogue`": "catalogue#",
    "category `…`": "catalogue#/$defs/category",
    "`harm`": "catalogue#/$defs/category/properties/harm",
    "`title`": "catalogue#/$defs/title",
    "`refuse`": "catalogue#/$defs/title",
    "`keep`": "catalogue#/$defs/transform/oneOf/2/properties/keep",
    "`cover`": "catalogue#/$defs/transform/oneOf/3/properties/cover",
    "`date`": "catalogue#/$defs/transform/oneOf/4/properties/date",
    "`PRESNM`": "catalogue#/$defs/transform/oneOf/5/properties/PRESNM",
    "`MASKNM`": "catalogue#/$defs/transform/oneOf/6/properties/MASKNM",
    "`PRESXY`": "catalogue#/$defs/transform/oneOf/7/properties/PRESXY",
    "`MASKXY`": "catalogue#/$defs/transform/oneOf/8/properties/MASKXY",
    "`SYMBOL`": "catalogue#/$defs/transform/oneOf/9/properties/SYMBOL",
    "`shift`": "catalogue#/$defs/transform/oneOf/10/properties/shift",
    "`pseudonym`": "catalogue#/$defs/transform/oneOf/11/properties/pseudonym",
    "`dictionary`": "catalogue#/$defs/transform/oneOf/12/properties/dictionary",
    "`KEEP_FIRST_N_LAST_M`": "catalogue#/$defs/transform/oneOf/13/properties/KEEP_FIRST_N_LAST_M",
    "`KEEP_FROM_X_TO_Y`": "catalogue#/$defs/transform/oneOf/14/properties/KEEP_FROM_X_TO_Y",
    "`MASK_FIRST_N_LAST_M`": "catalogue#/$defs/transform/oneOf/15/properties/MASK_FIRST_N_LAST_M",
    "`MASK_FROM_X_TO_Y`": "catalogue#/$defs/transform/oneOf/16/properties/MASK_FROM_X_TO_Y",
    "`MASK_BEFORE_SPECIAL_CHARS`": "catalogue#/$defs/transform/oneOf/17/properties/MASK_BEFORE_SPECIAL_CHARS",
    "`MASK_AFTER_SPECIAL_CHARS`": "catalogue#/$defs/transform/oneOf/18/properties/MASK_AFTER_SPECIAL_CHARS",
    "`保留前n后m`": "catalogue#/$defs/transform/oneOf/19/properties/保留前n后m",
    "`保留自x至y`": "catalogue#/$defs/transform/oneOf/20/properties/保留自x至y",
    "`遮盖前n后m`": "catalogue#/$defs/transform/oneOf/21/properties/遮盖前n后m",
    "`遮盖自x至y`": "catalogue#/$defs/transform/oneOf/22/properties/遮盖自x至y",
    "`age`": "catalogue#/$defs/transform/oneOf/25/properties/age",
    "`amount`": "catalogue#/$defs/transform/oneOf/26/properties/amount",
    "`grid`": "catalogue#/$defs/transform/oneOf/27/properties/grid",
    "`area`": "catalogue#/$defs/transform/oneOf/28/properties/area",
    "`fpe`": "catalogue#/$defs/transform/oneOf/30/properties/fpe",
    "`grants`": "grants#",
    "a grant": "grants#/$defs/grant",
    "a reveal": "grants#/$defs/reveal",
    "a limit": "grants#/$defs/limit",
    "`step_up`": "grants#/$defs/limit/properties/step_up",
    "`who`": "grants#/$defs/grant/properties/who",
    "a condition": "grants#/$defs/grant/properties/rows/additionalProperties",
    "`hours`": "grants#/$defs/grant/properties/hours",
    "`callers`": "callers#",
    "a caller": "callers#/$defs/caller",
    "a key": "callers#/$defs/key",
    "`system`": "system#",
    "`certificates`": "system#/properties/identity/properties/certificates",
    "`upstream_tls`": "system#/properties/upstream_tls",
    "`identity`": "system#/properties/identity",
    "`header`": "system#/properties/identity/properties/header",
    "`session`": "system#/properties/identity/properties/session",
    "a front proxy": "system#/$defs/front_proxy",
    "an issuer": "system#/$defs/issuer",
    "`acting`": "system#/$defs/issuer/properties/acting",
    "record `…`": "system#/$defs/record",
    "`city`": "system#/$defs/field/oneOf/1",
    "`files`": "system#/$defs/files",
    "`file`": "system#/$defs/files",
    "a parameter": "system#/$defs/parameter/oneOf/1",
    "an operation": "system#/$defs/operation",
    "`answers`": "system#/$defs/answers",
    "`events`": "system#/$defs/answers/properties/events",
    "`id`": "system#/$defs/answers/properties/events/properties/id/oneOf/1",
    "`message`": "system#/$defs/message",
    "`mark`": "system#/$defs/operation/properties/mark",
    "`prose`": "system#/$defs/operation/properties/prose/oneOf/1",
    "`websocket`": "system#/$defs/operation/properties/websocket",
    "`messages`": "system#/$defs/message",
    "`sent`": "system#/$defs/operation/properties/websocket/properties/sent",
    "`errors`": "system#/$defs/answers",
    "`body`": "system#/$defs/operation/properties/body",
    "`/rows/*`": "system#/$defs/json_body/oneOf/1/additionalProperties/oneOf/1",
    "`documents`": "system#/$defs/answers/properties/documents/oneOf/1",
    "`xml`": "system#/$defs/xml_body",
    "`html`": "system#/$defs/page",
    "`form`": "system#/$defs/page",
    "an element": "system#/$defs/element",
    "`labels`": "system#/$defs/labels",
    "`json`": "system#/$defs/labels/properties/json",
    "`pack`": "pack#",
}
ELSEWHERE = (
    "`attributes`",
    "`list`",
    "`parameters`",
    "`home`",
    "`self`",
    "`/next`",
    "`/after`",
    "`/here`",
    "`note`",
    "`row`",
    "`ends`",
)
"""Mappings whose keys are names that somebody gave, and a second one of a kind that stands above."""


def test_the_parser_asks_for_exactly_the_keys_of_the_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, set[str]] = {}
    node_of = Section.node_of

    def noted(section: Section, key: str, *, required: bool = True) -> Any:
        what = re.sub(r"(category|record) `.*`", r"\1 `…`", section.what)
        if what == "`html`" and key in ("value", "label"):
            what = "`json`"  # of labels, which look alike in both formats
        asked.setdefault(what, set()).add(key)
        return node_of(section, key, required=required)

    monkeypatch.setattr(Section, "node_of", noted)
    for kind, text in EVERY_KEY.items():
        findings_of(kind, text)
    known: dict[str, set[str]] = {}
    for what, pointer in SECTIONS.items():
        kind, _, path = pointer.partition("#")
        known[what] = set(_target(kind, {"$ref": f"#{path}"})[1]["properties"])
    assert {what: keys for what, keys in asked.items() if what not in ELSEWHERE} == known


def _mappings(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all mappings in *document*."""
    if isinstance(document, dict):
        yield at
        for key, value in document.items():
            yield from _mappings(value, (*at, key))
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from _mappings(value, (*at, place))


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


REFERENCES = {
    "joined-not-scanned",
    "unknown-field",
    "unknown-transform",
    "unknown-parameter-set",
    "operator-without-list",
    "without-effect",
}
"""Findings about one place of a file that names another: a schema knows nothing of such."""
PLACES = [(kind, place) for kind, text in EVERY_KEY.items() for place in _mappings(loaded(text))]


@pytest.mark.parametrize(("kind", "place"), PLACES, ids=lambda value: "/".join(map(str, value)) if value else "-")
def test_an_unknown_key_is_refused_by_both(kind: str, place: tuple[Any, ...]) -> None:
    """No name that somebody could give holds a blank, so it is unknown even where names are free."""
    document = loaded(EVERY_KEY[kind])
    _at(document, place)["a strange key"] = {"x": "y"}
    assert refuses(kind, document)
    assert findings_of(kind, dumped(document)) != []


@pytest.mark.parametrize(("kind", "place"), PLACES, ids=lambda value: "/".join(map(str, value)) if value else "-")
def test_a_key_that_one_needs_the_other_needs_as_well(kind: str, place: tuple[Any, ...]) -> None:
    whole = loaded(EVERY_KEY[kind])
    for key in list(_at(whole, place)):
        document = copy.deepcopy(whole)
        del _at(document, place)[key]
        codes = set(findings_of(kind, dumped(document))) - REFERENCES
        assert bool(codes) == refuses(kind, document), (key, codes)


@pytest.mark.parametrize(("kind", "old", "new"), [(kind, *pair) for kind, pairs in WRONG.items() for pair in pairs])
def test_a_wrong_value_is_refused_by_both(kind: str, old: str, new: str) -> None:
    assert old in EVERY_KEY[kind]
    text = EVERY_KEY[kind].replace(old, new, 1)
    assert findings_of(kind, text) != []
    assert refuses(kind, loaded(text))


@pytest.mark.parametrize("name", RESERVED)
def test_no_category_is_called_by_a_word_of_the_language(name: str) -> None:
    assert errors_of("catalogue", loaded(EVERY_KEY["catalogue"].replace("  a:\n", f"  {name}:\n"))) != []


def test_the_examples_of_static_files_are_those_that_true_stands_for() -> None:
    static = READ["system"]["$defs"]["operation"]["properties"]["static"]["oneOf"][1]
    assert tuple(static["items"]["examples"]) == STATIC_TYPES


def test_the_types_of_static_files_are_those_of_the_parser() -> None:
    static = READ["system"]["$defs"]["operation"]["properties"]["static"]["oneOf"][1]
    assert static["items"]["pattern"] == f"^({STATIC_TYPE.pattern})$"
    assert all(STATIC_TYPE.fullmatch(name) for name in STATIC_TYPES)


def test_the_headers_that_never_pass_are_those_of_the_parser() -> None:
    headers = READ["system"]["$defs"]["operation"]["properties"]["headers"]
    assert tuple(headers["items"]["not"]["enum"]) == KEPT_HEADERS
