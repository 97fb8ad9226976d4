"""What is wrong with a policy, and where. All of it is told at once, first in the files first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from policies.sentences import SENTENCES


class Severity(StrEnum):
    """Whether a finding stands in the way."""

    ERROR = "error"
    """The policy does not compile."""
    WARNING = "warning"
    """It compiles, and an officer should look."""


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """A place in a file. Lines and columns begin at 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. The code stays the same from release to release; each has a paragraph in the manual."""

    at: Position
    code: str
    message: str
    """Lower case, no full stop, what was written in backticks, and what to do."""
    severity: Severity = Severity.ERROR
    about: str = ""
    """What the sentence in Chinese is about: what was written, in backticks, and what it should be."""

    def __str__(self) -> str:
        said = f"{self.zh} / {self.message}" if self.zh else self.message
        return spelled_out(f"{self.at.file}:{self.at.line}:{self.at.column}: {self.severity}: {said} [{self.code}]")

    @property
    def zh(self) -> str:
        """What is wrong, in Chinese; empty for a code of an earlier release."""
        sentence = SENTENCES.get(self.code, "")
        return f"{sentence}：{self.about}" if sentence and self.about else sentence

    def as_json(self) -> dict[str, Any]:
        """With the keys `file`, `line`, `column`, `code`, `about`, `zh`, `message` and `severity`."""
        return {
            **msgspec.structs.asdict(self.at),
            "file": spelled_out(self.at.file),
            "code": self.code,
            "about": spelled_out(self.about),
            "zh": spelled_out(self.zh),
            "message": spelled_out(self.message),
            "severity": self.severity,
        }


class Findings:
    """Collects findings; each once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def add(self, finding: Finding) -> None:
        """Keep *finding*."""
        self._found[finding] = None

    def sorted(self) -> list[Finding]:
        """All of them by file, line and column."""
        return sorted(self._found, key=lambda finding: (finding.at, finding.code))

    @property
    def errors(self) -> list[Finding]:
        """Those that keep the policy from compiling."""
        return [finding for finding in self.sorted() if finding.severity is Severity.ERROR]


def spelled_out(text: str) -> str:
    """*text* on one line, with an escape such as `\\u202e` for each character that nobody could see.

    Names of files and what stands in them may hold bytes that are no text, orders to a terminal, or turn a line around.
    """
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # how a byte that is no UTF-8 stands in the name of a file (PEP 383)
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


class PolicyError(Exception):
    """A policy that does not compile. Holds every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
