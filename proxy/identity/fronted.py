"""The word of a front proxy as a credential: who is signed in there, in headers that count from nobody else.

It has to come from the proxy's own address and with the secret shared with it. Its headers begin with `Yingbi-`, as
nothing does that is sent on to a system behind; where no secret is shown they say nothing.
"""

import hmac
from dataclasses import dataclass, replace

from policies.applies import lies_in
from policies.parse.section import NAME
from policies.program import Program
from policies.program_callers import FrontProxyRule
from proxy.identity.caller import NOBODY, BadCredential, Caller, hash_key
from proxy.identity.names import Names
from proxy.message import Headers, Request
from siem.record.event import CallerKind

SECRET, CALLER, POSTS = "yingbi-proxy-secret", "yingbi-caller", "yingbi-posts"
MOST_POSTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Fronted:
    """What is said in the name of a front proxy, and from where."""

    secret: str
    source_ip: str
    name: str
    """Of who is signed in there; empty where nobody is."""
    posts: frozenset[str]


class FrontProxies:
    """The front proxies that one system takes at their word."""

    def __init__(self, program: Program, names: Names) -> None:
        self._rules: dict[str, FrontProxyRule] = {rule.sha256: rule for rule in program.front_proxies}
        self._names = names

    def caller(self, fronted: Fronted, now: float) -> Caller:
        """Who is signed in at a proxy of ours, at the POSIX time *now*. Raises BadCredential."""
        digest = hash_key(fronted.secret)
        rule = self._rules.get(digest)
        if rule is None or not hmac.compare_digest(rule.sha256, digest) or now >= rule.until:
            raise BadCredential
        if not lies_in(fronted.source_ip, rule.networks):
            raise BadCredential
        if not fronted.name:
            return NOBODY
        return replace(
            self._names.caller(fronted.name, CallerKind(rule.kind.value)),
            posts=fronted.posts,
            purposes=frozenset(rule.purposes),
            credential=f"proxy:{rule.id}",
        )


def fronted_in(request: Request) -> Fronted:
    """What *request* says in the name of a front proxy. Raises BadCredential where that is not plain."""
    secret, name = _one(request.headers, SECRET), _one(request.headers, CALLER)
    posts = [post for word in _one(request.headers, POSTS).split(",") if (post := word.strip())]
    if not secret or len(posts) > MOST_POSTS or not all(map(NAME.fullmatch, posts)) or (posts and not name):
        raise BadCredential
    return Fronted(secret=secret, source_ip=request.source_ip, name=name, posts=frozenset(posts))


def _one(headers: Headers, name: str) -> str:
    """The value of the header *name*, empty where there is none. Raises BadCredential where there are more."""
    values = headers.get(name, [""])
    if len(values) != 1:
        raise BadCredential
    return values[0].strip(" \t")
