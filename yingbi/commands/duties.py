"""`yingbi duties CASE`: the legal duties of a case and their clocks, and the forms that fulfil them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain

if TYPE_CHECKING:
    from incident.incident import Case
    from yingbi.settings import Settings

FORMS = ("first", "supplement", "summary", "sms", "letter", "mail", "not-telling")
"""See `incident.duty.forms.Form`."""
FORMATS = ("html", "docx", "pdf", "txt")
"""See `incident.sheets.sheet.SheetFormat`."""


def add_duties(commands: Commands) -> None:
    """Name the command `yingbi duties` to the parser."""
    duties = add_command(
        commands,
        "duties",
        _duties,
        "案件的法定职责与时限，逐条核验 / the legal duties of a case and their clocks, verified",
        "yingbi duties C-20261123-001 --json",
    )
    duties.add_argument("case", metavar="CASE", help="案件编号 / its number")
    duties.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    duties.add_argument(
        "--form",
        type=str.lower,
        choices=FORMS,
        metavar="FORM",
        help=f"填写表单 / fill in a form: {', '.join(FORMS)}",
    )
    duties.add_argument(
        "--format",
        choices=FORMATS,
        default="html",
        help="表单的格式，默认 html / of the form, html by default",
    )
    duties.add_argument(
        "--mark",
        action="append",
        default=[],
        metavar="TEXT",
        help="印在每页页首 / stands on every page; may be repeated",
    )
    duties.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="写入的文件，只有自己可读 / the file to write"
    )


def _duties(given: argparse.Namespace) -> int:
    import json

    from incident.duty.duties import load_duties
    from incident.duty.files import duty_files, read_duties
    from incident.duty.view import duties_json
    from siem.detect.rule_file import RuleError
    from yingbi.case_read import CannotTell, case_in
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.duties import duty_lines
    from yingbi.settings import read_settings

    if (given.form and given.json) or (not given.form and given.output):
        complain(
            "--form 与 --json 不能同用，--output 只用于 --form / --form goes without --json, and --output with --form"
        )
        return WRONG_USE
    settings = read_settings()
    try:
        case = case_in(Home(settings.home), given.case)
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    if given.form:
        return _form(given, case, settings)
    if given.json:
        try:
            table = read_duties(duty_files(Home(settings.home).duties))
        except (RuleError, OSError):  # `yingbi check` says what is wrong; until then ours alone are in force
            table = load_duties()
        print(json.dumps(duties_json(case, table, now()), ensure_ascii=False, indent=2))
    else:
        print(*duty_lines(case, now()), sep="\n")
    return FINE


def _form(given: argparse.Namespace, case: "Case", settings: "Settings") -> int:
    import sys

    from deploy.private_file import write_private
    from incident.duty.forms import Form, fill
    from incident.ids import NotPermitted
    from incident.sheets.file import file_of
    from incident.sheets.sheet import SheetFormat
    from policies.recognisers.scan import scan
    from yingbi.clock import now
    from yingbi.notices.press import press_in

    press = press_in(settings, now())
    try:
        sheet = fill(case, Form(given.form), press, scan, now(), tuple(given.mark))
        made = file_of(sheet, SheetFormat(given.format))
        if given.output:
            write_private(given.output, made)
        else:
            sys.stdout.buffer.write(made)
    except NotPermitted as problem:
        complain(f"{problem.zh} / {problem}")
        return COULD_NOT
    except OSError as error:
        complain(f"`{given.output}` 写不了 / cannot be written: {error.strerror}")
        return COULD_NOT
    return FINE
