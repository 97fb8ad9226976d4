"""`yingbi explain`: what an answer showed, or what a text holds, and why."""

import argparse
import sys

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_explain(commands: Commands) -> None:
    """Add `yingbi explain`."""
    explain = add_command(
        commands,
        "explain",
        _explain,
        "一次访问显示了什么、为什么 / say what an answer showed, and why",
        "yingbi explain DC3KMY9G92-2",
    )
    explain.add_argument(
        "event",
        metavar="EVENT_ID",
        help="页面上或响应头 Yingbi-Event 中的编号；-：标准输入的文字中每处个人信息凭什么认定"
        " / the reference of the answer; -: why each piece of personal data in the text on stdin is taken for that",
    )


def _explain(given: argparse.Namespace) -> int:
    if given.event == "-":
        from yingbi.commands.tagger import has_tagger
        from yingbi.explain_text import lines_of_text

        print(*lines_of_text(sys.stdin.read(), prose=has_tagger()), sep="\n")
        return FINE
    from siem.record.log import BrokenChain
    from yingbi.clock import now
    from yingbi.explain import NoSuchEvent, lines_of_event
    from yingbi.home import Home
    from yingbi.settings import read_settings

    try:
        print(*lines_of_event(Home(read_settings().home), given.event.strip().upper(), now()), sep="\n")
    except NoSuchEvent as problem:
        complain(str(problem))
        return COULD_NOT
    except BrokenChain as problem:
        complain(f"访问日志的链断裂 / a chain of the log breaks: {problem}")
        return FOUND
    return FINE
