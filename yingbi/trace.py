"""Traces a leaked sample through the index of an installation, running or not. The look-up is an event of the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploy.elasticsearch.connection import NodeUnavailable
from policies.digest import Digester
from policies.keys.epochs import BadEpochs, digester_in
from siem.index.positions import Positions
from siem.index.progress import standing
from siem.index.store import StoreUnavailable
from siem.record.event import EventId
from siem.record.log import AccessLog, RecordFailed, new_start_id
from siem.trace.found import Trace
from siem.trace.marks import Bearer, bearers_of
from siem.trace.sample import Sample
from siem.trace.tracer import trace
from yingbi.home import Home
from yingbi.index import has_index, open_index
from yingbi.known_by import systems_by_identifier
from yingbi.log.own_events import not_shown, own_event
from yingbi.os_account import account
from yingbi.settings import Settings

OPERATION = "POST /.yingbi/trace"
"""What the event of a look-up says was asked."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""So far may the clock of whoever recorded be ahead of ours."""
TIMEOUT = timedelta(minutes=2)
"""For each question to the index."""


class CannotTrace(Exception):
    """The sample cannot be traced. The message says why, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a look-up came to."""

    found: Trace
    event: EventId
    """Under which it is recorded."""
    behind_bytes: int
    """How much of the log the index did not have yet."""
    known_by: Mapping[str, tuple[str, ...]] | None = None
    """By kind of identifier, the systems that know their subjects by it; None where no policy in force can be read."""
    bearers: tuple[Bearer, ...] = ()
    """For each serial of the sample, who was given what bears it."""


def trace_sample(
    settings: Settings, sample: Sample, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> Traced:
    """Who was shown the identifiers of *sample*, at any time or with since <= time < until. Raises CannotTrace."""
    home = Home(settings.home)
    if not has_index(settings):
        raise CannotTrace(f"`{home.root}` 中还没有索引，`yingbi up` 时建立 / no index yet: yingbi up makes it")
    try:
        digester = digester_in(home.keys, now)
        behind = standing(home.log, Positions(home.positions(settings.index.value), read_only=True)).behind_bytes
        event = record_look_up(home, now, sample.counts())
        store = open_index(settings, writing=False)
    except BadEpochs as problem:
        raise CannotTrace(f"`keys/{problem}` 读不懂，请从备份恢复 / cannot be read: restore it from a backup") from None
    except RecordFailed as problem:
        raise CannotTrace(f"查询无法记录，不予查询 / a look-up that is not recorded is not made: {problem}") from None
    except (StoreUnavailable, NodeUnavailable) as problem:
        raise CannotTrace(f"索引无法使用 / the index cannot be used: {problem}") from None
    except PermissionError:
        raise
    except OSError as error:
        raise CannotTrace(f"访问日志无法读取 / the access log cannot be read: {error.strerror}") from None
    start, end = since or BEGINNING, until or now + AHEAD
    try:
        bearers = tuple(bearers_of(store, sample.marks.read, start, end, TIMEOUT))
        found = trace(store, _all_of(digester), sample, start, end, TIMEOUT)
    except StoreUnavailable as problem:
        raise CannotTrace(f"索引没有答复 / the index did not answer: {problem}") from None
    finally:
        store.close()
    return Traced(found, event, behind, systems_by_identifier(home), bearers)


def record_look_up(home: Home, now: datetime, counts: Mapping[str, int]) -> EventId:
    """Record that somebody looks up so many identifiers of each kind. Raises RecordFailed.

    By whom is the account of this machine that runs the command; whom they look for is not recorded, as it would count
    as if they had been shown.
    """
    log = _new_log(home, now)
    try:
        event = log.new_id()
        log.append(
            own_event(
                event,
                now,
                operation=OPERATION,
                by=f"os:{account()}",
                purpose="trace",
                fields=(not_shown("sample", category, count) for category, count in counts.items()),
            ),
            durably=True,
        )
    finally:
        log.close()
    return event


def _new_log(home: Home, now: datetime) -> AccessLog:
    try:
        return AccessLog(home.log, new_start_id(now))
    except PermissionError:
        raise
    except OSError as error:
        raise RecordFailed(f"cannot begin a log: {error.strerror}") from None


def _all_of(digester: Digester) -> tuple[Digester, ...]:
    return *digester.earlier, digester
