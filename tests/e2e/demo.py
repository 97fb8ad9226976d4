"""The two demo systems, as they come, behind a real gateway; and clients of every kind of caller."""

import contextlib
import json
import shutil
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from deploy.demo import people
from deploy.demo.hall import command as hall
from deploy.demo.hall.environment import HallFiles
from deploy.demo.hall.environment import files_in as hall_in
from deploy.demo.identity_provider import DISCOVERY, ISSUER, IdentityProvider
from deploy.demo.register.database import RegisterFiles, command, files_in
from proxy.identity.caller import hash_key
from tests.gateway import ROOT, Gateway, gateway
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.proxy.credentials import Provider
from tests.ready_made import put_hall, put_register
from tests.servers import serving
from yingbi.first_start import SHIPPED_PROVIDER

POLICIES = ROOT / "deploy" / "demo" / "policies"
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class _ToThisMachine(httpx.HTTPTransport):
    """Finds every host name on this machine, as browsers do with `*.localhost`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        there = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return super().handle_request(there)


def client_of(
    gateway: Gateway, system: str, headers: Mapping[str, str] | None = None, *, http2: bool = False
) -> httpx.Client:
    """A client of *system* that checks the gateway's certificate and shows *headers*."""
    context = ssl.create_default_context(cafile=str(gateway.home / "tls" / "ca.pem"))
    return httpx.Client(
        base_url=f"https://{system}.localhost:{gateway.port}",
        transport=_ToThisMachine(verify=context, http2=http2, retries=1),
        headers={**AS_A_BROWSER, **(headers or {})},
        timeout=PATIENCE_S,
        trust_env=False,
    )


@dataclass(kw_only=True)
class Demo:
    """What is running."""

    home: Path
    gateway: Gateway
    ports: dict[str, int]
    """Where the systems behind are."""
    keys: dict[str, str]
    """API keys, by caller."""
    provider: IdentityProvider
    others: Provider
    """Holds more keys that the gateway knows, one for RS256 among them."""

    @property
    def register(self) -> RegisterFiles:
        return files_in(self.home / "register")

    @property
    def hall(self) -> HallFiles:
        return hall_in(self.home / "hall")

    def url(self, system: str) -> str:
        return f"https://{system}.localhost:{self.gateway.port}"

    def client(self, system: str, headers: Mapping[str, str] | None = None, *, http2: bool = False) -> httpx.Client:
        """See `client_of`."""
        return client_of(self.gateway, system, headers, http2=http2)

    def clerk(self, system: str) -> httpx.Client:
        """A client that shows the token of the clerk."""
        return self.client(system, {"Authorization": f"Bearer {self.token(system)}"})

    def token(self, system: str, person: people.Person = people.CLERK) -> str:
        return self.provider.token(
            person.subject, audience=system, posts=person.posts, purposes=person.purposes, now=datetime.now(UTC)
        )

    def other_token(self, system: str, **claims: Any) -> str:
        """A token of the demo's issuer by one of the other keys, like the clerk's but for *claims*."""
        posts, scope = list(people.CLERK.posts), "openid purpose:case-handling"
        return self.others.token(**{"iss": ISSUER, "aud": system, "posts": posts, "scope": scope, **claims})


@contextlib.contextmanager
def demo(
    home: Path, *, with_hall: bool = False, workers: int = 1, edit: Callable[[Path], None] = lambda policies: None
) -> Iterator[Demo]:
    """The register, and the hall where it is asked for, behind a gateway; everything lies in *home*.

    *edit* may change the policies before they are read, which lie in the folder that it is given.
    """
    put_register(home / "register")
    provider, others = IdentityProvider(home / "provider.pem"), Provider()
    provider.make_key()
    keys = people.make_keys(home / "keys.json")
    policies = home / "policies"
    shutil.copytree(POLICIES, policies)
    for system in ("register", "hall"):  # nobody fetches keys here
        path = policies / "systems" / f"{system}.yaml"
        discovery = f"discovery: {SHIPPED_PROVIDER.rstrip('/')}{DISCOVERY}"
        path.write_text(path.read_text("utf-8").replace(discovery, "keys: demo-idp.json"), "utf-8")
    edit(policies)
    jwks = {"keys": json.loads(provider.jwks())["keys"] + others.jwks()["keys"]}
    (policies / "demo-idp.json").write_text(json.dumps(jwks))
    hashes = {name: hash_key(key) for name, key in keys.items()}
    (policies / "callers.yaml").write_text(people.callers_file(hashes), "utf-8")
    ports = {"register": free_port(), "hall": free_port()}
    with contextlib.ExitStack() as running:
        database = files_in(home / "register").database
        url = f"http://127.0.0.1:{ports['register']}/"
        running.enter_context(serving(command(database, ports["register"]), url, home / "register.log"))
        front = running.enter_context(gateway(home / "gateway", ports, policies=policies, tls=True, workers=workers))
        if with_hall:
            put_hall(home / "hall")
            serve = hall.command(home / "hall", ports["hall"], f"hall.localhost:{front.port}")
            url = f"http://127.0.0.1:{ports['hall']}/admin/login/"
            running.enter_context(serving(serve, url, home / "hall.log"))
        yield Demo(home=home, gateway=front, ports=ports, keys=keys, provider=provider, others=others)
