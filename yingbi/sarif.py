"""Findings as a SARIF 2.1.0 log, which editors, git hooks and CI servers show beside the lines they are about.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from policies.findings import Finding, Severity, spelled_out
from policies.sentences import SENTENCES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MANUAL = "docs/findings.md"
_BASE = "POLICIES"
"""What stands for the folder where it is named whole (SARIF 2.1.0, 3.14.14)."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif_of(findings: Iterable[Finding], folder: Path) -> dict[str, Any]:
    """The log of one run over *folder*, as JSON: a rule for each code found, a result for each finding.

    Files are named from where the command was given, as in a repository, or from *folder* where that is named whole.
    """
    found = list(findings)
    codes = sorted({finding.code for finding in found})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "yingbi",
                        "version": version("yingbi"),
                        "rules": [_rule(code) for code in codes],
                    }
                },
                **({"originalUriBaseIds": {_BASE: {"uri": f"{folder.as_uri()}/"}}} if folder.is_absolute() else {}),
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes.index(finding.code), folder) for finding in found],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    described = SENTENCES.get(code, code)
    return {
        "id": code,
        "shortDescription": {"text": described},
        "help": {"text": f"{described}。见 / see {MANUAL}#{code}"},
    }


def _result(finding: Finding, rule: int, folder: Path) -> dict[str, Any]:
    said = f"{finding.zh} / {finding.message}" if finding.zh else finding.message
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": spelled_out(said)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _location(folder, finding.at.file),
                    "region": {"startLine": finding.at.line, "startColumn": finding.at.column},
                }
            }
        ],
    }


def _location(folder: Path, file: str) -> dict[str, str]:
    if folder.is_absolute():
        return {"uri": _address(Path(file)), "uriBaseId": _BASE}
    return {"uri": _address(folder / file)}


def _address(path: Path) -> str:
    return quote(path.as_posix().encode("utf-8", "surrogateescape"))
