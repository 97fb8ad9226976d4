"""Plants canaries: writes down once the people to put into a system, and keeps their digests only."""

import csv
import io
import itertools
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom

from deploy.elasticsearch.connection import NodeUnavailable
from policies.keys.epochs import BadEpochs, digester_in
from siem.index.store import StoreUnavailable
from yingbi.canaries import add_canaries
from yingbi.canary_people import GIVEN_UP, Invented, NoCode, invented
from yingbi.home import Home
from yingbi.index import has_index, open_index
from yingbi.keys.handling import KeysNotUsable
from yingbi.settings import Settings
from yingbi.trace import AHEAD, BEGINNING

MOST = 1_000
COLUMNS = ("name", "sex", "birth_date", "id_no")
_TOO_MANY = f"一次 1 至 {MOST} 人 / between 1 and {MOST} at once"
_TIMEOUT = timedelta(seconds=30)


class CannotPlant(Exception):
    """Nothing was planted. The message says why, Chinese and English."""


def plant(settings: Settings, count: int, out: Path, now: datetime, codes: Mapping[str, int] = GIVEN_UP) -> None:
    """Write *count* invented residents to the file *out*, 0600, and add their digests to the list of canaries.

    The digests first: a canary that stands in a system and in no list would alarm nobody. Raises CannotPlant.
    """
    if not 1 <= count <= MOST:
        raise CannotPlant(_TOO_MANY)
    try:
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotPlant("输出文件已经存在，请换一个名字 / the file is there already: name another") from None
    except OSError as error:
        raise CannotPlant(f"无法写输出文件 / the file cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(file, "wb") as written:
            written.write(planted(settings, count, now, codes))
    except CannotPlant:
        out.unlink(missing_ok=True)
        raise


def planted(settings: Settings, count: int, now: datetime, codes: Mapping[str, int] = GIVEN_UP) -> bytes:
    """A table (CSV) of *count* invented residents whose digests are in the list of canaries now. Raises CannotPlant."""
    home = Home(settings.home)
    if not 1 <= count <= MOST:
        raise CannotPlant(_TOO_MANY)
    try:
        people = _people(settings, home, count, now, codes)
        add_canaries(home, [each.id_no for each in people], now)
    except (BadEpochs, KeysNotUsable) as problem:
        raise CannotPlant(f"摘要密钥读不出来 / the key of digests cannot be read: {problem}") from None
    except (StoreUnavailable, NodeUnavailable) as problem:
        raise CannotPlant(f"无法核对索引 / the index cannot be asked who is known: {problem}") from None
    except OSError as problem:
        raise CannotPlant(f"诱饵名单无法写入 / the list cannot be written: {problem.strerror}") from None
    except NoCode:
        raise CannotPlant("没有停用够久的区划代码 / no code of a region was given up long enough ago") from None
    return _table(people)


def _people(settings: Settings, home: Home, count: int, now: datetime, codes: Mapping[str, int]) -> list[Invented]:
    digester = digester_in(home.keys, now)
    if not has_index(settings):
        return list(itertools.islice(invented(SystemRandom(), now.date(), lambda _: False, codes), count))
    store = open_index(settings, writing=False)

    def is_known(number: str) -> bool:
        digests = [each(number) for each in (*digester.earlier, digester)]
        return any(store.sightings(digests, BEGINNING, now + AHEAD, _TIMEOUT))

    try:
        return list(itertools.islice(invented(SystemRandom(), now.date(), is_known, codes), count))
    finally:
        store.close()


def _table(people: list[Invented]) -> bytes:
    text = io.StringIO()
    rows = ((each.name, each.sex, each.born.isoformat(), each.id_no) for each in people)
    csv.writer(text, lineterminator="\r\n").writerows((COLUMNS, *rows))
    return text.getvalue().encode("utf-8-sig")
