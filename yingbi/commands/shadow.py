"""`yingbi policy shadow`: a draft beside the live program."""

import argparse
from pathlib import Path

from yingbi.commands.endings import ended
from yingbi.commands.shape import FINE, WRONG_USE, Commands, add_command, complain


def add_shadow(policies: Commands) -> None:
    """Name the command to the parser of `yingbi policy`."""
    shadow = add_command(
        policies,
        "shadow",
        _shadow,
        "让草案在旁路运行，只计分歧 / run a draft beside the live program and count disagreements",
        "yingbi policy shadow draft",
    )
    shadow.add_argument(
        "draft",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="草案目录，或 d 加草稿号 / a folder, or `d` and the number of a draft",
    )
    shadow.add_argument("--stop", action="store_true", help="停止旁路运行 / let no draft run")
    shadow.add_argument("--status", action="store_true", help="目前的分歧，默认 / what it would have done; the default")
    shadow.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _shadow(given: argparse.Namespace) -> int:
    if sum((given.draft is not None, given.stop, given.status)) > 1:
        complain("目录、--stop、--status 只能选一个 / a folder, --stop or --status: one of them")
        return WRONG_USE
    return ended(lambda: _done(given))


def _done(given: argparse.Namespace) -> int:
    import json

    from yingbi.home import Home
    from yingbi.named_folder import folder_named
    from yingbi.rehearsing.shadow import as_json, lines_of_shadow, start_shadow, stop_shadow
    from yingbi.rehearsing.shadow_standing import shadow_state
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    if given.draft is not None:
        with folder_named(home, given.draft) as draft:
            number = start_shadow(home, draft)
        print(f"草案已在旁路运行，不影响任何答复 / the draft runs, and no answer depends on it: {number}")
    elif given.stop:
        stop_shadow(home)
        print("已停止旁路运行 / no draft runs any more")
    else:
        state = shadow_state(home)
        print(json.dumps(as_json(state), ensure_ascii=False) if given.json else "\n".join(lines_of_shadow(state)))
    return FINE
