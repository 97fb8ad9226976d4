"""The installation's own Elasticsearch node, as a child of the supervisor."""

import time
from datetime import datetime

from deploy.elasticsearch.configure import Member
from deploy.elasticsearch.connection import NodeUnavailable
from deploy.elasticsearch.node import Node, is_healthy, start
from yingbi.children import FIRST_PAUSE_S, LONGEST_PAUSE_S, Say
from yingbi.home import Home
from yingbi.settings import Settings


class SearchNode:
    """A node that is started again whenever it ends. See `children.Child`."""

    def __init__(self, settings: Settings, now: datetime, say: Say) -> None:
        self.name = "elasticsearch"
        self.number: int | None = None
        self.restarts = -1
        self.failing = 0
        self._settings = settings
        self._now = now
        self._say = say
        self._node: Node | None = None
        self._not_before = 0.0
        self._pause = FIRST_PAUSE_S

    @property
    def pid(self) -> int:
        """See `Child`."""
        return self._node.process.pid if self._node is not None and self._node.process.poll() is None else 0

    @property
    def is_ready(self) -> bool:
        """See `Child`."""
        return self._node is not None and self.pid != 0 and is_healthy(self._node.connection)

    def look(self) -> int | None:
        """See `Child`. Raises NodeUnavailable where it cannot be started the first time."""
        if self._node is not None:
            code = self._node.process.poll()
            if code is not None:
                self._put_off()
            return code
        if time.monotonic() < self._not_before:
            return None
        ports = self._settings.ports
        try:
            self._node = start(
                Home(self._settings.home).search,
                Member(http_port=ports.search, transport_port=ports.search_transport),
                now=self._now,
                say=self._say,
            )
        except NodeUnavailable:
            if self.restarts < 0:
                raise
            self._put_off()  # as a port that its predecessor has not let go yet
        else:
            self.restarts += 1
        return None

    def ask_to_stop(self) -> None:
        """See `Child`: `end` asks, and waits."""

    def end(self, deadline: float) -> None:
        """See `Child`."""
        if self._node is not None:
            self._node.stop(max(1.0, deadline - time.monotonic()))

    def last_words(self) -> str:
        """See `Child`."""
        return f"see `{self._node.log}`" if self._node is not None else ""

    def _put_off(self) -> None:
        self._node = None
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + self._pause
