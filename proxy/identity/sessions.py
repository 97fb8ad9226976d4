"""Who has signed in at a system's own sign-in: learnt from its answer, and bound to the session that it began.

Nothing is kept: what was learnt is sealed into one token with the value of the session's cookie, so that it can be
moved to no other session, no other system and no other name. That a session has ended early is seen to by `ended.py`.
"""

import json
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from policies.program import Program
from proxy.cookies import Cookies, cookie_set_by
from proxy.identity.caller import NOBODY, BadCredential, Caller, cookies_in
from proxy.identity.names import Names, is_text
from proxy.message import Headers
from siem.record.event import CallerKind

MOST_POSTS = 64
_TAKEN_AWAY = re.compile(r";\s*max-age\s*=\s*(?:-|0+\s*(?:;|\Z))", re.IGNORECASE)
"""A cookie that a browser keeps for no time."""


class _Said(msgspec.Struct, frozen=True):
    """What is sealed beside the value of a session's cookie."""

    id: str
    subject: str
    posts: tuple[str, ...]
    until: int
    begun: int = 0
    """Sealed by an earlier version, it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session in which somebody has signed in."""

    id: str
    """By which the log and `ended.py` know it; it tells nothing of whose it is."""
    subject: str = field(repr=False)
    """Empty as long as nobody knows who has signed in."""
    posts: tuple[str, ...]
    until: int
    """POSIX time."""
    begun: int = 0
    """POSIX time; 0 where it is not known."""
    value: str = field(default="", repr=False)
    """Of the system's own cookie; empty as long as it is not bound to one."""
    counts_until: float = field(default=math.inf, repr=False)
    """POSIX time, up to which the system has said who has signed in, where it has to be asked again."""


class Sessions:
    """Those of one system; there are none where the *program* declares none."""

    def __init__(self, program: Program, names: Names) -> None:
        self.rule = program.session
        self._names = names

    def shown(self, headers: Headers, cookies: Cookies) -> Session | None:
        """The session among the cookies of a request, over or not. Raises BadCredential where there is one and more.

        A cookie that does not open is no session, and none that is worth refusing: it reaches nobody.
        """
        if self.rule is None:
            return None
        tokens = [value for name, value in cookies_in(headers) if name == self.rule.cookie]
        bound = [found for token in tokens if (found := cookies.bound(self.rule.cookie, token)) is not None]
        if not bound:
            return None
        if len(tokens) > 1:  # the system behind could take the other for the one that counts
            raise BadCredential
        value, text = bound[0]
        try:
            said = msgspec.json.decode(text, type=_Said)
        except msgspec.DecodeError:  # as another version has written it
            return None
        if self.rule.introspect:  # also where another policy has sealed whose it was
            said = _Said(said.id, "", (), said.until, said.begun)
        return Session(
            id=said.id, subject=said.subject, posts=said.posts, until=said.until, begun=said.begun, value=value
        )

    def caller(self, session: Session, now: float) -> Caller:
        """Who has signed in in *session*, at the POSIX time *now*; nobody, if unknown. Raises BadCredential."""
        if self.rule is None or now >= min(session.until, session.counts_until):
            raise BadCredential
        if not session.subject:
            return NOBODY
        return replace(
            self._names.caller(session.subject, CallerKind(self.rule.kind.value)),
            posts=frozenset(session.posts),
            purposes=frozenset(self.rule.purposes),
            credential=f"session:{session.id}",
            begun=session.begun,
        )

    def ends_with(self, operation: str) -> bool:
        """Whether whoever asks for *operation* leaves the session that he has: by signing out, or in once more."""
        return self.rule is not None and (operation == self.rule.login or operation in self.rule.logout)

    def learnt(
        self, operation: str, status: int, set_cookies: Sequence[str], body: bytes | None, now: float
    ) -> Session | None:
        """Who has signed in by an answer, whose *body* is JSON, or None where it is not; None where nobody has.

        Nobody has, either, where the answer begins no session or more than one, or does not plainly say who it is.
        """
        rule = self.rule
        if rule is None or operation != rule.login or not 200 <= status < 400:
            return None
        begun = [each for each in set_cookies if cookie_set_by(each)[0] == rule.cookie]
        if len(begun) != 1 or not cookie_set_by(begun[0])[1] or _TAKEN_AWAY.search(begun[0]):
            return None
        until = int(now) + rule.minutes * 60
        if rule.introspect:
            value = cookie_set_by(begun[0])[1]
            return Session(id=secrets.token_hex(8), subject="", posts=(), until=until, begun=int(now), value=value)
        document = _read(body) if body is not None and status < 300 else None
        if rule.subject_cookie:
            found = [value for name, value in map(cookie_set_by, set_cookies) if name == rule.subject_cookie]
            said = self._said(found[0] if len(found) == 1 else None, document)
        else:
            said = self._said(_at(document, rule.subject), document)
        if said is None:
            return None
        return Session(id=secrets.token_hex(8), subject=said[0], posts=said[1], until=until, begun=int(now))

    def said_in(self, body: bytes) -> tuple[str, tuple[str, ...]] | None:
        """Who has signed in and with which posts, by *body*, the system's answer; None where nobody plainly has."""
        if self.rule is None:
            return None
        document = _read(body)
        return self._said(_at(document, self.rule.subject), document)

    def _said(self, subject: Any, document: Any) -> tuple[str, tuple[str, ...]] | None:
        """The name *subject* and the posts in *document*; None where they are not plain, or no name of a caller."""
        assert self.rule is not None
        if isinstance(subject, int) and not isinstance(subject, bool):
            subject = str(subject)  # many systems know people by a number
        posts = _posts(_at(document, self.rule.posts)) if self.rule.posts else ()
        if posts is None or not isinstance(subject, str):
            return None
        try:
            self._names.caller(subject, CallerKind(self.rule.kind.value))
        except BadCredential:
            return None
        return subject, posts

    def binding(self, session: Session | None, set_cookies: Sequence[str]) -> tuple[Session | None, bool]:
        """What *session*, in which the system has set *set_cookies*, goes on as, and whether it has ended by them.

        It goes on in a cookie of the same value; any other begins a session of somebody yet unknown.
        """
        if session is None or self.rule is None:
            return None, False
        values = [value for name, value in map(cookie_set_by, set_cookies) if name == self.rule.cookie]
        is_over = any(value != session.value for value in values)
        return (None if is_over else session), is_over

    def bound(self, session: Session | None) -> dict[str, str]:
        """What is sealed with which cookie so that *session* goes on."""
        if session is None or self.rule is None:
            return {}
        whose = ("", ()) if self.rule.introspect else (session.subject, session.posts)
        said = _Said(session.id, *whose, session.until, session.begun)
        return {self.rule.cookie: msgspec.json.encode(said).decode()}


def _read(body: bytes) -> Any:
    """The JSON document in *body*; None where it is none, or could be read in two ways."""
    try:
        return json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _at(document: Any, pointer: str) -> Any:
    """What *pointer* (RFC 6901) leads to in *document*; None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(document, dict) or key not in document:
            return None
        document = document[key]
    return document


def _posts(found: Any) -> tuple[str, ...] | None:
    """The posts that *found* names, one or a list of them; None where that is not plain."""
    named = [found] if isinstance(found, str) else found
    if not isinstance(named, list) or len(named) > MOST_POSTS or not all(map(is_text, named)):
        return None
    return tuple(dict.fromkeys(named))
