"""`yingbi trace`: who was shown the people of a leaked sample."""

import argparse
import json
import sys
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain, moment


def add_trace(commands: Commands) -> None:
    """Name the command to the parser."""
    tracing = add_command(
        commands,
        "trace",
        _trace,
        "泄露的样本是谁看过的：不保存样本，查询本身记入日志 / who was shown the people of a leaked sample",
        "yingbi trace leaked.csv --column id_no --since 2026-10-01 --json",
    )
    tracing.add_argument(
        "sample", metavar="SAMPLE", help="表格、文本、文档，- 为标准输入 / a table, a text, a document; - is stdin"
    )
    tracing.add_argument(
        "--column",
        metavar="NAME",
        help="身份证号或手机号的列名或第几列；不写则在全文中找 / the column; without it all text is looked through",
    )
    tracing.add_argument(
        "--since", type=moment, metavar="TIME", help="从何时起：7d、2026-11-23T09:00 / what was shown from then on"
    )
    tracing.add_argument("--until", type=moment, metavar="TIME", help="到何时止，不含 / what was shown before then")
    tracing.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _trace(given: argparse.Namespace) -> int:
    from siem.trace.opened import BadSample
    from siem.trace.sample import read_sample
    from yingbi.clock import now
    from yingbi.lines.trace import trace_json, trace_lines
    from yingbi.settings import read_settings
    from yingbi.trace import CannotTrace, trace_sample

    try:
        data = sys.stdin.buffer.read() if given.sample == "-" else Path(given.sample).read_bytes()
        sample = read_sample(data, given.column, Path(given.sample).name)
    except OSError as error:
        complain(f"无法读取样本 / the sample cannot be read: {error.strerror}")
        return COULD_NOT
    except BadSample as problem:
        complain(str(problem))
        return WRONG_USE
    try:
        traced = trace_sample(read_settings(), sample, now(), given.since, given.until)
    except CannotTrace as problem:
        complain(str(problem))
        return COULD_NOT
    if given.json:
        print(json.dumps(trace_json(traced), ensure_ascii=False, indent=2))
    else:
        print(*trace_lines(traced), sep="\n")
    return FINE
