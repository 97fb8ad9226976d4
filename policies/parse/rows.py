"""Reads what a grant says of single records: whose they are, which are left out, of how many one answer may be."""

import re
from typing import Any

from policies.parse.section import Section
from policies.policy import LONGEST_ATTRIBUTE, Row
from policies.policy_kinds import Direction, Owner

MOST_SUBJECTS = 1_000_000
FIELD = re.compile(r"[a-z][a-z0-9_-]{0,62}\.[^\s{}]{1,120}")
"""`record.field`."""
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
_VALUE = re.compile(rf".{{1,{LONGEST_ATTRIBUTE}}}")


def parse_owner(who: Section) -> Owner | None:
    """Whose records a grant is about, as `who` says; None for everybody's."""
    return who.choice("owner", Owner) if who.node_of("owner", required=False) is not None else None


def parse_rows(section: Section) -> dict[str, Row]:
    """What records must hold that are shown, by `record.field`."""
    rows = section.section("rows", required=False)
    if rows is None:
        return {}
    found = {}
    for name, at in rows.node.keys.items():
        condition = rows.section_of(rows.node.nodes[name], "a condition")
        if not FIELD.fullmatch(name):
            rows.find(at, "wrong-form", f"`{name[:80]}` is no `record.field`", about=f"`{name[:80]}` 应是 `记录.字段`")
        if condition is None:
            continue
        attribute = condition.text("is_attribute", required=False, fits=_ATTRIBUTE)
        values = condition.texts("is", required=False, fits=_VALUE)
        condition.done()
        if (attribute is None) is ("is" not in condition.node.nodes):
            message = f"`{name[:80]}` needs `is` or `is_attribute`, one of them"
            condition.find(condition.at, "wrong-form", message, about=f"`{name[:80]}` 需要 `is` 或 `is_attribute` 之一")
        found[name] = Row(values=values, attribute=attribute or "")
    return found


def parse_at_most(section: Section) -> int | None:
    """Of how many subjects one answer may be at most; None for any number."""
    return section.number("at_most", least=1, most=MOST_SUBJECTS)


def parse_records(section: Section, owner: Owner | None, direction: Direction | None) -> dict[str, Any]:
    """All that a grant says of single records, by the names of `Grant`."""
    said = {"owner": owner, "rows": parse_rows(section), "at_most": parse_at_most(section)}
    for key, words, zh in (
        (
            "rows",
            "`owner` is about some people's records, and `rows` leaves out records of everybody",
            "`owner` 与 `rows`",
        ),
        ("at_most", "`owner` is about some people's records, and `at_most` counts everybody", "`owner` 与 `at_most`"),
    ):
        if owner is not None and said[key]:
            section.find(
                section.place_of(key), "wrong-form", f"{words}: write two grants", about=f"{zh} 应写成两条授权"
            )
    if direction is Direction.REQUEST:
        for key, value in said.items():
            if value:
                message = f"`{key}` is about what answers hold, and the grant about what is sent"
                about = f"`{key}` 只用于应答方向的授权"
                section.find(section.place_of(key), "wrong-form", message, about=about)
    return said
