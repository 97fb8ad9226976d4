"""Applies the baselines to an installation's own events: what was not as usual in the last days."""

from datetime import datetime, timedelta

from deploy.elasticsearch.connection import NodeUnavailable
from siem.baseline.calendar import read_calendar
from siem.baseline.running import LEARNED_FROM
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.index.condition import EVERYTHING
from siem.index.store import StoreUnavailable
from yingbi.home import Home
from yingbi.index import has_index, open_index
from yingbi.known import Known
from yingbi.settings import Settings

TIMEOUT = timedelta(minutes=2)
"""For each question to the index."""


class CannotCompare(Exception):
    """Nothing can be compared. The message says why, Chinese and English."""


def unusual(settings: Settings, now: datetime, since: datetime) -> list[Anomaly]:
    """What was not as usual from *since* on, in order of time. Raises CannotCompare."""
    if not has_index(settings):
        raise CannotCompare("这里还没有记录 / there are no events here yet")
    try:
        store = open_index(settings, writing=False)
    except NodeUnavailable as problem:
        raise CannotCompare(str(problem)) from None
    baselines = Baselines(read_calendar())
    if trouble := Known(Home(settings.home)).renew(baselines):
        store.close()
        raise CannotCompare(trouble)
    try:
        documents = store.search(EVERYTHING, since - LEARNED_FROM, now, TIMEOUT)
        found = watch(baselines, documents)
        return [anomaly for anomaly in found if anomaly.at >= since]
    except StoreUnavailable as problem:
        raise CannotCompare(f"索引没有回答 / the index does not answer: {problem}") from None
    finally:
        store.close()
