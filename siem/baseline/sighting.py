"""What the baselines take from one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address

from siem.baseline.calendar import LOCAL
from siem.record.ecs import IMPORTED, Document

DURABLE = frozenset({"staff", "system", "terminal"})
"""Kinds of callers who come again under the same name, so that each can be compared with what is usual for it."""
_MISSED = 400
"""From which status of HTTP on an answer is none."""
_LOOKED_UP = 3
"""An answer about no more people than this was asked for because of them."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event, as far as baselines look at it."""

    event: str
    caller: str
    """Its id, or the address of those who did not sign in."""
    kind: str
    group: str
    """Those with whom the caller is compared: the post, or the kind of those who have none."""
    at: datetime
    """Local time."""
    day: date
    operation: str
    """With its system."""
    subjects: Sequence[str]
    clear: bool
    values: int
    """How many records were shown that do not say whose they are."""
    kib: int
    """The size of the answers that hold them."""
    looked_up: bool
    """Whether the answer was about few people, in clear: those are who was looked for."""
    refused: bool
    network: str
    site: str
    """The larger network that the network is part of."""
    credential: str
    case: str
    """For a permit that was opened: the case it was asked for."""
    about: str
    """For a permit that was opened: the subject it is for. Empty for all other events."""


def sighting_of(document: Document, canaries: frozenset[str] = frozenset()) -> Sighting | None:
    """What to look at in *document*, or None where nobody can be named who called. *canaries* are no subjects."""
    own = document["yingbi"]
    source = document.get("source", {}).get("ip", "")
    user = document.get("user", {})
    caller = user.get("id") or source
    if not caller:
        return None
    kind = own["caller_kind"]
    roles = user.get("roles") or ()
    subjects = own.get("subjects", ())
    if canaries and subjects:
        subjects = without_canaries(subjects, own.get("former_subjects", ()), canaries)
    clear = bool(subjects) and own["disclosure"] == "clear"
    network, site = _networks(source)
    values = own.get("unattributed", 0)
    response = document["http"]["response"]
    if own["program"] == IMPORTED and not subjects and own["verdict"] == "forward":
        values = max(values, int(response["status_code"] < _MISSED))  # other makers may not say that anybody was shown
    permit = own.get("permit", {})
    opened = permit.get("state") == "open"
    moment = datetime.fromisoformat(document["@timestamp"]).astimezone(LOCAL)
    return Sighting(
        event=document["event"]["id"],
        caller=caller,
        kind=kind,
        group=f"{kind}:{','.join(sorted(roles))}" if roles and kind == "staff" else kind,
        at=moment,
        day=moment.date(),
        operation=f"{document['service']['name']} {own['operation']}",
        subjects=subjects,
        clear=clear,
        values=values,
        kib=response["body"]["bytes"] // 1024 if values else 0,
        looked_up=clear and len(subjects) <= _LOOKED_UP,
        refused=own["verdict"] == "withhold" or (own["program"] == IMPORTED and response["status_code"] >= _MISSED),
        network=network,
        site=site,
        credential=own.get("credential", ""),
        case=permit.get("case", "") if opened else "",
        about=permit.get("subject", "") if opened else "",
    )


def without_canaries(subjects: Sequence[str], former: Sequence[str], canaries: frozenset[str]) -> Sequence[str]:
    """Those of *subjects* that are no canary, neither by their digest nor by that of the epoch before."""
    before = dict(zip(subjects, former, strict=False))
    return [each for each in subjects if each not in canaries and before.get(each) not in canaries]


def _networks(source: str) -> tuple[str, str]:
    """The network and the site of an address; of one that is none, itself."""
    first, dot, rest = source.partition(".")
    if dot and source.count(".") == 3 and ":" not in source:
        second, _, last = rest.partition(".")
        third = last.partition(".")[0]
        return f"{first}.{second}.{third}.0/24", f"{first}.{second}.0.0/16"
    try:
        address = ip_address(source)
    except ValueError:
        return source, source
    text = address.exploded
    return f"{text[:14]}::/48", f"{text[:9]}::/32"
