"""The supervisor: starts everything, keeps it running, publishes programs, gives the workers their sign of life.

What cannot be written now, as on a full disk, is tried again: the gateway goes on by what is published.

INVARIANT: whatever else goes wrong here ends all of it. A gateway whose supervisor cannot go on withholds once its
leases have ended, and must not stand there half.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import psutil

from deploy.elasticsearch.connection import NodeUnavailable
from proxy.board import Board
from yingbi.addresses import addresses_of
from yingbi.children import CannotStart, Child, Job, Process, Say, stop_all
from yingbi.clock import now
from yingbi.first_start import make_tls
from yingbi.home import Home
from yingbi.jobs import worker_jobs
from yingbi.keys.handling import KeyStore
from yingbi.keys.status import KeyWatch
from yingbi.own_authority import NotIssued, authorities_in
from yingbi.publish.policy import PolicyPublisher
from yingbi.settings import Settings
from yingbi.told import tell

EVERY_S = 0.2
START_LIMIT_S = 120.0
CERTIFICATE_EVERY_S = 3600.0

log = logging.getLogger("yingbi.supervisor")


class Supervisor:
    """Runs an installation that is prepared."""

    def __init__(self, settings: Settings, board: Board, publisher: PolicyPublisher, say: Say) -> None:
        self._settings = settings
        self._home = Home(settings.home)
        self._board = board
        self._publisher = publisher
        self._say = say
        self._started_at: datetime = now()
        self._children: list[Child] = []
        self._ready = False
        self._told: dict[str, Any] = {}
        self._to_renew: deque[Job] = deque()
        self._troubles: dict[str, int | None] = {}
        self._keys = KeyWatch(self._home, KeyStore(self._home, now))
        self._hosts = publisher.now.hosts
        self._lists_next = 0.0
        self._certificate_next = time.monotonic() + CERTIFICATE_EVERY_S

    def start(self, children: Sequence[Child], stop: threading.Event) -> None:
        """Start *children* together and return once all of them do their work, or *stop* is set.

        Raises CannotStart or NodeUnavailable; then everything that runs has to be stopped.
        """
        self._children += children
        deadline = time.monotonic() + START_LIMIT_S
        waiting = list(children)
        while waiting and not stop.is_set():
            self._board.beat()
            for child in waiting:
                code = child.look()
                if code is not None:
                    raise CannotStart(
                        f"`{child.name}` 启动时退出（{code}） / ended while it started: {child.last_words()}"
                    )
            self._tell()
            waiting = [child for child in waiting if not child.is_ready]
            if waiting and time.monotonic() > deadline:
                raise CannotStart(f"`{waiting[0].name}` 未能就绪 / does not come up: {waiting[0].last_words()}")
            stop.wait(EVERY_S)

    def watch(self, stop: threading.Event) -> None:
        """Keep everything running until *stop* is set."""
        self._ready = True
        while not stop.is_set():
            self._board.beat()
            for child in self._children:
                self._try(child.name, partial(self._look_after, child))
            self._try("renew", self._renew_next)
            self._try("publish", self._publish)
            self._try("certificate", self._renew_certificate)
            self._try("lists", self._renew_lists)
            self._try("tell", self._tell)
            stop.wait(EVERY_S)

    def reload(self, settings: Settings) -> None:
        """Renew the workers one after another, by *settings*. Safe to call from a handler of a signal."""
        self._to_renew = deque(worker_jobs(settings))

    def _renew_next(self) -> None:
        """Go on with the renewal: the next worker once the one before stands in its place."""
        workers = {child.name: child for child in self._children if isinstance(child, Process)}
        if not self._to_renew or any(child.is_renewed for child in workers.values()):
            return
        job = self._to_renew.popleft()
        if (child := workers.get(job.name)) is not None:
            log.info("child_renewed name=%s", job.name)
            child.renew(job)
        if not self._to_renew:
            self._say("工作进程正在逐个更换 / workers are renewed one after another")

    def stop(self) -> None:
        """End everything: the gateway first, so that nothing is answered that nobody looks after any more."""
        workers = [child for child in self._children if child.number is not None]
        stop_all(workers)
        stop_all(reversed([child for child in self._children if child.number is None]))
        self._home.told("supervisor").unlink(missing_ok=True)

    def _try(self, what: str, act: Callable[[], None]) -> None:
        """Do what has to be done again and again; where it cannot be written down, say so once and go on."""
        try:
            act()
        except OSError as error:
            if self._troubles.get(what) != error.errno:
                log.error("cannot_write what=%s error=%s", what, error.strerror or error)
                self._say(f"{what}：无法写入，将重试 / cannot write, and will try again: {error.strerror or error}")
            self._troubles[what] = error.errno
        else:
            self._troubles.pop(what, None)

    def _publish(self) -> None:
        if self._publisher.step():
            self._judged()

    def _look_after(self, child: Child) -> None:
        try:
            code = child.look()
        except NodeUnavailable as problem:
            log.error("child_failed name=%s problem=%s", child.name, problem)
            return
        if code is not None:
            log.error("child_ended name=%s code=%d restarts=%d", child.name, code, child.restarts)
            self._say(f"`{child.name}` 已退出（{code}），正在重新启动 / has ended and is started again")

    def _judged(self) -> None:
        published = self._publisher.now
        errors = [finding for finding in published.findings if finding.severity == "error"]
        if errors:
            self._say(f"策略有 {len(errors)} 处错误，沿用原策略 / the policy has errors: the programs in force stay")
            for finding in errors:
                self._say(f"  {finding}")
        else:
            version = f"第 {published.version} 版，" if published.version else ""
            self._say(f"策略已生效，{version}第 {published.generation} 代 / the policy is in force")
        log.info(
            "policy_judged version=%d generation=%d errors=%d", published.version, published.generation, len(errors)
        )

    def _renew_certificate(self) -> None:
        hosts = self._publisher.now.hosts
        if time.monotonic() > self._certificate_next or hosts != self._hosts:
            make_tls(self._home, hosts, now())
            self._hosts, self._certificate_next = hosts, time.monotonic() + CERTIFICATE_EVERY_S

    def _renew_lists(self) -> None:
        """Issue the revocation lists of our own authorities anew, long before they end."""
        if time.monotonic() > self._lists_next:
            self._lists_next = time.monotonic() + CERTIFICATE_EVERY_S
            for authority in authorities_in(self._home.authorities, now()):
                try:
                    authority.renew_list()
                except (NotIssued, ValueError) as problem:
                    log.error("list_not_renewed authority=%s", authority.folder.name)
                    self._say(str(problem))

    def _tell(self) -> None:
        published = self._publisher.now
        facts = {
            "pid": os.getpid(),
            "ready": self._ready,
            "started_at": self._started_at.isoformat(),
            "home": str(self._home.root),
            "index": self._settings.index.value,
            "authority": str(self._home.authority),
            "addresses": addresses_of(self._settings, published.programs.values()),
            "processes": [_described(child) for child in self._children],
            "keys": self._keys.facts(),
            "policy": {
                "generation": published.generation,
                "version": published.version,
                "two_people": self._settings.two_people,
                "published_at": _spelled(published.published_at),
                "checked_at": _spelled(published.checked_at),
                "systems": [
                    {
                        "name": name,
                        "title_zh": program.title_zh,
                        "title_en": program.title_en,
                        "hosts": list(program.hosts),
                        "state": program.state.value,
                        "digest": published.digests[name],
                        "operations": len(program.operations),
                    }
                    for name, program in published.programs.items()
                ],
                "findings": [finding.as_json() for finding in published.findings],
            },
        }
        if facts != self._told:
            tell(self._home.told("supervisor"), facts)
            self._told = facts


def _described(child: Child) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": child.name,
        "pid": child.pid,
        "restarts": max(child.restarts, 0),
        "failing": child.failing,
    }
    if child.pid:
        try:
            described["created"] = psutil.Process(child.pid).create_time()
        except psutil.Error:
            described["pid"] = 0
    return described if child.number is None else {**described, "number": child.number}


def _spelled(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
