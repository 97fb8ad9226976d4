"""What a template can do, and that a hostile one can do nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from incident.audience import SHIPPED, Audience, check_templates, render, templates_in
from incident.template import CHOICES, LONGEST, BadTemplate, check, fill_in
from incident.wording import FACT_NAMES

CHOSEN: dict[str, object] = dict.fromkeys(CHOICES, 0) | {"clear": ("resident_id",), "stopped": False}
FACTS = dict.fromkeys(FACT_NAMES, "值")


def test_what_we_ship_has_nothing_wrong_with_it() -> None:
    for path in [*SHIPPED.glob("*.j2")]:
        assert check(path.read_text("utf-8"), FACT_NAMES) == (), path.name


@pytest.mark.parametrize(
    ("source", "line", "code"),
    [
        ("{{ fact.weather }}", 1, "unknown-fact"),
        ("一\n{{ fact.items }}", 2, "unknown-fact"),
        ("一\n\n{{ weather }}", 3, "unknown-name"),
        ("{{ fact }}", 1, "not-allowed"),
        ("{{ fact['persons'] }}", 1, "not-allowed"),
        ("{{ clear.__class__ }}", 1, "not-allowed"),
        ("{{ fact.persons.format }}", 1, "not-allowed"),
        ("{{ ''.join(clear) }}", 1, "not-allowed"),
        ("{{ fact.persons | upper }}", 1, "not-allowed"),
        ("{% if persons is defined %}{% endif %}", 1, "not-allowed"),
        ("{% for x in clear %}{% endfor %}", 1, "not-allowed"),
        ("{% macro a() %}{% endmacro %}", 1, "not-allowed"),
        ("{% set a %}x{% endset %}", 1, "not-allowed"),
        ("{% set a = 'x' %}{% set a = a ~ a %}", 1, "not-allowed"),
        ("{% set a = (persons, persons) %}", 1, "not-allowed"),
        ("{% set persons = 7 %}", 1, "not-allowed"),
        ("{% set fact = 7 %}", 1, "not-allowed"),
        ("{% include 'public.zh.j2' %}", 1, "not-allowed"),
        ("{% import 'public.zh.j2' as a %}", 1, "not-allowed"),
        ("{% extends '../x' %}", 1, "not-allowed"),
        ("{% extends fact.unit %}", 1, "not-allowed"),
        ("{{ layout }}", 1, "not-allowed"),
        ("{{ 9 ** 9 ** 9 }}", 1, "not-allowed"),
        ("{{ 'x' * 999999999 }}", 1, "not-allowed"),
        ("{{ '%999999999d' % 1 }}", 1, "not-allowed"),
        ("{% if %}", 1, "syntax"),
        ("{{ " + "(" * 5000 + ")" * 5000 + " }}", 1, "too-deep"),
        ("{% if persons %}" * 60 + "{% endif %}" * 60, 1, "too-deep"),
        ("x" * (LONGEST + 1), 1, "too-long"),
        ("{% extends layout %}\n{% block title %}{% endblock %}", 1, "lacking-block"),
        ("一\n{% if persons > " + "9" * 5000 + " %}{% endif %}", 2, "not-allowed"),
        ("{% if persons > 0x" + "f" * 5000 + " %}{% endif %}", 1, "not-allowed"),
        ("{% if persons > 1e999 %}{% endif %}", 1, "not-allowed"),
        ("一\n{{ persons }}", 2, "not-allowed"),
        ("{{ clear if known else 'x' }}", 1, "not-allowed"),
        ("{{ 'x' ~ accounts }}", 1, "not-allowed"),
        ("{{ persons > 3 }}", 1, "not-allowed"),
        ("{{ known and fact.persons }}", 1, "not-allowed"),
        ("{{ 7 }}", 1, "not-allowed"),
        ("{% set a = persons %}{{ a }}", 1, "not-allowed"),
        ("一\n二\x85{{ fact.persons }}", 2, "control-character"),
        ("# 通告\u202e", 1, "control-character"),
        (r"{{ '\ud800' }}", 1, "control-character"),
        ("{% autoescape true %}x{% endautoescape %}", 1, "not-allowed"),
        ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 2, "not-allowed"),
        ("{% block a required %}{% endblock %}", 1, "not-allowed"),
        ("{% if known %}{% extends layout %}{% endif %}", 1, "not-allowed"),
        ("{% extends layout %}\n{% extends layout %}", 2, "not-allowed"),
    ],
)
def test_what_has_no_place_is_named_by_line(source: str, line: int, code: str) -> None:
    assert (line, code) in {(flaw.line, flaw.code) for flaw in check(source, FACT_NAMES)}


_PIECES = st.sampled_from(
    [
        "{{ fact.persons }}", "{{ fact.unit }}", "{{ persons }}", "{% if persons %}", "{% else %}", "{% endif %}",
        "{% set a = 'x' %}", "{{ a }}", "{% set b = a if persons else a %}", "{{ a ~ a }}", "{% for a in clear %}",
        "{% endfor %}", "{% block title %}", "{% endblock %}", "{% extends layout %}", "{{ self.title() }}",
        "{{ range(9) }}", "{% set a = a ~ a %}", "{{ fact.persons.real }}", "文字", "\n", "{% raw %}", "{% endraw %}",
        "{% autoescape true %}", "{% endautoescape %}", "{% if persons > 1e999 %}", "{{ " + "9" * 5000 + " }}",
        "\ud800", "{{ persons if known }}",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_what_passes_the_check_ends_and_writes_no_more_than_it_is_long(source: str) -> None:
    """A template writes its own text and facts, each of which it has to name: nothing multiplies."""
    if check(source, FACT_NAMES):
        return
    longest = max(map(len, FACTS.values()))
    try:
        text = fill_in(source, "版式 {% block title %}{% endblock %}", FACTS, CHOSEN)
    except UndefinedError:  # a name that is set on another way only
        return
    assert len(text) <= (len(source) + 20) * max(longest, 1)


def test_an_own_template_stands_in_the_place_of_ours_and_others_are_added(tmp_path: Path) -> None:
    (tmp_path / "extortion.zh.j2").write_text("# 题目\n\n{{ fact.persons }} 人\n", "utf-8")
    (tmp_path / "lost-card.zh.j2").write_text("# 卡片遗失\n\n正文\n", "utf-8-sig")
    assert render(tmp_path, "lost-card", Audience.PUBLIC, FACTS, CHOSEN) == ("卡片遗失", "正文\n")
    assert render(tmp_path, "extortion", Audience.PUBLIC, FACTS, CHOSEN) == ("题目", "值 人\n")
    assert {"lost-card", "lost-terminal", "extortion"} <= {*templates_in(tmp_path)}
    with pytest.raises(BadTemplate, match="has no words for `hotline`"):
        render(tmp_path, "extortion", Audience.HOTLINE, FACTS, CHOSEN)


def test_what_is_wrong_with_own_templates_is_told_by_file_and_line(tmp_path: Path) -> None:
    assert check_templates(tmp_path / "none", FACT_NAMES) == ()
    (tmp_path / "Lost.zh.j2").write_text("# x", "utf-8")
    (tmp_path / "lost-card.zh.j2").write_text("# 题\n\n{{ fact.weather }}", "utf-8")
    (tmp_path / "odd.zh.j2").write_bytes(b"# \xff")
    (tmp_path / "odd.en.j2").write_text("no title", "utf-8")
    (tmp_path / "extortion.zh.j2").write_text("# 题", "utf-8")
    assert [(each.file, each.line, each.code) for each in check_templates(tmp_path, FACT_NAMES)] == [
        ("Lost.zh.j2", 1, "name"),
        ("lost-card.zh.j2", 1, "one-language"),
        ("lost-card.zh.j2", 3, "unknown-fact"),
        ("odd.en.j2", 1, "no-title"),
        ("odd.zh.j2", 1, "not-text"),
    ]
