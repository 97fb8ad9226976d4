"""`yingbi coverage`: which systems the gateway covers, and which can be reached past it."""

import argparse
import json
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_coverage(commands: Commands) -> None:
    """Name the command to the parser."""
    coverage = add_command(
        commands,
        "coverage",
        _coverage,
        "网关覆盖哪些系统，有没有绕过它的途径 / say which systems are covered, and look for ways round the gateway",
        "yingbi coverage --as-caller --policy policies",
    )
    coverage.add_argument("--policy", type=Path, metavar="DIR", help="策略目录，默认为本安装的 / a folder of policies")
    looking = coverage.add_mutually_exclusive_group()
    looking.add_argument("--no-probe", action="store_true", help="不探测 / do not look for ways round the gateway")
    looking.add_argument(
        "--as-caller", action="store_true", help="本机就在调用者那里 / this machine stands where callers do"
    )
    coverage.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _coverage(given: argparse.Namespace) -> int:
    from deploy.elasticsearch.connection import NodeUnavailable
    from policies.findings import PolicyError
    from siem.index.store import StoreUnavailable
    from yingbi.clock import now
    from yingbi.coverage import coverage_of, lines_of
    from yingbi.home import Home
    from yingbi.index import open_index
    from yingbi.settings import read_settings

    settings = read_settings()
    home = Home(settings.home)
    try:
        store = open_index(settings, writing=False) if home.index.exists() else None
    except (NodeUnavailable, StoreUnavailable):
        store = None
    try:
        covered = coverage_of(
            given.policy or home.policies,
            home,
            store,
            now(),
            probing=not given.no_probe,
            as_caller=given.as_caller,
        )
    except PolicyError as error:
        complain(f"策略有误 / the policy has errors:\n{error}")
        return FOUND
    except OSError as error:
        complain(f"无法读取策略目录 / cannot read the folder of policies: {error.strerror or error}")
        return COULD_NOT
    if given.json:
        print(json.dumps([each.as_json() for each in covered], ensure_ascii=False, indent=2))
    else:
        print(*lines_of(covered), sep="\n")
    return FINE if all(each.is_well for each in covered) else FOUND
