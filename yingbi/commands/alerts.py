"""`yingbi alerts list | show`: who saw to which alert, and what it was."""

import argparse

from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain


def add_alerts(commands: Commands) -> None:
    """Name the commands `yingbi alerts …` to the parser."""
    alerts = commands.add_parser(
        "alerts", help="告警由谁怎样处理 / who saw to which alert", epilog="example: yingbi alerts list"
    )
    group = alerts.add_subparsers(dest="alerts", required=True, metavar="COMMAND")
    listing = add_command(
        group,
        "list",
        _list,
        "列出没有关闭的告警，超时的在前 / say which are not closed, who waits for too long first",
        "yingbi alerts list --all --json",
    )
    listing.add_argument("--all", action="store_true", help="全部告警 / every alert there ever was")
    showing = add_command(
        group,
        "show",
        _show,
        "一条告警的处理经过，逐条核验 / everything that was done about one, verified",
        "yingbi alerts show A-000001",
    )
    showing.add_argument("alert", metavar="ALERT", help="告警编号 / its number")
    for command in (listing, showing):
        command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _list(given: argparse.Namespace) -> int:
    import json

    from console.alerts.json import alert_json
    from console.alerts.view import Shown, chosen
    from siem.detect.aliases import Aliases
    from yingbi.home import Home
    from yingbi.lines.alerts import CannotTell, alert_lines, book_in
    from yingbi.settings import read_settings

    try:
        lives = book_in(Home(read_settings().home)).all()
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    shown = chosen(lives, Shown.ALL if given.all else Shown.OPEN)
    alias = Aliases()
    if given.json:
        print(json.dumps([alert_json(life, alias) for life in shown], ensure_ascii=False, indent=2))
    else:
        print(*alert_lines(shown), sep="\n")
    return FINE


def _show(given: argparse.Namespace) -> int:
    import json

    from console.alerts.json import alert_json
    from siem.detect.aliases import Aliases
    from yingbi.home import Home
    from yingbi.lines.alerts import CannotTell, book_in, events_let_go, life_lines
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    try:
        life = book_in(home).get(given.alert)
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    if life is None:
        complain("没有这条告警 / there is no such alert: yingbi alerts list --all has them")
        return COULD_NOT
    let_go = events_let_go(home, life.id)
    if given.json:
        print(json.dumps({**alert_json(life, Aliases()), "events_let_go": let_go}, ensure_ascii=False, indent=2))
    else:
        print(*life_lines(life, let_go), sep="\n")
    return FINE
