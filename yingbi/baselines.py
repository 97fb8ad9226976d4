"""Applies the baselines to an installation's own events: what was not as usual in the last days."""

from datetime import datetime, timedelta
from pathlib import Path

from deploy.elasticsearch.connection import NodeUnavailable
from siem.baseline.calendar import read_calendar
from siem.baseline.evaluate import WrongFolder, read_known
from siem.baseline.profile import DAYS
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.index.condition import EVERYTHING
from siem.index.store import StoreUnavailable
from yingbi.index import has_index, open_index
from yingbi.settings import Settings

LEARNED_FROM = timedelta(days=DAYS + DAYS // 2)
"""How far before the days that are asked for learning begins: as many workdays as are remembered lie in it."""
TIMEOUT = timedelta(minutes=2)
"""For each question to the index."""


class CannotCompare(Exception):
    """Nothing can be compared. The message says why, Chinese and English."""


def unusual(settings: Settings, now: datetime, since: datetime, known: Path | None = None) -> list[Anomaly]:
    """What was not as usual from *since* on, in order of time. Raises CannotCompare.

    *known*: a file with the digests of listed persons and of relatives, of the form that `siem.simulate` writes.
    """
    if not has_index(settings):
        raise CannotCompare("这里还没有记录 / there are no events here yet")
    try:
        listed, relatives = read_known(known) if known else (frozenset(), {})
        store = open_index(settings, writing=False)
    except (WrongFolder, NodeUnavailable) as problem:
        raise CannotCompare(str(problem)) from None
    except OSError as error:
        raise CannotCompare(f"无法读取 / cannot be read: {error.filename}: {error.strerror}") from None
    try:
        documents = store.search(EVERYTHING, since - LEARNED_FROM, now, TIMEOUT)
        found = watch(Baselines(read_calendar(), listed, relatives), documents)
        return [anomaly for anomaly in found if anomaly.at >= since]
    except StoreUnavailable as problem:
        raise CannotCompare(f"索引没有回答 / the index does not answer: {problem}") from None
    finally:
        store.close()
