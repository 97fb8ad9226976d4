"""How a cluster is talked to: as one role, within a time, and with every failure told without what was asked."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, OrjsonSerializer, SSLError, TransportError
from elasticsearch import ConnectionError as NoConnection

from siem.index.store import StoreUnavailable


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password of one role at the cluster."""

    name: str
    password: str = field(repr=False)


class Link:
    """One login at the cluster. Every failure of a call is StoreUnavailable.

    A call whose node cannot be reached, or ends while it works on it, is made to the next one; every call of ours may
    be: what is created twice is there once. Beside that none is repeated here.
    """

    def __init__(self, urls: Sequence[str], ca_file: Path, login: Login) -> None:
        # A stale connection must fail at once: who calls us has the patience, we have the timeout.
        self._client = Elasticsearch(
            list(urls),
            ca_certs=str(ca_file),
            basic_auth=(login.name, login.password),
            max_retries=len(urls) - 1,
            retry_on_status=(),
            retry_on_timeout=False,
            serializer=OrjsonSerializer(),  # found events are most of what is read
        )

    @contextlib.contextmanager
    def call(self, deadline: float) -> Iterator[Elasticsearch]:
        """A client whose call ends before *deadline* (of the monotonic clock)."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise StoreUnavailable("the index did not answer in time")
        try:
            # Half for connecting and half for the answer: the client counts each from zero.
            yield self._client.options(request_timeout=left / 2)
        except (ApiError, TransportError) as error:
            raise StoreUnavailable(_told(error)) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _told(error: ApiError | TransportError) -> str:
    """What went wrong, without a word of what was asked or answered: either may hold a digest."""
    match error:
        case ApiError():
            return f"the index answered {error.status_code} ({error.error})"
        case ConnectionTimeout():
            return "the index did not answer in time"
        case SSLError():
            return "the index could not be talked to: its certificate is not one we trust"
        case NoConnection():
            return "the index cannot be reached"
        case _:
            return "the index could not be talked to"


def deadline_in(timeout: timedelta) -> float:
    """When *timeout* is over, on the monotonic clock."""
    return time.monotonic() + timeout.total_seconds()
