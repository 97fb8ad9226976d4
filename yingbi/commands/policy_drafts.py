"""`yingbi policy draft | import | submit | withdraw`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.policy_acting import as_person, print_findings
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, complain

if TYPE_CHECKING:
    from policies.snapshot import Snapshot
    from yingbi.policy_desk import Clerk, PolicyDesk
    from yingbi.settings import Settings


def run_draft(given: argparse.Namespace) -> int:
    """Draft what is in the folder of policies, and submit it."""
    from yingbi.home import Home
    from yingbi.settings import read_settings

    return _begun(given, Home(read_settings().home).policies)


def run_import(given: argparse.Namespace) -> int:
    """The same of any folder."""
    return _begun(given, given.folder)


def _begun(given: argparse.Namespace, folder: Path) -> int:
    from policies.snapshot import UnfitFiles, read_folder

    try:
        snapshot = read_folder(folder)
    except UnfitFiles as unfit:
        complain(f"{unfit.zh} / {unfit}")
        return FOUND
    except OSError as error:
        complain(f"无法读取 / cannot read `{error.filename or folder}`: {error.strerror or error}")
        return COULD_NOT
    return as_person(given, lambda desk, clerk, _: _drafted(given, snapshot, desk, clerk))


def _drafted(given: argparse.Namespace, snapshot: "Snapshot", desk: "PolicyDesk", clerk: "Clerk") -> int:
    import json

    if given.draft:
        found = desk.draft(given.draft)
        number, files = found.number, json.dumps(dict(snapshot.files), ensure_ascii=False)
        clerk.act(f"/policies/drafts/{number}/files", **{"from": "files"}, files=files, content=found.content)
    else:
        number = clerk.draft(snapshot, given.title, given.reason)
    print(f"草稿第 {number} 号 / draft {number}，内容摘要 / digest {snapshot.digest}", flush=True)
    return _submitted(desk, clerk, number, snapshot.digest)


def run_submit(given: argparse.Namespace) -> int:
    """Submit a draft, where nothing is wrong with it."""

    def submit(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        return _submitted(desk, clerk, found.number, found.content)

    return as_person(given, submit)


def _submitted(desk: "PolicyDesk", clerk: "Clerk", number: int, content: str) -> int:
    from policies.findings import Severity

    findings = desk.life.judged(content).findings
    print_findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        complain("有错误，没有提交 / it has errors and is not submitted")
        return FOUND
    clerk.act(f"/policies/drafts/{number}/submit", content=content)
    print("已提交，请另一位安全管理员批准 / submitted: another officer has to approve it")
    return FINE


def run_withdraw(given: argparse.Namespace) -> int:
    """Give a draft up."""

    def withdraw(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        clerk.act(f"/policies/drafts/{found.number}/withdraw", reason=given.reason)
        print(f"草稿第 {found.number} 号已撤回 / draft {found.number} is withdrawn")
        return FINE

    return as_person(given, withdraw)
