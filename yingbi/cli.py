"""The command line. Exit codes: 0 fine, 1 found something, 2 wrong use, 3 could not.

Imports stand in the commands, so that `yingbi --help` answers at once.
"""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from yingbi.commands.account_tokens import add_account_tokens
from yingbi.commands.alerts import add_alerts
from yingbi.commands.baselines import add_baselines
from yingbi.commands.ca import add_ca
from yingbi.commands.callers import add_callers
from yingbi.commands.canary import add_canary
from yingbi.commands.case import add_case
from yingbi.commands.coverage import add_coverage
from yingbi.commands.discover import add_discover
from yingbi.commands.duties import add_duties
from yingbi.commands.keys import add_keys
from yingbi.commands.log import add_log
from yingbi.commands.mask import add_mask
from yingbi.commands.notice import add_notice
from yingbi.commands.notify import add_notify
from yingbi.commands.permits import add_permits
from yingbi.commands.persons import add_persons
from yingbi.commands.playbook import add_playbook
from yingbi.commands.policy import add_policies
from yingbi.commands.reasons import add_reasons
from yingbi.commands.rules import add_rules
from yingbi.commands.scan import add_scan
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain
from yingbi.commands.simulate import add_simulate
from yingbi.commands.trace import add_trace

ROLES = ("officer", "oncall", "press", "auditor", "operator", "hotline", "engine")
"""See `console.roles.Role`."""

_ABOUT = """影壁：只显示准许看的内容的网关。
Yingbi: the gateway that shows only what may be seen.

YINGBI_HOME：数据目录，默认 ./var / the data directory
YINGBI_PORT_BASE：第一个端口，默认 8443 / the first of the ports"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no Chinese is no reason to fail
    given = _parser().parse_args(arguments)
    from yingbi.settings import WrongSettings

    try:
        return int(given.run(given))
    except WrongSettings as problem:
        complain(str(problem))
        return WRONG_USE
    except PermissionError as error:
        complain(
            f"无权使用 `{error.filename}`，请以安装的所有者运行 / may not use it: run this as who owns the installation"
        )
        return COULD_NOT
    except KeyboardInterrupt:
        return COULD_NOT
    except BrokenPipeError:
        sys.stderr.close()  # who read our output has gone: nothing more to say to anybody
        return FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yingbi",
        description=_ABOUT,
        epilog="example: yingbi up",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = add_command(
        commands,
        "up",
        _up,
        "准备并运行，直到 Ctrl-C / prepare the installation and run it until Ctrl-C",
        "yingbi up --index elasticsearch",
    )
    up.add_argument(
        "--index",
        choices=("sqlite", "elasticsearch"),
        help="索引用什么，写入 yingbi.toml / what keeps the index of events; is written to yingbi.toml",
    )
    add_command(
        commands,
        "reload",
        _reload,
        "按新的设置逐个更换工作进程，不中断访问 / renew the workers by what is set now, one after another",
        "yingbi reload",
    )
    status = add_command(
        commands,
        "status",
        _status,
        "什么在运行，地址是什么 / say what runs and where it answers",
        "yingbi status --json",
    )
    status.add_argument("--json", action="store_true", help="输出 JSON / as JSON, with every address and process")
    check = add_command(
        commands,
        "check",
        _check,
        "检查策略和规则 / find what is wrong with policies and rules",
        "yingbi check var/policies --json",
    )
    check.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="策略目录，默认为本安装的 / a folder of policies; the installation's own",
    )
    shaped = check.add_mutually_exclusive_group()
    shaped.add_argument(
        "--json",
        action="store_true",
        help="输出 JSON / as JSON: file, line, column, code, about, zh, message, severity",
    )
    shaped.add_argument(
        "--sarif", action="store_true", help="输出 SARIF 2.1.0，供编辑器和 CI 使用 / as SARIF 2.1.0, for editors and CI"
    )
    _add_accounts(commands)
    add_policies(commands)
    add_coverage(commands)
    add_callers(commands)
    add_ca(commands)
    add_keys(commands)
    add_permits(commands)
    add_log(commands)
    add_discover(commands)
    add_rules(commands)
    add_reasons(commands)
    add_alerts(commands)
    add_case(commands)
    add_trace(commands)
    add_scan(commands)
    add_mask(commands)
    add_canary(commands)
    add_playbook(commands)
    add_duties(commands)
    add_notice(commands)
    add_persons(commands)
    add_notify(commands)
    add_baselines(commands)
    add_simulate(commands)
    explain = add_command(
        commands,
        "explain",
        _explain,
        "一次访问显示了什么、为什么 / say what an answer showed, and why",
        "yingbi explain DC3KMY9G92-2",
    )
    explain.add_argument(
        "event",
        metavar="EVENT_ID",
        help="页面上或响应头 Yingbi-Event 中的编号；-：标准输入的文字中每处个人信息凭什么认定"
        " / the reference of the answer; -: why each piece of personal data in the text on stdin is taken for that",
    )
    demo = commands.add_parser(
        "demo", help="使用演示系统 / use the demo of a running installation", epilog="example: yingbi demo leak"
    )
    demos = demo.add_subparsers(dest="demo", required=True, metavar="COMMAND")
    credential = add_command(
        demos,
        "credential",
        _credential,
        "打印演示人员的凭证 / print a credential of a caller of the demo",
        "yingbi demo credential clerk",
    )
    credential.add_argument(
        "name", metavar="NAME", help="clerk, clerk-wang, clerk-zhao, …, batch-stats, citizen, citizen-other"
    )
    credential.add_argument(
        "--system", choices=("register", "hall"), default="register", help="用于哪个系统 / for which system"
    )
    credential.add_argument(
        "--plain", action="store_true", help="只打印凭证 / the credential alone, without an example"
    )
    add_command(
        demos,
        "rotate-keys",
        _rotate_keys,
        "让演示的身份提供方换用新密钥 / let the identity provider of the demo sign with a new key",
        "yingbi demo rotate-keys",
    )
    leak = add_command(
        demos,
        "leak",
        _leak,
        "演练一次泄露，直到公众通告 / play a leak, from a stolen key to the public notice",
        "yingbi demo leak",
    )
    leak.add_argument(
        "--leave-notice",
        action="store_true",
        help="通告留给人工提交和批准 / leave the notice for people to submit and approve",
    )
    return parser


def _add_accounts(commands: Commands) -> None:
    account = commands.add_parser(
        "account", help="管理控制台账号 / make and end accounts of the console", epilog="example: yingbi account list"
    )
    accounts = account.add_subparsers(dest="account", required=True, metavar="COMMAND")
    adding = add_command(
        accounts,
        "add",
        _account,
        "建立账号，打印初始密码 / make an account, and print its first password",
        "yingbi account add lin P-0007 officer",
    )
    adding.add_argument("name", metavar="NAME", help="登录时填写的账号名 / what is typed to sign in")
    adding.add_argument(
        "person",
        metavar="PERSON",
        help="属于谁，同一人的账号合并计算 / whose it is: two accounts of one person are one person",
    )
    adding.add_argument("role", metavar="ROLE", nargs="+", choices=ROLES, help=", ".join(ROLES))
    for name, about in (
        ("password", "重设密码 / give an account a new first password, and print it"),
        ("disable", "停用账号 / let nobody sign in with an account any more"),
    ):
        changing = add_command(accounts, name, _account, about, f"yingbi account {name} lin")
        changing.add_argument("name", metavar="NAME", help="登录时填写的账号名 / what is typed to sign in")
    add_account_tokens(accounts)
    add_command(accounts, "list", _account, "列出账号 / say which accounts there are, and whose", "yingbi account list")


def _up(given: argparse.Namespace) -> int:
    from yingbi.children import CannotStart
    from yingbi.first_start import CannotPrepare, make_settings
    from yingbi.home import Home
    from yingbi.keep_index import IndexNotKept, keep_index
    from yingbi.said import Teller, speak
    from yingbi.settings import Index, read_settings
    from yingbi.up import up

    try:
        make_settings(Home(read_settings().home))
        say = Teller(sys.stdout)
        home = Home(read_settings().home)
        if given.index and keep_index(home.settings, Index(given.index)):
            say(f'`{home.settings}` 中已写明 / says now: index = "{given.index}"')
        speak()
        up(read_settings(), say)
    except (CannotPrepare, CannotStart, IndexNotKept) as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _reload(given: argparse.Namespace) -> int:
    from yingbi.reload import NotReloaded, reload
    from yingbi.settings import read_settings

    try:
        print(reload(read_settings()))
    except NotReloaded as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _status(given: argparse.Namespace) -> int:
    import json

    from yingbi.settings import read_settings
    from yingbi.status import lines_of, problems_of, status_of

    status = status_of(read_settings())
    if given.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(status)))
    if problems_of(status):
        return FOUND
    return FINE if status["running"] else COULD_NOT


def _check(given: argparse.Namespace) -> int:
    import json

    from yingbi.check import check_all, check_folder
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.sarif import sarif_of
    from yingbi.settings import read_settings

    settings = read_settings()
    home = Home(settings.home)
    try:
        if given.folder:
            findings = check_folder(given.folder, now())
        else:
            findings = check_all(
                home,
                now(),
                root_key_days=settings.root_key_days,
                certificate_days=settings.certificate_days,
                drills=settings.drills,
                notice_templates=settings.notices.templates,
            )
    except OSError as error:
        unmade = not given.folder and not home.policies.exists()
        hint = "；首次运行 `yingbi up` 时建立 / `yingbi up` makes it when it is first run" if unmade else ""
        complain(f"无法检查 / cannot check: {error.strerror or error}{hint}")
        return COULD_NOT
    if given.json:
        print(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2))
    elif given.sarif:
        print(json.dumps(sarif_of(findings, given.folder or home.policies), ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(finding)
        print(f"{len(findings)} finding{'' if len(findings) == 1 else 's'}", file=sys.stderr)
        if not given.folder and not read_settings().two_people:
            complain("没有人审批策略，保存文件即生效 / nobody approves policies, a saved file is in force (two_people)")
    return FOUND if findings else FINE


def _explain(given: argparse.Namespace) -> int:
    if given.event == "-":
        from yingbi.commands.tagger import has_tagger
        from yingbi.explain_text import lines_of_text

        print(*lines_of_text(sys.stdin.read(), prose=has_tagger()), sep="\n")
        return FINE
    from siem.record.log import BrokenChain
    from yingbi.clock import now
    from yingbi.explain import NoSuchEvent, lines_of_event
    from yingbi.home import Home
    from yingbi.settings import read_settings

    try:
        print(*lines_of_event(Home(read_settings().home), given.event.strip().upper(), now()), sep="\n")
    except NoSuchEvent as problem:
        complain(str(problem))
        return COULD_NOT
    except BrokenChain as problem:
        complain(f"访问日志的链断裂 / a chain of the log breaks: {problem}")
        return FOUND
    return FINE


def _account(given: argparse.Namespace) -> int:
    from yingbi import account
    from yingbi.home import Home
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    try:
        match given.account:
            case "add":
                print(account.add(home, given.name, given.person, given.role))
            case "password":
                print(account.reset(home, given.name))
            case "disable":
                account.disable(home, given.name)
            case _:
                print("\n".join(account.lines_of(home)))
    except account.NotDone as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _credential(given: argparse.Namespace) -> int:
    from yingbi.credential import UnknownCaller, credential_of, example_of
    from yingbi.settings import read_settings

    settings = read_settings()
    try:
        credential = credential_of(settings, given.name, given.system)
    except UnknownCaller as problem:
        complain(str(problem))
        return WRONG_USE
    except OSError:
        complain(f"`{settings.home}` 中还没有演示系统 / there is no demo here yet: yingbi up makes it")
        return COULD_NOT
    print(credential)
    if not given.plain:
        print(f"\n# example\n{example_of(settings, given.name, credential, given.system)}")
    return FINE


def _rotate_keys(given: argparse.Namespace) -> int:
    from yingbi.first_start import provider_of
    from yingbi.home import Home
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    if not home.demo.exists():
        complain(f"`{home.root}` 中还没有演示系统 / there is no demo here yet: yingbi up makes it")
        return COULD_NOT
    print(provider_of(home).rotate())
    print("网关遇到新密钥后至多 30 秒取到 / the gateway has it within 30 seconds of meeting it")
    return FINE


def _leak(given: argparse.Namespace) -> int:
    from yingbi.leak import CannotPlay, play
    from yingbi.settings import read_settings

    try:
        return FINE if play(read_settings(), leave_notice=given.leave_notice) else FOUND
    except CannotPlay as problem:
        complain(str(problem))
        return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
