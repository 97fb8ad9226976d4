"""What a tree of YAML says of its text, and what it costs the collector of cycles."""

import gc

import pytest

from policies.findings import Findings, Position
from policies.parse.yaml_tree import DEEPEST, Entries, Items, Scalar, read_yaml


def at(line: int, column: int) -> Position:
    return Position("x.yaml", line, column)


def test_a_tree_knows_where_everything_stands() -> None:
    findings = Findings()
    tree = read_yaml("a: [1, 'no']\n'b':\n  c: ~\n", "x.yaml", findings)
    assert not findings.sorted()
    assert tree == Entries(
        {
            "a": Items([Scalar("1", at(1, 5)), Scalar("no", at(1, 8))], at(1, 4)),
            "b": Entries({"c": Scalar("~", at(3, 6))}, at(3, 3), {"c": at(3, 3)}),
        },
        at(1, 1),
        {"a": at(1, 1), "b": at(2, 1)},
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n...\n"])
def test_a_text_without_a_value_is_no_tree_or_an_empty_one(text: str) -> None:
    tree = read_yaml(text, "x.yaml", findings := Findings())
    assert not findings.sorted()
    assert tree is None or tree == Scalar("", tree.at)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        ("a: &x 1\nb: 2\n", "alias", 1),
        ("a: 1\nb: *x\n", "alias", 2),
        ("a: !!int 1\n", "tag", 1),
        ("a: !x {b: 1}\n", "tag", 1),
        ("[a, b]: 1\n", "not-a-key", 1),
        ("a: 1\n---\nb: 2\n", "two-documents", 2),
        ("a: [1\n", "not-yaml", 2),
        ("a: \x07\n", "not-yaml", 1),
        ("[" * (DEEPEST + 1) + "1" + "]" * (DEEPEST + 1), "not-yaml", 1),
        ("- " * (DEEPEST + 1) + "1", "not-yaml", 1),
    ],
)
def test_what_has_two_readings_or_can_explode_is_found_where_it_stands(text: str, code: str, line: int) -> None:
    read_yaml(text, "x.yaml", findings := Findings())
    assert [(found.code, found.at.line) for found in findings.sorted()] == [(code, line)]


def test_what_is_as_deep_as_may_be_is_read() -> None:
    read_yaml("[" * DEEPEST + "1" + "]" * DEEPEST, "x.yaml", findings := Findings())
    assert not findings.sorted()


def test_the_collector_of_cycles_has_no_node_to_look_at() -> None:
    tree = read_yaml("a: [{b: 1}]\n", "x.yaml", Findings())
    assert isinstance(tree, Entries)
    (items,) = tree.nodes.values()
    assert isinstance(items, Items)
    assert not any(map(gc.is_tracked, (tree, tree.at, items, *items.nodes, *tree.keys.values())))
