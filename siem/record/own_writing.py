"""Whether an event of our own form is one that our own writer can have written.

Anybody can write lines of our form. What stands in them is believed no further than this: subjects are digests, the
path is a template, and where a code stands there is a code.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from policies.digest import DIGEST_BYTES
from policies.formats.found import BETWEEN_WHYS, WHYS
from policies.recognisers.scan import scan
from siem.record.ecs import FIRST, LAST
from siem.record.event import AccessEvent, CallerKind, FieldUse, PermitNote
from siem.record.own_id import is_own_id

MOST_SUBJECTS = 1_000
"""Digests in one event, as in those of the gateway."""
IN_CLEAR = ("email",)
"""What a caller's own id may be, though it is personal data: staff are recorded in clear."""

_DIGEST = re.compile(f"[^\\s:#]{{1,32}}:[0-9a-f]{{{2 * DIGEST_BYTES}}}")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,400}")
_MOST = 2**63
_ASCII_CODE = re.compile(r"[!-~]{1,256}")
_OPERATION = re.compile(r"(?:[A-Z]{3,10} )?/?[A-Za-z0-9_.~{}*/+@:,=%-]{1,400}")
"""Source: the form of `operation` in `policies/schema/system.schema.json`, and single words."""


def can_be_written(event: AccessEvent) -> bool:
    """Whether nothing stands in *event* that our own writer would not have put there."""
    return (
        _is_of_its_types(event)
        and FIRST <= event.at < LAST
        and all(0 <= number < _MOST for number in _numbers_of(event))
        and is_own_id(event.id)
        and is_own_id(event.exchange)
        and all(WHYS.keys() >= set(why.split(BETWEEN_WHYS)) for use in event.fields for why, _ in use.whys)
        and len(event.subjects) <= MOST_SUBJECTS
        and all(map(is_digest, _digests_of(event)))
        and _is_caller(event)
        and _OPERATION.fullmatch(event.operation) is not None
        and all(map(_is_free_of_data, event.operation.split("/")))
        and (not event.source_ip or _is_address(event.source_ip))
        and all(_is_code(text) for text in _codes_of(event) if text)
        and all(_is_line(text) for text in _lines_of(event) if text)
    )


def is_digest(text: str) -> bool:
    """Whether *text* has the form of a digest of ours."""
    return _DIGEST.fullmatch(text) is not None


def _is_of_its_types(event: AccessEvent) -> bool:
    """What is read of a document has whatever stands there."""
    try:
        msgspec.json.decode(msgspec.json.encode(event), type=AccessEvent)
    except (TypeError, ValueError):
        return False
    return event.at.tzinfo is not None


def _numbers_of(event: AccessEvent) -> Iterator[int]:
    yield from (event.status, event.overlay, event.left_out, event.bytes_out, event.duration_ns)
    for use in event.fields:
        yield from (use.count, *(times for _, times in use.whys))
    if event.raised is not None:
        yield event.raised.bytes_in


def _digests_of(event: AccessEvent) -> Iterator[str]:
    yield from event.subjects
    yield from event.former_subjects
    if event.on_behalf_of:
        yield event.on_behalf_of
    if event.permit is not None and event.permit.subject:
        yield event.permit.subject
    if event.raised is not None:
        yield from event.raised.about
        yield from filter(None, (event.raised.question, event.raised.client))


def _is_caller(event: AccessEvent) -> bool:
    if not event.caller:
        return event.caller_kind is CallerKind.ANONYMOUS
    if event.caller_kind is CallerKind.CITIZEN or is_digest(event.caller):
        return is_digest(event.caller)
    return _LINE.fullmatch(event.caller) is not None and _categories_in(event.caller) <= {*IN_CLEAR}


def _codes_of(event: AccessEvent) -> Iterator[str]:
    yield from (event.system, event.purpose, *event.purposes, event.reason, event.format, event.program)
    yield from (event.limit, event.mark, *event.permits)
    for use in event.fields:
        yield from _codes_of_use(use)
    if (note := event.permit) is not None:
        yield from (note.id, note.kind, note.reveal, note.about)
    if event.raised is not None:
        yield from (*event.raised.by, event.raised.version)


def _codes_of_use(use: FieldUse) -> Iterator[str]:
    yield from (use.category, use.transform, use.grant or "")


def _lines_of(event: AccessEvent) -> Iterator[str]:
    """What is written by those who declare a policy, or has been looked through before it was recorded."""
    yield from (*event.posts, event.credential, event.basis, *event.attributes)
    for use in event.fields:
        yield from (use.name, use.rule)
    if event.permit is not None:
        yield from _lines_of_note(event.permit)
    if event.raised is not None:
        yield from event.raised.asked


def _lines_of_note(note: PermitNote) -> Iterator[str]:
    yield from (note.case, note.why, note.by)


def _is_code(text: str) -> bool:
    return _ASCII_CODE.fullmatch(text) is not None and _is_free_of_data(text)


def _is_line(text: str) -> bool:
    return _LINE.fullmatch(text) is not None and _is_free_of_data(text)


def _is_free_of_data(text: str) -> bool:
    return not _categories_in(text)


@lru_cache(maxsize=4_096)
def _categories_in(text: str) -> frozenset[str]:
    """Events of one installation have few texts, again and again."""
    return frozenset(hit.category for hit in scan(text))


@lru_cache(maxsize=4_096)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
