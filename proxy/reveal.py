"""What a caller asks to be shown whole (查看原文): read, judged as far as a worker can, and made ready to be left.

Whether a permit is opened is for the control process to decide. A worker knows who asks, and that a reveal in force
applies to him; it lets nothing pass that looks like personal data, because what is asked for is recorded (invariant 3).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from policies.permits import PERMIT_ID, Asked, Kind, new_permit_id
from policies.program import RevealRule
from proxy.asked_words import tells_of_somebody, wrong_with_case, wrong_with_reason
from proxy.identity.caller import Caller, cookies_in
from proxy.message import Request
from proxy.signin import PREFIX
from proxy.system import System, asking_of
from siem.record.event import CallerKind

REVEAL = PREFIX + "reveal"
COOKIE = "yingbi_event"
"""Holds the id of the event of the last page that a caller was shown."""
LONGEST_BODY = 8 * 1024

_JSON = "application/json"
_FIELDS = ("event", "case", "reason", "reveal", "break_glass")
_EVENT = re.compile(r"[0-9A-Z]{10}-[0-9]{1,15}")
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair of surrogates, which JSON may hold: no text that can be written down."""
_ASKERS = (CallerKind.STAFF, CallerKind.SYSTEM)
"""Who can be asked afterwards why: neither a terminal nor a citizen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What stands in the form, as it was sent."""

    event: str = ""
    case: str = ""
    reason: str = ""
    reveal: str = ""
    """The id of the reveal that was chosen; empty: the only one of its kind."""
    break_glass: bool = False
    """What a program says that does not name a reveal which breaks the glass."""


class Refused(Exception):
    """Nothing is asked for. *reason* is one of `reasons.REASONS`; *zh* and *en* say what to do, without any value."""

    def __init__(self, reason: str, zh: str = "", en: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.zh = zh
        self.en = en


def open_to(caller: Caller, system: System, now: datetime, address: str) -> tuple[RevealRule, ...]:
    """The reveals that *caller*, who asks from *address*, may ask for at *now*, those that break the glass last."""
    if caller.kind not in _ASKERS or not system.program.reveals:
        return ()
    found = system.permitting.open_to(asking_of(caller, now, address=address))
    return tuple(sorted(found, key=lambda rule: rule.kind is Kind.BREAK_GLASS))


def event_in(request: Request) -> str:
    """The event that the caller's browser says he was shown last; empty where it says none."""
    found = [value for name, value in cookies_in(request.headers) if name == COOKIE and _EVENT.fullmatch(value)]
    return found[-1] if found else ""


def cookie_of(event: str) -> str:
    """The cookie that a browser remembers *event* by; only the page where one asks gets it."""
    return f"{COOKIE}={event}; Path={PREFIX.rstrip('/')}; Secure; HttpOnly; SameSite=Strict"


def permit_in(path: str) -> str:
    """The id of a permit in the *path* of its status; empty where that is none."""
    found = path.removeprefix(f"{REVEAL}/")
    return found if found != path and PERMIT_ID.fullmatch(found) else ""


def read_wanted(request: Request, body: bytes) -> Wanted:
    """What is asked for in *body*. Raises Refused where it cannot be read, or another site may have sent it."""
    if not _is_from_here(request):
        raise Refused("reveal_from_elsewhere")
    if len(body) > LONGEST_BODY:
        raise Refused("request_too_large")
    match request.media_type:
        case "application/x-www-form-urlencoded":
            return _from_form(body)
        case "application/json":
            return _from_json(body)
        case _:
            raise Refused("body_not_declared")


def asked_by(caller: Caller, system: System, wanted: Wanted, open_to_him: Sequence[RevealRule], now: datetime) -> Asked:
    """What *caller* asks for at *now* by one of those that are *open_to_him*, ready to be left. Raises Refused."""
    rule = _chosen(open_to_him, wanted)
    breaks_glass = rule.kind is Kind.BREAK_GLASS
    _check(wanted, breaks_glass=breaks_glass)
    return Asked(
        id=new_permit_id(),
        kind=rule.kind,
        reveal=rule.grant.id,
        caller=caller.id,
        posts=tuple(sorted(caller.posts)),
        credential=caller.credential,
        system=system.name,
        event="" if breaks_glass else wanted.event,
        case=wanted.case,
        reason=wanted.reason,
        at=now,
    )


def _chosen(rules: Sequence[RevealRule], wanted: Wanted) -> RevealRule:
    """The one of *rules* that is *wanted*: where there are several and none is named, nobody chooses for who asks."""
    kind = Kind.BREAK_GLASS if wanted.break_glass else Kind.REVEAL
    if wanted.reveal:
        fitting = [rule for rule in rules if rule.grant.id == wanted.reveal and kind in (Kind.REVEAL, rule.kind)]
    else:
        fitting = [rule for rule in rules if rule.kind is kind]
    if not fitting:
        raise Refused("reveal_not_granted")
    if len(fitting) > 1:
        ids = ", ".join(rule.grant.id for rule in fitting)
        raise Refused("reveal_incomplete", f"请选择申请哪一项（`reveal`）：{ids}", f"say which, as `reveal`: {ids}")
    return fitting[0]


def _check(wanted: Wanted, *, breaks_glass: bool) -> None:
    if not breaks_glass and not _EVENT.fullmatch(wanted.event):
        raise Refused(
            "reveal_incomplete", "请填写页面上的事件编号", "give the event id of the page that hides the record"
        )
    wrong = None if breaks_glass and not wanted.case else wrong_with_case(wanted.case)
    if (wrong := wrong or wrong_with_reason(wanted.reason)) is not None:
        raise Refused("reveal_incomplete", *wrong)
    if (telling := tells_of_somebody(wanted.case, wanted.reason)) is not None:
        raise Refused("reveal_tells_of_somebody", *telling)


def _from_form(body: bytes) -> Wanted:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=len(_FIELDS))
    except ValueError:
        raise Refused("body_unreadable") from None
    said = dict(pairs)
    if len(said) != len(pairs) or said.get("break_glass", "") not in ("", "true", "false"):
        raise Refused("body_unreadable")
    return _wanted({**said, "break_glass": said.get("break_glass") == "true"})


def _from_json(body: bytes) -> Wanted:
    try:
        said = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Refused("body_unreadable") from None
    if not isinstance(said, dict):
        raise Refused("body_unreadable")
    return _wanted(said)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _wanted(said: Mapping[str, object]) -> Wanted:
    if not said.keys() <= set(_FIELDS):
        raise Refused("body_unreadable")
    event, case, reason, reveal = (said.get(name, "") for name in _FIELDS[:4])
    break_glass = said.get("break_glass", False)
    if not (isinstance(event, str) and isinstance(case, str) and isinstance(reason, str) and isinstance(reveal, str)):
        raise Refused("body_unreadable")
    if not isinstance(break_glass, bool) or _HALF.search(event + case + reason + reveal):
        raise Refused("body_unreadable")
    return Wanted(
        event=event.strip(),
        case=case.strip(),
        reason=" ".join(reason.split()),
        reveal=reveal,
        break_glass=break_glass,
    )


def _is_from_here(request: Request) -> bool:
    """Whether no other site can have had a browser send it. A browser says where a form comes from."""
    sites, origins = request.headers.get("sec-fetch-site", []), request.headers.get("origin", [])
    if not sites and not origins:
        return request.media_type == _JSON  # a program; no site can have a browser send that unasked
    return sites in ([], ["same-origin"]) and origins in ([], [f"https://{request.authority}"])
