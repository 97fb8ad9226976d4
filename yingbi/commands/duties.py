"""`yingbi duties CASE`: the legal duties of a case and their clocks, and the forms that fulfil them."""

import argparse

from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain


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


def _duties(given: argparse.Namespace) -> int:
    import json

    from incident.duties import load_duties
    from incident.duty_view import duties_json
    from yingbi.clock import now
    from yingbi.duty_lines import CannotTell, case_in, duty_lines
    from yingbi.home import Home
    from yingbi.settings import read_settings

    try:
        case = case_in(Home(read_settings().home), given.case)
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    if given.json:
        print(json.dumps(duties_json(case, load_duties(), now()), ensure_ascii=False, indent=2))
    else:
        print(*duty_lines(case, now()), sep="\n")
    return FINE
