"""`yingbi policy …`: what an officer does with a policy."""

import argparse
import sys
from pathlib import Path

from yingbi.commands.endings import ended
from yingbi.commands.policy_life import add_life
from yingbi.commands.shadow import add_shadow
from yingbi.commands.shape import FINE, FOUND, Commands, add_command

KINDS = ("json", "jsonp", "html", "csv", "text", "ndjson", "xml")
"""See `policies.rehearsal.trial.KINDS`."""
MOST_DAYS = 3650
_KIND_OF_NAME = {
    ".json": "json",
    ".js": "jsonp",
    ".jsonp": "jsonp",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".txt": "text",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xml": "xml",
}


def add_policies(commands: Commands) -> None:
    """Name the commands `yingbi policy …` to the parser."""
    policy = commands.add_parser(
        "policy",
        help="试用、起草、批准、发布、退回策略 / try, draft, approve, publish and roll back policies",
        epilog="example: yingbi policy try --system register --operation 'GET /register/residents.json' answer.json",
    )
    policies = policy.add_subparsers(dest="policy", required=True, metavar="COMMAND")
    add_life(policies)
    trying = add_command(
        policies,
        "try",
        _try,
        "一份答复会显示成什么 / print what a caller would get of an answer",
        "yingbi policy try --system bookings --operation 'GET /api/bookings' --explain answer.json",
    )
    trying.add_argument("--policy", type=Path, metavar="DIR", help="策略目录，默认为本安装的 / a folder of policies")
    trying.add_argument("--system", required=True, metavar="NAME", help="哪个系统 / of which system")
    trying.add_argument(
        "--operation",
        default="",
        metavar="'GET /x/{id}'",
        help="哪个操作，登记中的系统不必写 / of which operation; a system that is being learnt needs none",
    )
    trying.add_argument(
        "--caller",
        type=Path,
        metavar="FILE",
        help="调用者的 JSON：id、posts、purposes、attributes、address 等；默认未登录"
        " / who asks, as JSON; nobody signed in unless given",
    )
    trying.add_argument("--kind", choices=KINDS, help="答复的格式，默认看扩展名 / what the answer is; by its name")
    trying.add_argument("--explain", action="store_true", help="在标准错误中逐字段说明 / say why, on standard error")
    trying.add_argument(
        "body", type=Path, metavar="BODY", help="未脱敏的答复，- 为标准输入 / the answer as it is; - reads it"
    )
    _add_rehearse(policies)
    add_shadow(policies)


def _add_rehearse(policies: Commands) -> None:
    rehearsing = add_command(
        policies,
        "rehearse",
        _rehearse,
        "预演：另一份策略会改变什么 / tell what another policy would change, and for whom",
        "yingbi policy rehearse draft --days 7",
    )
    rehearsing.add_argument(
        "draft", type=Path, metavar="DRAFT", help="草案目录，或 d 加草稿号 / a folder, or `d` and the number of a draft"
    )
    rehearsing.add_argument(
        "--policy",
        type=Path,
        metavar="DIR",
        help="与哪个目录对照，默认为生效的策略 / compare with it; what is in force",
    )
    rehearsing.add_argument(
        "--days", type=_days, default=7, metavar="N", help="看最近几天的访问 / over so many days; 7"
    )
    rehearsing.add_argument(
        "--sample", type=Path, metavar="DIR", help="样本目录，其中有 samples.json / a folder of bodies to try on both"
    )
    rehearsing.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"1 至 {MOST_DAYS} 天 / from 1 to {MOST_DAYS} days")
    return days


def _try(given: argparse.Namespace) -> int:
    return ended(lambda: _tried(given))


def _tried(given: argparse.Namespace) -> int:
    from policies.compiling.folder import compile_folder
    from policies.rehearsal.trial import Caller, Trial, read_caller
    from yingbi.clock import now
    from yingbi.explain import lines_of_trial
    from yingbi.home import Home
    from yingbi.settings import read_settings

    folder = given.policy or Home(read_settings().home).policies
    caller = read_caller(given.caller.read_bytes()) if given.caller else Caller()
    body = sys.stdin.buffer.read() if str(given.body) == "-" else given.body.read_bytes()
    kind = given.kind or _KIND_OF_NAME.get(given.body.suffix, "json")
    tried = Trial(compile_folder(folder)).try_on(
        body, system=given.system, operation=given.operation, caller=caller, kind=kind, now=now()
    )
    sys.stdout.buffer.write(tried.body)
    sys.stdout.buffer.flush()
    if given.explain or tried.withheld:
        print(*lines_of_trial(tried), sep="\n", file=sys.stderr)
    return FOUND if tried.withheld else FINE


def _rehearse(given: argparse.Namespace) -> int:
    return ended(lambda: _rehearsed(given))


def _rehearsed(given: argparse.Namespace) -> int:
    import json

    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.named_folder import folder_named
    from yingbi.rehearsing.rehearse import as_json, lines_of, rehearse_draft
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    with folder_named(home, given.draft) as draft:
        rehearsal = rehearse_draft(home, draft, policy=given.policy, samples=given.sample, days=given.days, now=now())
    print(json.dumps(as_json(rehearsal), ensure_ascii=False) if given.json else "\n".join(lines_of(rehearsal)))
    return FOUND if rehearsal.is_looser else FINE
