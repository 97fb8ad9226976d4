"""`yingbi policy draft | import | submit | diff | approve | publish | rollback | withdraw | history | export`."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.acting import NobodyActs, account_of, add_account, password_of
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, TO_CONFIRM, WRONG_USE, Commands, add_command, complain

if TYPE_CHECKING:
    from policies.findings import Finding
    from policies.snapshot import Snapshot
    from yingbi.policy_desk import Clerk, PolicyDesk
    from yingbi.settings import Settings


def add_life(policies: Commands) -> None:
    """Name the commands to the parser."""
    _acting(
        policies,
        "draft",
        _draft,
        "由策略目录建立草稿并提交 / make a draft of the folder, and submit it",
        "yingbi policy draft --as officer --title 授权窗口 --reason 业务科室来函",
        writes=True,
    )
    importing = _acting(
        policies,
        "import",
        _import,
        "由任意目录建立草稿并提交 / make a draft of any folder, and submit it",
        "yingbi policy import ../policies --as officer --title 授权窗口 --reason 合并请求42",
        writes=True,
    )
    importing.add_argument("folder", type=Path, metavar="DIR", help="策略文件所在目录 / the folder with the files")
    _acting(
        policies,
        "submit",
        _submit,
        "提交还没有提交的草稿 / submit a draft that is not submitted yet",
        "yingbi policy submit 3 --as officer",
        draft=True,
    )
    differing = add_command(
        policies,
        "diff",
        _diff,
        "两份策略的差别，有则退出码为 1 / what is different between two policies; exit code 1 if anything is",
        "yingbi policy diff in-force d3",
    )
    differing.add_argument("before", nargs="?", metavar="A", help="folder、in-force、版本号或 d加草稿号 / or a number")
    differing.add_argument("after", nargs="?", metavar="B", help="默认为策略目录 / the folder unless given")
    approving = _acting(
        policies,
        "approve",
        _approve,
        "批准另一人的草稿，不写摘要只显示差别 / approve another's draft; or read it, without a digest",
        "yingbi policy approve 3 --digest HEX --as officer2",
        draft=True,
    )
    approving.add_argument(
        "--digest", default="", metavar="HEX", help="您读过的那一份的内容摘要 / that of the files that you have read"
    )
    _acting(
        policies,
        "publish",
        _publish,
        "发布已批准的草稿 / put an approved draft in force",
        "yingbi policy publish 3 --as officer",
        draft=True,
    )
    rolling = _acting(
        policies,
        "rollback",
        _roll_back,
        "退回到之前生效的版本 / put a version from before in force again",
        "yingbi policy rollback --as officer --reason 授权过宽",
    )
    rolling.add_argument("version", nargs="?", metavar="VERSION", help="默认为上一版 / the one before unless given")
    rolling.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
    withdrawing = _acting(
        policies,
        "withdraw",
        _withdraw,
        "撤回草稿 / give a draft up",
        "yingbi policy withdraw 3 --as officer --reason 不需要了",
        draft=True,
    )
    withdrawing.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
    telling = add_command(
        policies, "history", _history, "历次版本和草稿 / versions and drafts", "yingbi policy history --json"
    )
    telling.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    exporting = add_command(
        policies,
        "export",
        _export,
        "把一版策略写进目录 / write a version into a folder",
        "yingbi policy export in-force ../policies",
    )
    exporting.add_argument("version", metavar="VERSION", help="版本号、in-force 或 d加草稿号 / or a draft")
    exporting.add_argument("folder", type=Path, metavar="DIR", help="目录，其中多余的策略文件会删去 / the folder")


def _acting(
    policies: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    example: str,
    *,
    draft: bool = False,
    writes: bool = False,
) -> argparse.ArgumentParser:
    """The parser of a command that somebody acts by: who is asked for, and the password on standard input."""
    command = add_command(policies, name, run, about, example)
    add_account(command)
    if draft:
        command.add_argument("draft", metavar="DRAFT", help="草稿号 / the number of the draft")
    if writes:
        command.add_argument("--title", required=True, metavar="TEXT", help="标题 / a title")
        command.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
        command.add_argument(
            "--draft", default="", metavar="DRAFT", help="换掉这份草稿的内容 / put the files into this draft instead"
        )
    return command


def _told(run: Callable[["PolicyDesk", "Settings"], int]) -> int:
    """Run it at the desk; what cannot be done is said in a sentence."""
    from yingbi.home import Home
    from yingbi.policy_desk import CannotAct, policy_desk
    from yingbi.settings import read_settings

    settings = read_settings()
    try:
        with policy_desk(Home(settings.home)) as desk:
            return run(desk, settings)
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT


def _acted(given: argparse.Namespace, run: Callable[["PolicyDesk", "Clerk", "Settings"], int]) -> int:
    from yingbi.policy_desk import signed_in

    try:
        account = account_of(given)
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE

    def signed(desk: "PolicyDesk", settings: "Settings") -> int:
        with signed_in(settings, account, lambda: password_of(account)) as clerk:
            return run(desk, clerk, settings)

    return _told(signed)


def _draft(given: argparse.Namespace) -> int:
    from yingbi.home import Home
    from yingbi.settings import read_settings

    return _begun(given, Home(read_settings().home).policies)


def _import(given: argparse.Namespace) -> int:
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
    return _acted(given, lambda desk, clerk, _: _drafted(given, snapshot, desk, clerk))


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


def _submit(given: argparse.Namespace) -> int:
    def submit(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        return _submitted(desk, clerk, found.number, found.content)

    return _acted(given, submit)


def _submitted(desk: "PolicyDesk", clerk: "Clerk", number: int, content: str) -> int:
    from policies.findings import Severity

    findings = desk.life.judged(content).findings
    _print_findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        complain("有错误，没有提交 / it has errors and is not submitted")
        return FOUND
    clerk.act(f"/policies/drafts/{number}/submit", content=content)
    print("已提交，请另一位安全管理员批准 / submitted: another officer has to approve it")
    return FINE


def _diff(given: argparse.Namespace) -> int:
    return _told(lambda desk, _: _differ(desk, given.before, given.after))


def _differ(desk: "PolicyDesk", before: str | None, after: str | None) -> int:
    from yingbi.policy_desk import FOLDER, IN_FORCE

    first, second = (before, after) if after else (IN_FORCE, before or FOLDER)
    return FOUND if _print_difference(desk, first or IN_FORCE, second) else FINE


def _print_difference(desk: "PolicyDesk", first: str, second: str) -> bool:
    """Print what is different, in words and line for line. Returns whether anything is."""
    from console.policy_life import judge
    from policies.difference import declarations_changed, files_changed
    from yingbi.clock import now
    from yingbi.policy_lines import change_lines, file_lines

    old, new = desk.named(first), desk.named(second)
    print(f"{old.title} ({old.snapshot.digest[:16]}) → {new.title} ({new.snapshot.digest[:16]})")
    moment = now()
    policies = [judge(each.snapshot, moment).loaded.policy for each in (old, new)]
    lines = [
        *change_lines(declarations_changed(*policies)),
        *file_lines(files_changed(old.snapshot, new.snapshot), first, second),
    ]
    print(*lines or ["没有差别 / there is no difference"], sep="\n")
    return old.snapshot != new.snapshot


def _approve(given: argparse.Namespace) -> int:
    """Who approves types the digest of what they have read: the draft may have become another since."""
    if not given.digest:
        return _told(lambda desk, _: _to_approve(desk, given.draft))

    def approve(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        if found.content != given.digest:
            complain(f"内容摘要是 {found.content}，与所给的不符，请重新读 / its digest is another: read it again")
            return FOUND
        clerk.act(f"/policies/drafts/{found.number}/approve", content=given.digest)
        print(f"已批准草稿第 {found.number} 号，内容摘要 {found.content[:16]} / approved, these files and no others")
        return FINE

    return _acted(given, approve)


def _to_approve(desk: "PolicyDesk", draft: str) -> int:
    from yingbi.clock import now

    found = desk.draft(draft)
    _print_difference(desk, "in-force", f"d{found.number}")
    _print_findings(desk.waiting(desk.named(f"d{found.number}").snapshot, now()))
    print("还没有批准。读过以上差别，同意的，请运行 / nothing is approved yet; once you have read it:")
    print(f"yingbi policy approve {found.number} --digest {found.content}")
    return TO_CONFIRM


def _publish(given: argparse.Namespace) -> int:
    def publish(desk: "PolicyDesk", clerk: "Clerk", settings: "Settings") -> int:
        found = desk.draft(given.draft)
        clerk.act(f"/policies/drafts/{found.number}/publish", content=found.content)
        return _in_force(desk, settings)

    return _acted(given, publish)


def _roll_back(given: argparse.Namespace) -> int:
    def roll_back(desk: "PolicyDesk", clerk: "Clerk", settings: "Settings") -> int:
        from yingbi.policy_desk import number_in

        history = desk.history()
        current = history.current.number if history.current else 0
        to = number_in(given.version) if given.version else next(iter(history.ways_back), 0)
        if not to:
            complain("之前没有版本可退 / there is no version before to roll back to")
            return WRONG_USE
        clerk.act("/policies/roll-back", to=str(to), seen=str(current), reason=given.reason)
        return _in_force(desk, settings)

    return _acted(given, roll_back)


def _in_force(desk: "PolicyDesk", settings: "Settings") -> int:
    from yingbi.home import Home
    from yingbi.policy_lines import behind_lines
    from yingbi.taking_up import LIMIT_S, TakenUp, taken_up

    current = desk.history().current
    number = current.number if current else 0
    print(f"第 {number} 版已发布 / version {number} is published", flush=True)
    found = taken_up(Home(settings.home), number)
    if found is TakenUp.BY_ALL:
        print("所有网关进程都已依据它 / all workers serve by it")
        return FINE
    if found is TakenUp.REFUSED:
        complain("网关没有采用，原来的一版继续有效 / the gateway refuses it and goes on by the one before")
    else:
        complain(
            f"{LIMIT_S:.0f} 秒内网关进程还没有全部采用，仍在继续，不要重复发布，结果见 yingbi status"
            f" / not all workers serve by it after {LIMIT_S:.0f} s, and they go on taking it up: see yingbi status"
        )
    for line in behind_lines(desk.served(), number):
        complain(line)
    return FOUND


def _withdraw(given: argparse.Namespace) -> int:
    def withdraw(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        clerk.act(f"/policies/drafts/{found.number}/withdraw", reason=given.reason)
        print(f"草稿第 {found.number} 号已撤回 / draft {found.number} is withdrawn")
        return FINE

    return _acted(given, withdraw)


def _history(given: argparse.Namespace) -> int:
    import json

    from yingbi.policy_lines import history_json, history_lines

    def tell(desk: "PolicyDesk", _: "Settings") -> int:
        history = desk.history()
        if given.json:
            print(json.dumps(history_json(history, desk.served()), ensure_ascii=False, indent=2))
        else:
            print(*history_lines(history, desk.served()), sep="\n")
        return FINE

    return _told(tell)


def _export(given: argparse.Namespace) -> int:
    from policies.snapshot import write_folder

    def export(desk: "PolicyDesk", _: "Settings") -> int:
        named = desk.named(given.version)
        try:
            write_folder(named.snapshot, given.folder)
        except OSError as error:
            complain(f"无法写入 / cannot write `{error.filename or given.folder}`: {error.strerror or error}")
            return COULD_NOT
        print(f"{named.title} → {given.folder} ({named.snapshot.digest[:16]})")
        return FINE

    return _told(export)


def _print_findings(findings: Iterable["Finding"]) -> None:
    for finding in findings:
        print(finding)
