"""Everything that can be wrong with what people have written for an installation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from incident.audience import check_templates
from incident.duty.files import duty_files, read_duties
from incident.graph import SHIPPED as PLAYBOOKS
from incident.graph import load_playbooks, read_playbooks
from incident.wording import FACT_NAMES
from policies.findings import Finding, Position, Severity
from policies.load import load_policy
from policies.program import Program
from proxy.published import NotPublished
from siem.canary import LIST_NAME, parse_canaries
from siem.detect.rule_file import RuleError
from siem.detect.rule_set import read_rules
from siem.reasons.declaration_file import declaration_files, read_declarations
from yingbi.check_tls import check_tls
from yingbi.handling_settings import Drill
from yingbi.home import Home
from yingbi.in_force import programs_in_force
from yingbi.keys.check_keys import check_keys
from yingbi.keys.handling import KeyStore
from yingbi.keys.stored_fields import not_to_begin
from yingbi.rules import rule_files_of
from yingbi.settings import FILE


def check_folder(folder: Path, now: datetime) -> list[Finding]:
    """All that is wrong at the time *now* with the policies in *folder*, first in the files first. Raises OSError."""
    return load_policy(folder, now).findings.sorted()


def check_all(
    home: Home,
    now: datetime,
    *,
    root_key_days: int = 365,
    certificate_days: int = 30,
    notice_templates: str = "notice-templates",
    drills: Sequence[Drill] = (),
) -> list[Finding]:
    """The same for policies, rules, canaries, playbooks, templates, *drills*, keys and certificates."""
    loaded = load_policy(home.policies, now)
    keys = check_keys(home, loaded.policy.systems, now, root_key_days)
    tls = check_tls(home, loaded.policy.systems.values(), now, certificate_days)
    return [
        *loaded.findings.sorted(),
        *waiting(home, loaded.programs, now),
        *_rules(home),
        *_reasons(home),
        *_playbooks(),
        *_drills(home, drills),
        *_templates(home.root / notice_templates),
        *_duties(home),
        *keys,
        *tls,
    ]


def waiting(home: Home, programs: Mapping[str, Program], now: datetime) -> list[Finding]:
    """What would keep *programs* from coming into force as the keys are now: warnings, before anybody publishes."""
    try:
        before = programs_in_force(home)
    except (NotPublished, ValueError, OSError):
        before = {}
    found = not_to_begin(
        KeyStore(home, lambda: now), {name: program for name, (program, _) in before.items()}, programs
    )
    return [replace(finding, severity=Severity.WARNING) for finding in found]


def _rules(home: Home) -> list[Finding]:
    canaries: list[str] = []
    found = []
    if home.canaries.exists():
        try:
            canaries = parse_canaries(home.canaries.read_text("utf-8"), home.canaries.name)
        except (OSError, UnicodeDecodeError):
            message = f"`{home.canaries.name}` cannot be read as UTF-8 text"
            found.append(
                Finding(Position(home.canaries.name, 1, 1), "unreadable-file", message, about=f"`{home.canaries.name}`")
            )
        except ValueError as error:
            for line in str(error).splitlines():
                file, number, message = line.split(":", 2)
                found.append(Finding(Position(file, int(number), 1), "not-a-canary", message.strip()))
    try:
        read_rules(rule_files_of(home), {LIST_NAME: frozenset(canaries)})
    except RuleError as error:
        found += [
            Finding(
                Position(f"rules/{problem.file}", problem.line, problem.column), f"rule-{problem.code}", problem.message
            )
            for problem in error.problems
        ]
    except OSError as error:
        name = f"rules/{Path(str(error.filename)).name}"
        message = f"`{name}` cannot be read: {error.strerror}"
        found.append(Finding(Position(name, 1, 1), "unreadable-file", message, about=f"`{name}`"))
    return found


def _reasons(home: Home) -> list[Finding]:
    """What is wrong with the declarations of systems whose look-ups have to have a reason."""
    try:
        read_declarations(declaration_files(home.reasons))
    except RuleError as error:
        return [
            Finding(Position(f"reasons/{each.file}", each.line, each.column), "reasons-unusable", each.message)
            for each in error.problems
        ]
    return []


def _duties(home: Home) -> list[Finding]:
    """What is wrong with the duties of the installation's own."""
    try:
        read_duties(duty_files(home.duties))
    except RuleError as error:
        return [
            Finding(Position(f"duties/{each.file}", each.line, each.column), f"duties-{each.code}", each.message)
            for each in error.problems
        ]
    return []


def _playbooks() -> list[Finding]:
    _, findings = read_playbooks(PLAYBOOKS)
    return [
        Finding(Position(f"playbooks/{finding.file}", finding.line, 1), f"playbook-{finding.code}", finding.message)
        for finding in findings
    ]


def _drills(home: Home, drills: Sequence[Drill]) -> list[Finding]:
    """The planned drills whose playbook there is not."""
    books = load_playbooks()
    wrong = [each for each in drills if each.playbook and each.playbook not in books]
    if not wrong:
        return []
    lines = (home.root / FILE).read_text("utf-8").splitlines()
    return [
        Finding(
            Position(FILE, next((n for n, line in enumerate(lines, 1) if f'"{each.playbook}"' in line), 1), 1),
            "drill-without-playbook",
            f"the drill `{each.name}` names no playbook there is: `{each.playbook}`",
            about=f"`{each.playbook}`",
        )
        for each in wrong
    ]


def _templates(folder: Path) -> list[Finding]:
    """What is wrong with the installation's own templates of notices."""
    return [
        Finding(Position(f"{folder.name}/{each.file}", each.line, 1), f"template-{each.code}", each.message)
        for each in check_templates(folder, FACT_NAMES)
    ]
