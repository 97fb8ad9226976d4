"""Lets a draft run beside the live programs, and says what it would have done otherwise. It never decides anything."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from policies.compiling.folder import compile_folder
from policies.keys.key_files import Signer
from policies.rehearsal.disagreements import Row
from policies.rehearsal.rehearse import DANGER
from proxy.published import SHADOW, NotPublished, publish_programs, read_current
from yingbi.home import Home
from yingbi.rehearsing.rehearse import KINDS
from yingbi.rehearsing.shadow_standing import ShadowState, verifier_of


def start_shadow(home: Home, draft: Path) -> int:
    """Let the policy in the folder *draft* run beside what is in force. Returns how many systems it is about.

    Raises PolicyError and OSError.
    """
    programs = compile_folder(draft)
    publish_programs(home.published, programs, _generation(home) + 1, Signer(home.private_key("program")), SHADOW)
    return len(programs)


def stop_shadow(home: Home) -> None:
    """Let no draft run. Raises OSError."""
    publish_programs(home.published, {}, _generation(home) + 1, Signer(home.private_key("program")), SHADOW)


def _generation(home: Home) -> int:
    """The last generation of drafts; 0 where there was none."""
    try:
        return read_current(home.published, verifier_of(home), SHADOW)[1]
    except NotPublished:
        return 0


def lines_of_shadow(state: ShadowState) -> Iterator[str]:
    """*state* in words, the most dangerous first."""
    if not state.systems:
        yield "没有草案在旁路运行 / no draft runs in the shadow"
        return
    found = state.found
    systems = ", ".join(state.systems)
    yield f"旁路运行的草案 / a draft runs in the shadow: 第 {found.generation} 代 / generation: {systems}"
    yield f"  比较过 / exchanges compared: {found.exchanges:,}，比较失败 / failed: {found.failures:,}"
    if found.left_out:
        yield f"  没有记下 / left out for want of room: {found.left_out:,}"
    if not found.counts:
        yield "  没有分歧 / no disagreement"
    rows = sorted(found.counts.items(), key=lambda item: (DANGER.index(item[0].kind), -item[1][0], _where(item[0])))
    for kind, group in groupby(rows, key=lambda item: item[0].kind):
        yield ""
        yield KINDS[kind]
        for row, (answers, values) in group:
            about = f"{row.about} ({row.category}): " if row.about else ""
            rule = f" [{row.rule}]" if row.rule else ""
            counted = f"，{values:,} 个值 / values" if values else ""
            yield f"  {row.system}  {row.operation}"
            yield f"    {about}{row.before} → {row.after}{rule}：{answers:,} 次 / times{counted}"


def _where(row: Row) -> tuple[str, str, str]:
    return row.system, row.operation, row.about


def as_json(state: ShadowState) -> dict[str, Any]:
    """*state* as JSON types."""
    found = state.found
    return {
        "systems": list(state.systems),
        "generation": found.generation,
        "exchanges": found.exchanges,
        "failures": found.failures,
        "left_out": found.left_out,
        "disagreements": [
            {
                "kind": row.kind,
                "system": row.system,
                "operation": row.operation,
                "about": row.about,
                "category": row.category,
                "before": row.before,
                "after": row.after,
                "rule": row.rule,
                "answers": answers,
                "values": values,
            }
            for row, (answers, values) in found.counts.items()
        ],
    }
