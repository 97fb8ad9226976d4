"""`yingbi check`: what is wrong with policies, rules and what else people declare."""

import argparse
import sys
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_check(commands: Commands) -> None:
    """Add `yingbi check`."""
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
        print(f"{len(findings)} 处发现 / finding{'' if len(findings) == 1 else 's'}", file=sys.stderr)
        if not given.folder and not read_settings().two_people:
            complain("没有人审批策略，保存文件即生效 / nobody approves policies, a saved file is in force (two_people)")
    return FOUND if findings else FINE
