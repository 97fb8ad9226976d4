"""Who has signed in in the sessions of systems that have to be asked, as far as a worker knows by now.

Hooks wait for nothing: as long as it is not known, whoever shows the session's cookie is nobody, and the system is
asked meanwhile. What it says is held in memory alone, by the id that is sealed into the cookie beside its value, so
that no other session can have it; and for a declared time only, in the second half of which the system is asked again.

INVARIANT: a session is somebody's only by what the system itself has said of that session.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from policies.program_callers import SessionRule
from proxy.board import boot_time_ns
from proxy.identity.introspect import NotAsked
from proxy.identity.sessions import Session
from proxy.system import System

AGAIN_S = 5.0
"""So long a system is not asked once more about a session of nobody, or one that it has not answered about."""
MOST_KEPT = 20_000
MOST_AT_ONCE = 32
"""Of one system: one that hangs must not keep others from being asked."""

type Ask = Callable[[System, Session], Coroutine[Any, Any, bytes]]
"""What a system says of a session; raises NotAsked."""


@dataclass(slots=True)
class _Known:
    rule: SessionRule
    """By which it was asked."""
    tried_s: float
    subject: str = ""
    posts: tuple[str, ...] = ()
    since_s: float = 0.0
    """When it was asked by which whose it is was learnt."""


class Introspections:
    """Those of one worker; *ask* is None where nobody can be asked."""

    def __init__(self, ask: Ask | None = None, uptime_ns: Callable[[], int] = boot_time_ns) -> None:
        self._ask = ask
        self._uptime_ns = uptime_ns
        self._known: dict[tuple[str, str], _Known] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}

    def who(self, system: System, session: Session, now: float) -> Session:
        """*session* with who has signed in in it, at the POSIX time *now*; with nobody as long as that is not known.

        Lets the system be asked where it is time to.
        """
        rule = system.program.session
        assert rule is not None
        key, uptime_s = (system.name, session.id), self._uptime_ns() / 1e9
        known = self._known.get(key)
        if known is not None and known.rule != rule:
            known = None
        left_s = known.since_s + rule.again_s - uptime_s if known is not None and known.subject else 0.0
        is_tried = known is not None and uptime_s < known.tried_s + AGAIN_S
        if left_s < rule.again_s / 2 and not is_tried:
            self._begin(key, system, session, rule)
        if known is None or left_s <= 0:
            return replace(session, subject="", posts=())
        return replace(session, subject=known.subject, posts=known.posts, counts_until=now + left_s)

    def _begin(self, key: tuple[str, str], system: System, session: Session, rule: SessionRule) -> None:
        if self._ask is None or key in self._asking:
            return
        if sum(name == system.name for name, _ in self._asking) >= MOST_AT_ONCE:
            return
        asking = self._settle(self._ask, key, system, session, rule)
        task = self._asking[key] = asyncio.get_running_loop().create_task(asking)
        task.add_done_callback(lambda _: self._asking.pop(key, None))

    async def _settle(
        self, ask: Ask, key: tuple[str, str], system: System, session: Session, rule: SessionRule
    ) -> None:
        asked_s = self._uptime_ns() / 1e9
        before = self._known.pop(key, None)
        kept = before if before is not None and before.rule == rule else _Known(rule, asked_s)
        kept.tried_s = asked_s
        self._keep(key, kept)
        try:
            said = system.identity.sessions.said_in(await ask(system, session))
        except NotAsked:
            return  # whose it was stands until its time is over
        subject, posts = said or ("", ())
        self._keep(key, _Known(rule, asked_s, subject, posts, asked_s))

    def _keep(self, key: tuple[str, str], known: _Known) -> None:
        self._known[key] = known
        while len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
