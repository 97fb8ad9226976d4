"""The headers that join spans to a trace, in the form that their standards give them. Pure.

They pass from hand to hand unread, so whatever has not just that form is free text on its way around every rule.
Source: W3C Trace Context, 2.2 (`traceparent`, with which `tracestate` goes) and 3; W3C Baggage, 3.3.
"""

import re
from collections.abc import Collection, Mapping

from policies.transforms.handle import PREFIX
from proxy.telling import tells

PARENT = "traceparent"
ANSWERED = "traceresponse"
STATE, BAGGAGE = "tracestate", "baggage"
TRACE_HEADERS = frozenset({PARENT, ANSWERED, STATE, BAGGAGE})

_PARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-9a-f]")
"""Version 00. What later ones add nobody knows yet."""
_VENDOR = r"(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
_STATED = re.compile(rf"{_VENDOR}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{{0,255}}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SAID = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"
_CARRIED = re.compile(rf"{_WORD}[ \t]?=[ \t]?{_SAID}(?:[ \t]?;[ \t]?{_WORD}(?:[ \t]?=[ \t]?{_SAID})?)*", re.ASCII)
_MEMBERS = {STATE: (_STATED, 32, 512), BAGGAGE: (_CARRIED, 64, 8192)}
"""What one member of a list is, how many there may be, and how long they are together."""


def traced(headers: Mapping[str, list[str]], passing: Collection[str]) -> list[tuple[str, str]]:
    """What of the trace headers in a request's *headers* is sent on, each once.

    *passing* are those besides `traceparent` that the system is declared to get; even these pass only where they tell
    nothing. A `traceparent` that comes twice is none, and without one there is no `tracestate`.
    """
    parents = headers.get(PARENT, [])
    sent = [(PARENT, parents[0])] if len(parents) == 1 and has_form(PARENT, parents[0]) else []
    for name in (STATE, BAGGAGE):
        listed = ",".join(headers.get(name, ()))
        goes = name in passing and (bool(sent) or name == BAGGAGE) and _is_list_of(name, listed)
        if goes and PREFIX not in listed.lower() and not tells(listed):
            sent.append((name, listed))
    return sent


def has_form(name: str, value: str) -> bool:
    """Whether *value* is one of the trace header *name*, as its standard has it."""
    return _is_list_of(name, value) if name in _MEMBERS else _PARENT.fullmatch(value) is not None


def _is_list_of(name: str, value: str) -> bool:
    member, most, longest = _MEMBERS[name]
    members = [each.strip(" \t") for each in value.split(",")]
    return len(value) <= longest and len(members) <= most and all(map(member.fullmatch, members))
