"""The rules that are shipped, and their examples."""

from pathlib import Path

from siem.detect.definition import Rule
from siem.detect.examples import LISTS, Example, read_examples
from siem.detect.rule_set import EXAMPLES, read_rules, rule_files

RULES_FOLDER = Path(__file__).parent.parent.parent.parent / "siem" / "rules"


def shipped_rules() -> tuple[Rule, ...]:
    return read_rules(rule_files(RULES_FOLDER), LISTS)


def examples_of(rule: Rule) -> list[Example]:
    return read_examples(RULES_FOLDER / rule.source.partition(":")[0].replace(".yml", EXAMPLES))
