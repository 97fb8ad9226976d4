from datetime import timedelta
from pathlib import Path

import pytest

from siem.detect.definition import EVERY_EVENT, Level, Measure, Threshold
from siem.detect.rule_file import RuleError
from siem.detect.rule_set import parse_rules, read_rules, rule_files
from siem.index.condition import In
from tests.siem.events import digest

LISTS = {"canary_subjects": frozenset({digest(1)})}
PLAIN = """\
title: 诱饵 / Canary
id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e03
name: canary
level: critical
logsource: {product: yingbi, service: access}
detection:
  touched:
    yingbi.subjects|expand: '%canary_subjects%'
  condition: touched
yingbi:
  what_to_do: {zh: 看, en: Look}
"""
BOTH = """\
title: 甲 / Part
name: part
logsource: {product: yingbi, service: access}
detection:
  shown:
    event.action: [whole, shown]
  condition: shown
---
title: 乙 / Whole
id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6eff
name: whole
level: HIGH
correlation:
  type: value_count
  rules: [part]
  group-by: [user.id, service.name]
  timespan: 1h
  condition:
    field: yingbi.subjects
    gt: 9
yingbi:
  respond: bulk-retrieval
  automatic: true
  what_to_do: {zh: 看, en: Look}
"""


def test_a_plain_rule() -> None:
    (rule,) = parse_rules(PLAIN, "canary.yml", LISTS)
    assert rule.condition == In("yingbi.subjects", frozenset({digest(1)}))
    assert rule.threshold == EVERY_EVENT
    assert rule.group_by == ("user.id", "service.name")
    assert (rule.name, rule.level, rule.respond, rule.automatic) == ("canary", Level.CRITICAL, "", False)
    assert (rule.what_to_do.zh, rule.source) == ("看", "canary.yml:1")


def test_a_list_without_members_finds_nothing_and_is_no_error() -> None:
    (rule,) = parse_rules(PLAIN, "canary.yml", {"canary_subjects": frozenset()})
    assert rule.condition == In("yingbi.subjects", frozenset())


def test_a_correlation() -> None:
    (rule,) = parse_rules(BOTH, "whole.yml", LISTS)
    assert rule.condition == In("event.action", frozenset({"whole", "shown"}))
    assert rule.group_by == ("user.id", "service.name")
    assert rule.threshold == Threshold(
        measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=10, within=timedelta(hours=1)
    )
    assert (rule.name, rule.level, rule.respond, rule.automatic) == ("whole", Level.HIGH, "bulk-retrieval", True)
    assert rule.source == "whole.yml:9"


def test_a_rule_may_raise_alerts_and_be_part_of_a_correlation() -> None:
    alerting = "id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e11\nlevel: low\nyingbi: {what_to_do: {zh: 看, en: Look}}"
    text = f"{PLAIN}---\n{BOTH}"
    text = text.replace("rules: [part]", "rules: [part, canary]\n  generate: true")
    text = text.replace("name: part", f"name: part\n{alerting}")
    assert [rule.name for rule in parse_rules(text, "many.yml", LISTS)] == ["canary", "part", "whole"]


def test_the_name_of_a_rule_is_that_of_its_file_if_it_has_none() -> None:
    (rule,) = parse_rules(PLAIN.replace("name: canary\n", ""), "touched.yml", LISTS)
    assert rule.name == "touched"


CLEAN = "    yingbi.subjects|expand: '%canary_subjects%'\n"
# What to replace, with what, and what is said of it. The first column is the fault.
PLAIN_FAULTS = {
    "no title": ("title: 诱饵 / Canary\n", "", "1:1: `title` is missing"),
    "unknown key": ("level: critical", "levle: critical", "4:1: `levle` is no key here"),
    "unknown level": ("level: critical", "level: urgent", "4:1: 'urgent' is not a valid Sigma rule level"),
    "no level": ("level: critical\n", "", "1:1: `level` is missing: the rule raises alerts"),
    "no id": ("id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e03\n", "", "1:1: `id` is missing: the rule raises alerts"),
    "id of another form": (
        "id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6e03",
        "id: canary",
        "2:1: sigma rule identifier must be an UUID",
    ),
    "title that is a number": ("title: 诱饵 / Canary", "title: 7", "1:1: `title` is a text"),
    "another log source": ("product: yingbi", "product: windows", "5:13: `product` of what we record is `yingbi`"),
    "no service": (", service: access", "", "5:1: `service` is missing"),
    "log source by category": ("service: access", "service: access, category: web", "5:47: `category` is no key here"),
    "no condition": ("  condition: touched\n", "", "6:1: `condition` is one text"),
    "condition without a detection": ("condition: touched", "condition: touchd", "9:3: detection 'touchd' not defined"),
    "condition that does not parse": ("condition: touched", "condition: touched and (", "9:3: "),
    "brackets in brackets": (
        "condition: touched",
        f"condition: {'(' * 50}touched{')' * 50}",
        "9:3: more than 12 brackets and `not`s lie in each other",
    ),
    "not and not": ("condition: touched", f"condition: {'not ' * 200}touched", "9:3: more than 12 brackets and"),
    "a condition without an end": (
        "condition: touched",
        f"condition: {' or '.join(['touched'] * 1_000)}",
        "9:3: a condition has at most 2000 characters",
    ),
    "no truth": ("level: critical", "level: critical\nx: !!bool abc", "5:4: `abc` is no value"),
    "no time": ("level: critical", "level: critical\nx: !!timestamp abc", "5:4: `abc` is no value"),
    "a rule without an end": ("title: 诱饵 / Canary", f"title: {'a' * 1_000_000}", "1:1: a file of rules has at most"),
    "old aggregation": ("condition: touched", "condition: touched | count() > 3", "9:3: the pipe syntax"),
    "selector of nothing": (
        "condition: touched",
        "condition: 1 of other*",
        "9:3: selector '1 of other*' doesn't match any",
    ),
    "unknown field": (CLEAN, "    user.idd: x\n", "8:5: `user.idd` is no field an event can be searched by"),
    "field that is kept only": (CLEAN, "    yingbi.fields.name: x\n", "8:5: `yingbi.fields.name` is no field"),
    "unknown modifier": (CLEAN, "    user.id|beginswith: x\n", "8:5: the modifier `beginswith` is not supported"),
    "regular expression": (CLEAN, "    user.id|re: '.*'\n", "8:5: the modifier `re` is not supported"),
    "case": (CLEAN, "    user.id|contains|cased: x\n", "8:5: the modifier `cased` is not supported"),
    "field reference": (CLEAN, "    user.id|fieldref: service.name\n", "8:5: the modifier `fieldref` is not supported"),
    "unknown list": ("%canary_subjects%", "%friends%", "8:5: there is no list `%friends%`"),
    "list inside a text": ("'%canary_subjects%'", "'e1:%canary_subjects%'", "8:5: `%canary_subjects%` stands alone"),
    "keyword": (CLEAN, "    - clerk\n", "8:7: a value needs a field"),
    "keyword in the detection": ("  touched:\n" + CLEAN, "  touched: clerk\n", "7:3: a value needs a field"),
    "field without a name": (CLEAN, "    '|contains': clerk\n", "8:5: a value needs a field"),
    "empty detection": (CLEAN, "    {}\n", "6:1: detection is empty"),
    "text for a number": (
        CLEAN,
        "    http.response.status_code: '200'\n",
        "8:5: `http.response.status_code` is a number, and `200` is none",
    ),
    "number for a text": (CLEAN, "    user.id: 7\n", "8:5: `user.id` is a text: write `7` in quotes"),
    "truth for a text": (CLEAN, "    user.id: true\n", "8:5: `user.id` is a text: write `True` in quotes"),
    "pattern for a number": (
        CLEAN,
        "    event.duration|contains: '1'\n",
        "8:5: `event.duration` is a number and fits no pattern",
    ),
    "comparison of a text": (CLEAN, "    user.id|gt: 3\n", "8:5: `user.id` is no number"),
    "comparison with a text": (CLEAN, "    event.duration|gt: three\n", "8:5: "),
    "no network": (CLEAN, "    source.ip|cidr: 10.0.0.1/8\n", "8:5: invalid CIDR expression"),
    "network of a text": (CLEAN, "    user.id|cidr: 10.0.0.0/8\n", "8:5: `user.id` is no address"),
    "mapping for a value": (CLEAN, "    user.id: {a: b}\n", "8:5: "),
    "date for a value": (CLEAN, "    user.id: 2026-11-23\n", "8:5: "),
    "unknown key of ours": ("yingbi:\n", "yingbi:\n  respnd: x\n", "11:3: `respnd` is no key here"),
    "advice in one language": (", en: Look", "", "11:3: `en` is missing"),
    "empty advice": ("en: Look", "en: ''", "11:23: `en` is a text"),
    "automatic that is no truth": (
        "yingbi:\n",
        "yingbi:\n  automatic: perhaps\n",
        "11:3: `automatic` is `true` or `false`",
    ),
    "group by an unknown field": ("yingbi:\n", "yingbi:\n  group: [user]\n", "11:3: `user` is no field"),
    "group by a list": ("yingbi:\n", "yingbi:\n  group: [user.roles]\n", "11:3: `user.roles` is a list"),
    "nothing of ours": (
        "yingbi:\n  what_to_do: {zh: 看, en: Look}\n",
        "",
        "1:1: `yingbi` is missing: the rule raises alerts",
    ),
    "tag without a namespace": (
        "level: critical",
        "level: critical\ntags: [leak]",
        "1:1: sigma tag must start with namespace",
    ),
    "date of no form": ("level: critical", "level: critical\ndate: tomorrow", "5:1: rule date 'tomorrow' is invalid"),
}
BOTH_FAULTS = {
    "unknown part": ("rules: [part]", "rules: [prat]", "15:3: the file has no rule called `prat`"),
    "no parts": ("rules: [part]", "rules: []", "15:3: `rules` names at least one rule"),
    "correlation of itself": (
        "rules: [part]",
        "rules: [part, whole]",
        "15:3: `whole` is a part of itself",
    ),
    "type we cannot": (
        "type: value_count",
        "type: value_avg",
        "14:3: `value_avg` is not supported, `event_count`, `value_count`, `value_sum`, `temporal`, `temporal_ord",
    ),
    "too few": ("gt: 9", "lt: 9", "18:3: only `gte` and `gt` are supported"),
    "more than can be counted": ("gt: 9", "gt: 1e308", "18:3: a threshold is from 1 to 9223372036854775807"),
    "not even one": ("gt: 9", "gte: 0", "18:3: a threshold is from 1 to"),
    "two thresholds": ("gt: 9", "gt: 9\n    gte: 3", "18:3: sigma correlation condition must have exactly one"),
    "no number": ("gt: 9", "gt: many", "18:3: 'many' is no valid Sigma correlation condition count"),
    "nothing to count": (
        "    field: yingbi.subjects\n",
        "",
        "13:1: value count correlation rule without field reference",
    ),
    "counting two fields": (
        "field: yingbi.subjects",
        "field: [user.id, url.path]",
        "18:3: `value_count` needs one `field`",
    ),
    "the sum of what is no number": ("type: value_count", "type: value_sum", "18:3: `yingbi.subjects` is no number"),
    "counting what nobody has": ("field: yingbi.subjects", "field: subjects", "18:3: `subjects` is no field"),
    "events with a field": (
        "type: value_count",
        "type: event_count",
        "18:3: `event_count` counts events and takes no `field`",
    ),
    "longer than any index keeps": ("timespan: 1h", "timespan: 367d", "17:3: a `timespan` is from one second to 366"),
    "longer than there is time": ("timespan: 1h", "timespan: 99999999999s", "17:3: a `timespan` is from one second"),
    "more digits than are read": ("timespan: 1h", f"timespan: {'9' * 5_000}s", "13:1: "),
    "time of no form": ("timespan: 1h", "timespan: an hour", "17:3: timespan 'an hour' is invalid"),
    "group by a list": ("[user.id, service.name]", "[user.roles]", "16:3: `user.roles` is a list"),
    "group by nothing": ("[user.id, service.name]", "[]", "16:3: `group-by` names at least one field"),
    "groups of two kinds": (
        "yingbi:\n",
        "yingbi:\n  group: [user.id]\n",
        "22:3: a correlation is grouped by `group-by`",
    ),
    "an alias that nobody uses": (
        "timespan: 1h",
        "timespan: 1h\n  aliases: {a: {part: user.id}}",
        "18:13: `a` is not in `group-by`",
    ),
    "a detection beside it": (
        "correlation:\n",
        "logsource: {product: yingbi, service: access}\ncorrelation:\n",
        "13:1: `logsource` is no key here",
    ),
    "two parts of one name": (
        "title: 甲 / Part",
        f"{BOTH.partition('---')[0].replace('甲', '丙')}---\ntitle: 甲 / Part",
        "10:1: two rules are called `part`",
    ),
    "a part that is broken": ("event.action:", "event.actoin:", "6:5: `event.actoin` is no field"),
}


@pytest.mark.parametrize(("old", "new", "said"), PLAIN_FAULTS.values(), ids=PLAIN_FAULTS)
def test_a_faulty_rule_is_told_with_its_place(old: str, new: str, said: str) -> None:
    assert old in PLAIN
    with pytest.raises(RuleError) as wrong:
        parse_rules(PLAIN.replace(old, new, 1), "a.yml", LISTS)
    (problem,) = wrong.value.problems
    assert str(problem).startswith(f"a.yml:{said}")
    assert problem.code
    assert not problem.message.endswith(".")


@pytest.mark.parametrize(("old", "new", "said"), BOTH_FAULTS.values(), ids=BOTH_FAULTS)
def test_a_faulty_correlation_is_told_with_its_place(old: str, new: str, said: str) -> None:
    assert old in BOTH
    with pytest.raises(RuleError) as wrong:
        parse_rules(BOTH.replace(old, new, 1), "a.yml", LISTS)
    assert str(wrong.value.problems[0]).startswith(f"a.yml:{said}")


def test_a_condition_as_deep_as_may_be_is_read_wherever_it_is_asked_for() -> None:
    deepest = PLAIN.replace(
        "condition: touched", f"condition: {'not (' * 6}touched{')' * 6} or ({'(' * 11}touched{')' * 12}"
    )

    def read(frames: int) -> int:
        return read(frames - 1) if frames else len(parse_rules(deepest, "a.yml", LISTS))

    assert read(150) == 1, "a page is answered with so much already going on"


def test_what_nobody_foresaw_is_told_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise KeyError

    monkeypatch.setattr("siem.detect.rule_reader.threshold_of", fail)
    with pytest.raises(RuleError, match=r"a\.yml:1:1: .*KeyError"):
        parse_rules(BOTH, "a.yml", LISTS)


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        PLAIN.replace("critical", "urgent").replace("touched:", "touched:\n    user: x"), "utf-8"
    )
    (tmp_path / "b.yml").write_text("title: [", "utf-8")
    (tmp_path / "c.yml").write_bytes(b"title: \xff")
    (tmp_path / "d.yml").write_text("# nothing yet\n", "utf-8")
    (tmp_path / "e.examples.yml").write_text("no rule at all", "utf-8")
    with pytest.raises(RuleError) as wrong:
        read_rules(rule_files(tmp_path), LISTS)
    assert [str(problem).split(": ")[0] for problem in wrong.value.problems] == [
        "a.yml:8:5",
        "b.yml:2:1",
        "c.yml:1:1",
        "d.yml:1:1",
    ]


def test_two_rules_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(PLAIN, "utf-8")
    (tmp_path / "b.yml").write_text(PLAIN, "utf-8")
    with pytest.raises(RuleError) as wrong:
        read_rules(rule_files(tmp_path), LISTS)
    assert {problem.code for problem in wrong.value.problems} == {"duplicate-id", "duplicate-name", "duplicate-title"}
    assert all(problem.file == "b.yml" and "a.yml:1 has the" in problem.message for problem in wrong.value.problems)


def test_a_file_of_parts_alone_is_told() -> None:
    with pytest.raises(RuleError, match="is missing: the rule raises alerts"):
        parse_rules(BOTH.partition("---")[0], "a.yml", LISTS)
