"""The command line. Exit codes: 0 fine, 1 found something, 2 wrong use, 3 could not.

Imports stand in the commands, so that `yingbi --help` answers at once.
"""

import argparse
import io
import sys
from collections.abc import Sequence

from yingbi.commands.account import add_accounts
from yingbi.commands.alerts import add_alerts
from yingbi.commands.baselines import add_baselines
from yingbi.commands.ca import add_ca
from yingbi.commands.callers import add_callers
from yingbi.commands.canary import add_canary
from yingbi.commands.case import add_case
from yingbi.commands.check import add_check
from yingbi.commands.coverage import add_coverage
from yingbi.commands.demo import add_demo
from yingbi.commands.discover import add_discover
from yingbi.commands.duties import add_duties
from yingbi.commands.explain import add_explain
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
from yingbi.commands.running import add_running
from yingbi.commands.scan import add_scan
from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Parser, complain
from yingbi.commands.simulate import add_simulate
from yingbi.commands.trace import add_trace

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
    parser = Parser(
        prog="yingbi",
        description=_ABOUT,
        epilog="example: yingbi up",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_running(commands)
    add_check(commands)
    add_accounts(commands)
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
    add_explain(commands)
    add_demo(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
