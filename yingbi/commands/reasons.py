"""`yingbi reasons …`: who looked at whom without a case, and who tells of cases."""

import argparse
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain

PEOPLE = ("staff", "listed", "relatives", "known")


def add_reasons(commands: Commands) -> None:
    """Name the commands `yingbi reasons …` to the parser."""
    reasons = commands.add_parser(
        "reasons", help="无办理事项的查看 / look-ups without a reason", epilog="example: yingbi reasons status"
    )
    group = reasons.add_subparsers(dest="reasons", required=True, metavar="COMMAND")
    importing = add_command(
        group,
        "import",
        _import,
        "导入在办事项或名单，只留摘要 / bring in cases, or a list of people; digests only are kept",
        "yingbi reasons import cases.csv --system register",
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="CSV 或 JSON / CSV or JSON")
    whose = importing.add_mutually_exclusive_group(required=True)
    whose.add_argument("--system", metavar="NAME", help="哪个系统的事项 / whose cases they are")
    whose.add_argument(
        "--people",
        choices=PEOPLE,
        help="员工、重点保护、亲属，取代以前的；known 为摘要文件 / in the place of the list before; known: digests",
    )
    importing.add_argument(
        "--as-of",
        metavar="TIME",
        help="文件截至何时完整，默认为最后修改时间 / up to when it is complete; when it was changed last",
    )
    status = add_command(
        group,
        "status",
        _status,
        "已知多少事项、来源到何时、多少查看在等 / how many cases are known, up to when, and what waits",
        "yingbi reasons status --json",
    )
    status.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    add_command(
        group,
        "check",
        _check,
        "检查声明和来源文件 / find what is wrong with the declarations and the files of the feeds",
        "yingbi reasons check",
    )


def _import(given: argparse.Namespace) -> int:
    from siem.reasons.case import People
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.moment_given import moment_given
    from yingbi.reason_desk import CannotImport, import_cases, import_known, import_people
    from yingbi.settings import read_settings

    home, as_of = Home(read_settings().home), None
    if given.as_of:
        try:
            as_of = moment_given(given.as_of, now())
        except ValueError as problem:
            complain(str(problem))
            return WRONG_USE
    try:
        if given.system:
            imported = import_cases(home, given.file, given.system, now(), as_of)
        elif given.people == "known":
            imported = import_known(home, given.file, now())
        else:
            imported = import_people(home, given.file, People(given.people), now(), as_of)
    except CannotImport as problem:
        complain(str(problem))
        return FOUND
    what = f"{imported.cases} 个事项 / cases" if given.system else f"{imported.people} 人 / people"
    print(f"已交给检测进程，原文件可以销毁 / handed over, the file may be destroyed: {what}")
    return FINE


def _status(given: argparse.Namespace) -> int:
    import json

    from siem.detect.rule_file import RuleError
    from siem.index.store import StoreUnavailable
    from yingbi.home import Home
    from yingbi.reason_desk import status_lines, status_of
    from yingbi.settings import read_settings

    try:
        status = status_of(Home(read_settings().home))
    except RuleError as error:
        complain(f"声明有误 / the declarations have errors:\n{error}")
        return FOUND
    except StoreUnavailable as problem:
        complain(f"事项文件不能读 / the file of cases cannot be read: {problem}")
        return COULD_NOT
    if given.json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
    else:
        print(*status_lines(status), sep="\n")
    wrong = status["trouble"] or any(each["feed"] or each["look_up"] for each in status["systems"])
    return FOUND if wrong else FINE


def _check(given: argparse.Namespace) -> int:
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.reason_desk import problems_of
    from yingbi.settings import read_settings

    found = problems_of(Home(read_settings().home), now())
    for problem in found:
        print(problem)
    return FOUND if found else FINE
