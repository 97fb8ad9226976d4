"""How transforms are written: the names of other products mean what they mean there."""

import pytest

from policies.findings import Findings
from policies.parse_transforms import parse_spec
from policies.section import Section
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange, Spec
from policies.yaml_tree import Entries, read_yaml


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
        ("{MASK_AFTER_SPECIAL_CHARS: {special-chars: d1}}", "abcd134", "abcd1**"),
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
