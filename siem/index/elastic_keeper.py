"""The keeper of the indices of an Elasticsearch cluster: their template, their alias, and days that are over."""

import contextlib
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from elasticsearch import BadRequestError, NotFoundError

from siem.index.elastic import PREFIX
from siem.index.elastic_link import Link, Login, deadline_in
from siem.index.elastic_query import mapping

_DAY = re.compile(r"-\d{4}\.\d\d\.\d\d", re.ASCII)


class ElasticKeeper:
    """A `Keeper` of the indices of days, and of their alias `<prefix>`. Sees no document."""

    def __init__(self, urls: Sequence[str], ca_file: Path, login: Login, *, prefix: str = PREFIX) -> None:
        self.prefix = prefix
        self._link = Link(urls, ca_file, login)

    def prepare(self, timeout: timedelta) -> None:
        """As `Keeper` promises: the template, and the mappings of the indices that there are."""
        deadline = deadline_in(timeout)
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "250ms"}
        ours = mapping()
        with self._link.call(deadline) as client:
            client.indices.put_index_template(
                name=self.prefix,
                index_patterns=[f"{self.prefix}-*"],
                priority=500,
                template={"settings": settings, "mappings": ours, "aliases": {self.prefix: {}}},
            )
        for name in self._days(deadline):
            # One that somebody else made with a mapping of his own must not keep the others from being written to.
            with self._link.call(deadline) as client, contextlib.suppress(BadRequestError, NotFoundError):
                client.indices.put_alias(index=name, name=self.prefix)
                client.indices.put_mapping(index=name, meta=ours["_meta"], properties=ours["properties"])

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """As `Keeper` promises. What is no day is left alone, whatever its name begins with."""
        deadline = deadline_in(timeout)
        days = {name: _day_of(name.removeprefix(self.prefix)) for name in self._days(deadline)}
        old = [name for name, each in days.items() if each < day and not but(each)]
        for name in old:
            with self._link.call(deadline) as client, contextlib.suppress(NotFoundError):
                client.indices.delete(index=name)
        return old

    def _days(self, deadline: float) -> list[str]:
        """The names of the indices of days, oldest first."""
        with self._link.call(deadline) as client:
            names = client.indices.get(index=f"{self.prefix}-*", features=["aliases"]).body
        return sorted(name for name in names if _DAY.fullmatch(name.removeprefix(self.prefix)))

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()


def _day_of(name: str) -> date:
    return date.fromisoformat(name.removeprefix("-").replace(".", "-"))
