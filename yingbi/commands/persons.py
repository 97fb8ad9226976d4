"""`yingbi persons …`: who has to be told of an incident. Asking and agreeing go through the console, as a person."""

import argparse
from pathlib import Path

from yingbi.commands.acting import add_account
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


def add_persons(commands: Commands) -> None:
    """Name the commands `yingbi persons …` to the parser."""
    persons = commands.add_parser(
        "persons", help="须告知的人 / the persons to tell", epilog="example: yingbi persons key officer.key"
    )
    group = persons.add_subparsers(dest="persons", required=True, metavar="COMMAND")
    key = add_command(
        group,
        "key",
        _key,
        "生成收件人的私钥，打印公钥 / make the recipient's key, and print its public half",
        "yingbi persons key officer.key",
    )
    key.add_argument("file", type=Path, metavar="FILE", help="私钥写到哪里，须妥善保管 / where the key goes; keep it")
    opening = add_command(
        group,
        "open",
        _open,
        "打开名单的全部部分，输出 CSV / open all parts of a list, as CSV",
        "yingbi persons open C-20261123-001-P1-1.age --key officer.key",
    )
    opening.add_argument("file", type=Path, nargs="+", metavar="FILE", help="名单的各部分 / the parts of a list")
    opening.add_argument("--key", type=Path, required=True, metavar="FILE", help="收件人的私钥 / the recipient's key")
    add_command(
        group,
        "check",
        _check,
        "检查 person-sources 中的声明 / find what is wrong with the declarations in person-sources",
        "yingbi persons check",
    )
    for name, run, about, example in (
        (
            "ask",
            _ask,
            "申请编制名单，须另一人同意 / want a list; another person has to agree",
            "yingbi persons ask C-20261123-001 --source register --to age1… --reason 依法告知 --as chen",
        ),
        (
            "agree",
            _agree,
            "作为另一人同意 / agree, as the other person",
            "yingbi persons agree C-20261123-001 1 --to age1… --as sun",
        ),
        (
            "stop",
            _stop,
            "不再编制 / try nothing more",
            "yingbi persons stop C-20261123-001 1 --reason 系统已下线 --as chen",
        ),
    ):
        acting = add_command(group, name, run, about, example)
        acting.add_argument("case", metavar="CASE", help="案件编号 / the number of the case")
        if name != "ask":
            acting.add_argument("list", type=int, metavar="LIST", help="第几份名单 / which list of it")
        if name == "ask":
            acting.add_argument("--source", required=True, metavar="NAME", help="由哪个系统查 / which system is read")
            acting.add_argument("--masked", action="store_true", help="也包括仅脱敏涉及的人 / and who was masked only")
        if name != "stop":
            acting.add_argument("--to", required=True, metavar="KEY", help="收件人公钥 / public key of the recipient")
        if name != "agree":
            acting.add_argument("--reason", required=True, metavar="TEXT", help="理由 / why")
        add_account(acting)


def _key(given: argparse.Namespace) -> int:
    from yingbi.keys.age_key import NotOpened, make_key

    try:
        print(make_key(given.file))
    except NotOpened as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE


def _open(given: argparse.Namespace) -> int:
    import sys

    from yingbi.keys.age_key import NotOpened
    from yingbi.persons.files import open_file, write_csv

    try:
        opened = [open_file(path, given.key) for path in given.file]
    except NotOpened as problem:
        complain(str(problem))
        return COULD_NOT
    lists = {(each.head["case"], each.head["list"]) for each in opened}
    parts = sorted(each.head["part"] for each in opened)
    if len(lists) > 1 or len(set(parts)) < len(parts):
        complain("这些文件不是同一份名单的各部分 / these are not the parts of one list, each once")
        return WRONG_USE
    write_csv((each for part in opened for each in part.people), sys.stdout)
    last = max(opened, key=lambda each: int(each.head["part"]))
    number = sum(len(each.people) for each in opened)
    complain(f"须告知 {last.head['affected']} 人，名单中有 {number} 人 / {number} of {last.head['affected']} persons")
    if parts == list(range(1, parts[-1] + 1)) and last.end["complete"]:
        return FINE
    complain(f"名单不完整 / the list is not complete: {last.end['why'] or '缺少部分 / a part is missing'}")
    return FOUND


def _check(given: argparse.Namespace) -> int:
    from siem.detect.rule_file import RuleError
    from yingbi.home import Home
    from yingbi.persons.sources import read_sources
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    try:
        sources = read_sources(home.person_sources)
    except RuleError as error:
        for problem in error.problems:
            print(f"person-sources/{problem}")
        return FOUND
    missing = [each for each in sources.values() if not (home.root / each.credential).is_file()]
    for each in missing:
        print(f"{each.system}: 没有凭证文件 / the file of its credential is missing: {each.credential}")
    print(f"{len(sources)} 个系统 / systems")
    return FOUND if missing else FINE


def _ask(given: argparse.Namespace) -> int:
    masked = "yes" if given.masked else "no"
    form = {"source": given.source, "recipient": given.to, "reason": given.reason, "masked": masked}
    return _acted(given, "", form, "申请已登记，须另一人同意 / recorded: another person has to agree")


def _agree(given: argparse.Namespace) -> int:
    form = {"number": str(given.list), "recipient": given.to}
    return _acted(given, "/agree", form, "已同意，正在编制 / agreed: the list is being made")


def _stop(given: argparse.Namespace) -> int:
    form = {"number": str(given.list), "reason": given.reason}
    return _acted(given, "/stop", form, "已停止 / stopped")


def _acted(given: argparse.Namespace, to: str, form: dict[str, str], done: str) -> int:
    from yingbi.commands.acting import NobodyActs, account_of, password_of
    from yingbi.policy_desk import CannotAct, signed_in
    from yingbi.settings import read_settings

    try:
        account = account_of(given)
        with signed_in(read_settings(), account, lambda: password_of(account), for_policies=False) as clerk:
            clerk.act(f"/cases/{given.case}/persons{to}", **form)
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT
    print(done)
    return FINE
