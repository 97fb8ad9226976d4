"""How transforms are written: the names of other products mean what they mean there."""

import shutil
from pathlib import Path

import pytest

from policies.findings import Findings
from policies.parse.rules import Catalogue, parse_catalogue
from policies.parse.section import Section
from policies.parse.transforms import parse_spec
from policies.parse.yaml_tree import Entries, read_yaml
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange, Redact, Scan, Spec
from policies.view import Views
from tests.policies.compiled import GOOD, SECRET, program


def read(text: str) -> tuple[Spec | None, list[str]]:
    """The transform that *text* names, and the codes of what is wrong with it."""
    findings = Findings()
    tree = read_yaml(f"mask: {text}", "x.yaml", findings)
    assert isinstance(tree, Entries)
    spec = parse_spec(Section(tree, findings, "x"), "mask")
    return spec, [finding.code for finding in findings.sorted()]


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("{PRESNM: {n: 3, m: 4}}", Keep(first=3, last=4)),
        ("{MASKNM: {n: 3, m: 4}}", Cover(first=3, last=4)),
        ("{PRESXY: {x: 4, y: 7}}", KeepRange(4, 7)),
        ("{MASKXY: {x: 4, y: 7}}", CoverRange(4, 7)),
        ("{SYMBOL: {symbol: '@', direction: 0}}", CoverBefore("@")),
        ("{SYMBOL: {symbol: '-', direction: 1}}", CoverAfter("-")),
        ("{KEEP_FIRST_N_LAST_M: {first-n: 3, last-m: 4, replace-char: '*'}}", Keep(first=3, last=4)),
        ("{KEEP_FROM_X_TO_Y: {from-x: 3, to-y: 6, replace-char: '*'}}", KeepRange(4, 7)),
        ("{MASK_FIRST_N_LAST_M: {first-n: 3, last-m: 4}}", Cover(first=3, last=4)),
        ("{MASK_FROM_X_TO_Y: {from-x: 0, to-y: 6}}", CoverRange(1, 7)),
        ("{MASK_BEFORE_SPECIAL_CHARS: {special-chars: '@'}}", CoverBefore("@")),
        ("{MASK_AFTER_SPECIAL_CHARS: {special-chars: '-'}}", CoverAfter("-")),
        ("{保留前n后m: {n: 3, m: 4}}", Keep(first=3, last=4)),
        ("{保留自x至y: {x: 4, y: 7}}", KeepRange(4, 7)),
        ("{遮盖前n后m: {n: 3, m: 4}}", Cover(first=3, last=4)),
        ("{遮盖自x至y: {x: 4, y: 7}}", CoverRange(4, 7)),
        ("{特殊字符前遮盖: '@'}", CoverBefore("@")),
        ("{特殊字符后遮盖: '-'}", CoverAfter("-")),
    ],
)
def test_the_names_of_other_products(text: str, spec: Spec) -> None:
    assert read(text) == (spec, [])


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        # What the tests of Apache ShardingSphere expect of its own.
        ("{KEEP_FROM_X_TO_Y: {from-x: 3, to-y: 5}}", "abc123456", "***123***"),
        ("{KEEP_FROM_X_TO_Y: {from-x: 5, to-y: 5}}", "abc123456", "*****3***"),
        ("{MASK_FROM_X_TO_Y: {from-x: 3, to-y: 5}}", "abc123456", "abc***456"),
        ("{KEEP_FIRST_N_LAST_M: {first-n: 3, last-m: 2}}", "abc123456", "abc****56"),
        ("{MASK_BEFORE_SPECIAL_CHARS: {special-chars: d1}}", "abcd134", "***d134"),
        ("{MASK_AFTER_SPECIAL_CHARS: {special-chars: d1}}", "abcd1345", "abcd1***"),
        # There, "abcd1**": here, what hides fewer than half as many as it shows hides all.
        ("{MASK_AFTER_SPECIAL_CHARS: {special-chars: d1}}", "abcd134", "*******"),
    ],
)
def test_what_they_make_is_what_they_make_there(text: str, value: str, shown: str) -> None:
    spec, _ = read(text)
    assert spec is not None
    assert transform_of(spec, FieldKeys(b"", "", ""))(value) == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{KEEP_FROM_X_TO_Y: {from-x: 6, to-y: 3}}", "shows-too-much"),
        ("{KEEP_FROM_X_TO_Y: {from-x: 3}}", "missing-key"),
        ("{MASK_FIRST_N_LAST_M: {}}", "shows-too-much"),
        ("{KEEP_FIRST_N_LAST_M: {first-n: 3, replace-char: '#'}}", "wrong-form"),
        ("{特殊字符前遮盖: '123456789'}", "wrong-form"),
        ("{保留前n后m: {n: 3, x: 4}}", "unknown-key"),
        ("{dictionary: {words: [张]}}", "out-of-range"),
        ("{dictionary: {words: []}}", "out-of-range"),
        ("{dictionary: {}}", "missing-key"),
        ("{fpe: {alphabet: '0012'}}", "wrong-form"),
        ("{fpe: {alphabet: '０1'}}", "wrong-form"),
        ("{fpe: {alphabet: '01-', separators: '-'}}", "wrong-form"),
        ("{fpe: {as: resident-id, first: 3}}", "wrong-form"),
        ("{digest: md5}", "unknown-choice"),
        ("{shift: {}}", "missing-key"),
        ("{age: {at: [18, 6]}}", "wrong-form"),
        ("{age: {every: 10, on: 2026-02-30}}", "wrong-form"),
        ("{amount: {}}", "missing-key"),
        ("{amount: {every: 10, at: [5]}}", "missing-key"),
    ],
)
def test_what_is_wrong_with_them_is_told(text: str, code: str) -> None:
    assert code in read(text)[1]


# -- names


CATEGORY = "categories:\n  a: {title: {zh: 甲, en: A}, level: general, mask: MASK}\n"


def catalogue(transforms: str, mask: str = "redact") -> tuple[Catalogue, list[str]]:
    findings = Findings()
    tree = read_yaml(f"transforms: {transforms}\n{CATEGORY.replace('MASK', mask)}", "c.yaml", findings)
    assert isinstance(tree, Entries)
    section = Section(tree, findings, "c")
    made = parse_catalogue(section)
    section.done()
    return made, [f"{finding.at.line}:{finding.at.column} {finding.code}" for finding in findings.sorted()]


def test_a_name_stands_for_a_transform_and_for_another_name_in_any_order() -> None:
    made, found = catalogue("{tail: short, short: last-four, last-four: {keep: {last: 4}}}", "tail")
    assert found == []
    assert made.transforms == dict.fromkeys(("tail", "short", "last-four"), Keep(last=4))
    category = made.categories["a"]
    assert category is not None
    assert category.mask == Keep(last=4)


@pytest.mark.parametrize(
    ("transforms", "mask", "found"),
    [
        ("{a: a}", "redact", ["1:17 transform-loop"]),
        ("{a: b, b: c, c: b}", "redact", ["1:17 transform-loop"]),
        ("{a: b}", "redact", ["1:17 unknown-transform"]),
        ("{a: {keep: {last: 99}}}", "a", ["1:31 out-of-range"]),  # told once, not where it is used as well
        ("{a: b, b: c, c: b}", "a", ["1:17 transform-loop"]),
        ("{redact: show}", "redact", ["1:14 reserved-name"]),
        ("{keep: show}", "redact", ["1:14 reserved-name"]),
        ("{A b: show}", "redact", ["1:14 reserved-name"]),
        ("{a: show}", "b", ["3:52 unknown-transform"]),
        ("[a]", "redact", ["1:13 wrong-form"]),
    ],
)
def test_what_is_wrong_with_names_is_told_where_it_stands(transforms: str, mask: str, found: list[str]) -> None:
    assert catalogue(transforms, mask)[1] == found


def test_a_chain_of_thousands_of_names_is_read() -> None:
    names = ", ".join(f"a{number}: a{number + 1}" for number in range(3_000))
    made, found = catalogue(f"{{{names}, a3000: redact}}", "a0")
    assert found == []
    assert set(made.transforms.values()) == {Redact()}


def test_names_are_known_in_grants_and_systems_and_are_told(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    for file, old, new in (
        ("catalogue.yaml", "categories:", "transforms: {last-four: {keep: {last: 4}}}\ncategories:"),
        ("grants.yaml", "person_name: show", "person_name: last-four"),
    ):
        path = tmp_path / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    named = program(folder=tmp_path)
    assert named.transforms == {"last-four": Keep(last=4)}
    grant = next(grant for grant in named.grants if "clerk" in grant.posts)
    decisions = Views(named, SECRET).of([grant]).decisions
    told = {decision.name: decision.transform for decision in decisions}
    assert told["person.name"] == "last-four: keep 0..4"


def test_prose_is_a_scan_with_a_tagger_besides() -> None:
    made, found = catalogue("{text: prose}", "text")
    assert found == []
    assert made.transforms == {"text": Scan(prose=True)}
