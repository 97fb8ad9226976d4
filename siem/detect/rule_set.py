"""A set of rules, read from its files.

A file holds plain rules, and correlations over the rules of the same file, plain ones and correlations. Beside Sigma's
keys stands one mapping of ours:

    yingbi:
      respond: <playbook>        # which playbook leads the response
      automatic: true            # contain without asking anybody; false if left out
      custom: true               # not for callers whose ordinary work it is; false if left out
      what_to_do: {zh: ..., en: ...}
      group: [user.id]           # of a plain rule: whom its alerts are about; caller and system if left out
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from siem.detect.definition import Rule
from siem.detect.rule import Lists
from siem.detect.rule_file import Problem, RuleError, read_sections
from siem.detect.rule_form import problems_of_form
from siem.detect.rule_reader import RuleReader
from siem.detect.unforeseen import UNFORESEEN

EXAMPLES = ".examples.yml"
"""What the file ends with that tries a rule; it lies beside the rule and is none."""

MOST_CHARS = 1_000_000
"""Of a file."""


def rule_files(folder: Path) -> list[Path]:
    """The rule files in *folder*, by name."""
    return sorted(path for path in folder.glob("*.yml") if not path.name.endswith(EXAMPLES))


def read_rules(
    paths: Iterable[Path], lists: Lists, called: Callable[[Path], str] = lambda path: path.name
) -> tuple[Rule, ...]:
    """The rules of *paths* that raise alerts. Raises RuleError with every problem of every file; OSError.

    *called*: what problems and the sources of rules call a file; by its name, where all lie in one folder.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            rules += parse_rules(path.read_text("utf-8"), called(path), lists)
        except RuleError as error:
            problems += error.problems
        except UnicodeDecodeError:
            problems.append(_at_start(called(path), "encoding", "this is not UTF-8"))
    problems += _shared(rules)
    if problems:
        raise RuleError(problems)
    return tuple(rules)


def parse_rules(text: str, file: str, lists: Lists) -> list[Rule]:
    """The rules in *text* that raise alerts. Raises RuleError with every problem; *file* is what it calls the file.

    Nothing but that: whoever reads rules goes by what is raised, and goes on without a file that is no good.
    """
    if len(text) > MOST_CHARS:
        raise RuleError([_at_start(file, "size", f"a file of rules has at most {MOST_CHARS:,} characters")])
    try:
        return _parsed(text, file, lists)
    except RuleError:
        raise
    except UNFORESEEN as error:
        raise RuleError([_at_start(file, "unreadable", f"the file cannot be read ({type(error).__name__})")]) from error


def _parsed(text: str, file: str, lists: Lists) -> list[Rule]:
    sections = read_sections(text, file)
    problems = [problem for section in sections for problem in problems_of_form(section)]
    if problems:
        raise RuleError(problems)
    reader = RuleReader(file, sections, lists)
    rules = list(reader.rules())
    if not rules and not reader.problems:
        reader.problems.append(_at_start(file, "empty", "the file holds no rule that raises an alert"))
    if reader.problems:
        raise RuleError(reader.problems)
    return rules


def _shared(rules: list[Rule]) -> Iterator[Problem]:
    """Problems of rules that are the same in what must tell them apart."""
    for attribute in ("id", "name", "title"):
        first: dict[str, Rule] = {}
        for rule in rules:
            value = getattr(rule, attribute)
            if value in first:
                file, _, line = rule.source.rpartition(":")
                said = f"{first[value].source} has the {attribute} `{value}` as well"
                yield Problem(file=file, line=int(line), column=1, code=f"duplicate-{attribute}", message=said)
            first.setdefault(value, rule)


def _at_start(file: str, code: str, message: str) -> Problem:
    return Problem(file=file, line=1, column=1, code=code, message=message)
