"""Reads the limits of the file of grants: how much a caller may be shown and ask for."""

import re
from datetime import UTC, datetime

from policies.limits import AtLimit, StepUp
from policies.parse.grants import GRANT_ID, parse_operations, parse_whom
from policies.parse.section import Section
from policies.policy import Limit

MOST_SUBJECTS = 1_000_000
MOST_REQUESTS = 1_000_000
LONGEST_AGO = 24 * 60
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""A limit that ended of itself would let more be shown without anybody saying so."""
_CLAIM = re.compile(r"[!-~]{1,128}")


def parse_limits(file: Section) -> list[Limit]:
    """The limits of a file, in order."""
    return file.sections("limits", "a limit", _limit, required=False)


def _limit(section: Section) -> Limit | None:
    name = section.text("id", fits=GRANT_ID)
    whom = parse_whom(section)
    if whom.pop("owner", None) is not None:
        message = "a limit is about whoever asks, whose records it may be: it has no `owner`"
        section.find(section.place_of("who"), "wrong-form", message, about="上限不写 `owner`")
    systems, operations = section.names("systems"), parse_operations(section)
    grants = section.texts("grants", required=False, fits=GRANT_ID)
    requests = section.number("requests_a_minute", least=1, most=MOST_REQUESTS)
    an_hour, a_day = _subjects(section)
    at_limit, step_up = _at_limit(section, counts=an_hour is not None or a_day is not None)
    reason = section.text("reason")
    if requests is None and an_hour is None and a_day is None:
        wanted = "`requests_a_minute`, `subjects_an_hour`, `subjects_a_day`"
        section.find(section.at, "missing-key", f"a limit needs one of {wanted}", about=f"上限需要 {wanted} 之一")
        return None
    if not (name and reason):
        return None
    return Limit(
        id=name,
        **whom,
        systems=systems,
        operations=operations,
        sees={},
        until=NEVER,
        reason=reason,
        approved_by="",
        grants=grants if "grants" in section.node.keys else None,
        requests_a_minute=requests,
        subjects_an_hour=an_hour,
        subjects_a_day=a_day,
        at_limit=at_limit,
        step_up=step_up,
        at=section.at,
        places=dict(section.node.keys),
    )


def _subjects(section: Section) -> tuple[int | None, int | None]:
    an_hour = section.number("subjects_an_hour", least=1, most=MOST_SUBJECTS)
    return an_hour, section.number("subjects_a_day", least=1, most=MOST_SUBJECTS)


def _at_limit(section: Section, *, counts: bool) -> tuple[AtLimit | None, StepUp | None]:
    """What is done at the limit, where *counts* says that subjects are counted, and only there."""
    said = section.choice("at_limit", AtLimit) if counts else None
    if not counts and section.node_of("at_limit", required=False) is not None:
        message = "`at_limit` says what is done with too many subjects, and none are counted"
        section.find(section.place_of("at_limit"), "wrong-form", message, about="没有人数上限时不写 `at_limit`")
    step_up = _step_up(section, required=said is AtLimit.STEP_UP)
    if step_up is not None and said is not AtLimit.STEP_UP:
        message = "`step_up` counts only where `at_limit` is `step-up`"
        section.find(section.place_of("step_up"), "wrong-form", message, about="`at_limit: step-up` 时才写 `step_up`")
    return said, step_up


def _step_up(section: Section, *, required: bool) -> StepUp | None:
    inner = section.section("step_up", required=required)
    if inner is None:
        return None
    acr, amr = (inner.texts(name, required=False, fits=_CLAIM) for name in ("acr", "amr"))
    within = inner.number("within_minutes", least=1, most=LONGEST_AGO)
    an_hour, a_day = _subjects(inner)
    inner.done()
    for wanted, found in (
        ("`acr`, `amr`, `within_minutes`", bool(acr or amr or within)),
        ("`subjects_an_hour`, `subjects_a_day`", bool(an_hour or a_day)),
    ):
        if not found:
            inner.find(
                inner.at, "missing-key", f"`step_up` needs one of {wanted}", about=f"`step_up` 需要 {wanted} 之一"
            )
    return StepUp(acr=acr, amr=amr, within_minutes=within, subjects_an_hour=an_hour, subjects_a_day=a_day)
