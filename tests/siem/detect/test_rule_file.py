import pytest

from siem.detect.rule_file import RuleError, read_sections

TEXT = """\
title: a
detection:
  shown:
    - user.id|startswith: [clerk-, batch-]
    - event.action: whole
  condition: shown
---
---
date: 2026-11-23
"""


def test_everything_is_found_with_its_place() -> None:
    first, second = read_sections(TEXT, "a.yml")
    assert first.value["detection"]["shown"][0] == {"user.id|startswith": ["clerk-", "batch-"]}
    assert first.place_of(("detection", "shown", 1, "event.action")) == (5, 7)
    assert first.place_of(("detection", "shown", 0, "user.id|startswith", 1)) == (4, 36)
    assert first.place_of(("detection", "nowhere", "at all")) == (2, 1)
    assert first.place_of(("nowhere",)) == first.place_of(()) == (1, 1)
    assert str(second.value["date"]) == "2026-11-23"
    assert second.place_of(()) == (9, 1)


def test_a_file_of_comments_has_no_sections() -> None:
    assert read_sections("# nothing\n---\n", "a.yml") == []


WRONG = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", ["a.yml:3:1: `a` stands twice"]),
    "a key YAML reads as a truth value": ("off: {}\n", ["a.yml:1:1: `off` is not read as a text: put it in quotes"]),
    "keys that are numbers, dates, nothing": (
        "a: {1: x, ~: y}\n2026-11-23: z\n",
        [
            "a.yml:1:5: `1` is not read as a text: put it in quotes",
            "a.yml:1:11: a key is a text",
            "a.yml:2:1: `2026-11-23` is not read as a text: put it in quotes",
        ],
    ),
    "a key that is a list": ("? [a]\n: b\n", ["a.yml:1:3: a key is a text"]),
    "a 13th month": (
        "a:\n  b: 2026-13-01\n",
        ["a.yml:2:6: `2026-13-01` is no value: put it in quotes if it is a text"],
    ),
    "words that are no value of their tag": (
        "a: !!bool abc\n!!timestamp abc: b\nc: !!bool " + "x" * 90,
        [
            "a.yml:1:4: `abc` is no value",
            "a.yml:2:1: `abc` is no value",
            f"a.yml:3:4: `{'x' * 60}…` is no value",
        ],
    ),
    "lists in lists without an end": ("a: " + "[" * 200_000, ["a.yml:1:35: this is no YAML: nested deeper than 32"]),
    "mappings in mappings": ("a: " + "{b: " * 40 + "}" * 40, ["a.yml:1:128: this is no YAML: nested deeper than 32"]),
    "blocks in blocks": (
        "".join(" " * depth + "a:\n" for depth in range(40)),
        ["a.yml:33:33: this is no YAML: nested deeper than 32"],
    ),
    "an alias": ("a: &x 1\nb: [*x]\nc: *x\n", ["a.yml:2:5: aliases are not taken", "a.yml:3:4: aliases are not taken"]),
    "a list for a rule": ("- a\n", ["a.yml:1:1: a rule is a mapping of keys to values"]),
    "a word for a rule": ("a: 1\n---\nword\n", ["a.yml:3:1: a rule is a mapping of keys to values"]),
    "a bracket that is never closed": ("a: [1\nb: 2\n", ["a.yml:2:2: this is no YAML: "]),
    "a tab for indentation": ("a:\n\tb: 1\n", ["a.yml:2:1: this is no YAML: "]),
    "a tag that runs code": (
        "a: !!python/object/apply:os.system [x]\nb: !!python/name:os.system x\n",
        ["a.yml:1:4: tags are not taken", "a.yml:2:4: this is no YAML: could not determine a constructor"],
    ),
    "a control character": ("a: \x01\n", ["a.yml:1:1: this is no YAML: "]),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_place(text: str, said: list[str]) -> None:
    with pytest.raises(RuleError) as wrong:
        read_sections(text, "a.yml")
    lines = str(wrong.value).splitlines()
    assert len(lines) == len(said)
    for line, beginning in zip(lines, said, strict=True):
        assert line.startswith(beginning)
