"""Credentials of the people and systems of the demo, as they would show them."""

import json
import shlex

from deploy.demo import identity_provider
from deploy.demo.people import BATCH, CITIZENS, CLERK, CLERKS, HEAD
from deploy.demo.register.database import id_no_of
from yingbi.clock import now
from yingbi.first_start import provider_of
from yingbi.home import Home
from yingbi.settings import Settings

TOKENS = {"clerk": CLERK, CLERK.subject: CLERK, "head": HEAD, HEAD.subject: HEAD}
_AFFECTED = "/.yingbi/affected"
_PATHS = {"register": "/register/residents.json?_shape=objects&_size=3", "hall": "/admin/"}


class UnknownCaller(Exception):
    """There is nobody of that name in the demo. The message says who there is."""


def credential_of(settings: Settings, name: str, system: str) -> str:
    """A working credential of the caller *name*: an API key, or a token for *system*.

    Raises UnknownCaller, or OSError where there is no demo yet.
    """
    home = Home(settings.home)
    if name in TOKENS:
        person = TOKENS[name]
        return provider_of(home).token(
            person.subject, audience=system, posts=person.posts, purposes=person.purposes, now=now()
        )
    if name in CITIZENS:
        return provider_of(home).token(
            id_no_of(home.demo / "register", CITIZENS[name]),
            audience=system,
            posts=(),
            purposes=(),
            now=now(),
            issuer=identity_provider.CITIZENS,
        )
    if name not in (*CLERKS, BATCH):
        known = ", ".join(("clerk", "head", *CITIZENS, *CLERKS, BATCH))
        raise UnknownCaller(f"演示中没有 `{name}` / there is no caller of that name in the demo; there are: {known}")
    keys: dict[str, str] = json.loads((home.demo / "keys.json").read_bytes())
    return keys[name]


def example_of(settings: Settings, name: str, credential: str, system: str) -> str:
    """A `curl` by which *name* shows the credential to *system* through the gateway. Citizens ask what they may."""
    host, port = f"{system}.localhost", settings.ports.gateway
    parts = [
        "curl",
        *("--cacert", str(Home(settings.home).authority)),
        *("--resolve", f"{host}:{port}:127.0.0.1"),
        *("--header", f"Authorization: Bearer {credential}"),
        f"https://{host}:{port}{_AFFECTED if name in CITIZENS else _PATHS[system]}",
    ]
    return shlex.join(parts)
