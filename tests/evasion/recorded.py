"""Answers that real systems have given about the planted person, as `record.py` wrote them down, and where they belong."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo import people
from deploy.demo.identity_provider import IdentityProvider
from proxy.identity.caller import hash_key
from tests.gateway import ROOT, gateway
from tests.rig import Rig
from tests.scripted import answering, scripted

RECORDINGS = Path(__file__).parent / "recordings"
POLICIES = ROOT / "deploy" / "demo" / "policies"


@dataclass(frozen=True, slots=True)
class Recording:
    """Which system has answered, and what it was asked for."""

    system: str
    target: str
    method: str = "GET"
    is_made_by_hand: bool = False


RECORDED = {
    "register-index": Recording("register", "/"),
    "register-database": Recording("register", "/register"),
    "register-residents": Recording("register", "/register/residents?_size=3&_nosuggest=1"),
    "register-residents-json": Recording("register", "/register/residents.json?_size=3&_nosuggest=1"),
    "register-objects-json": Recording("register", "/register/residents.json?_size=3&_nosuggest=1&_shape=object"),
    "register-residents-csv": Recording("register", "/register/residents.csv?_size=3"),
    "register-resident": Recording("register", "/register/residents/1"),
    "register-resident-json": Recording("register", "/register/residents/1.json"),
    "register-households-csv": Recording("register", "/register/households.csv?_size=3"),
    "register-unknown-json": Recording("register", "/register/residents/999999.json"),
    "register-unknown": Recording("register", "/register/residents/999999"),
    "hall-index": Recording("hall", "/admin/"),
    "hall-applications": Recording("hall", "/admin/hall/application/?q="),
    "hall-application": Recording("hall", "/admin/hall/application/1/change/"),
    "hall-unknown": Recording("hall", "/admin/hall/application/999999/change/"),
}


def read(name: str) -> bytes:
    """The answer that is called *name*."""
    return (RECORDINGS / f"{name}.http").read_bytes()


@contextmanager
def replaying(home: Path, **options: Any) -> Iterator[Rig]:
    """A gateway with the policies of the demo, behind which a script stands for both of its systems."""
    policies = home / "policies-as-given"
    shutil.copytree(POLICIES, policies)
    provider = IdentityProvider(home / "provider.pem")
    provider.make_key()
    (policies / "demo-idp.json").write_text(json.dumps(json.loads(provider.jwks())))
    keys = people.make_keys(home / "keys.json")
    (policies / "callers.yaml").write_text(people.callers_file({name: hash_key(key) for name, key in keys.items()}))
    with scripted(answering(b"{}")) as behind:
        ports = {"register": behind.port, "hall": behind.port}
        with gateway(home / "gateway", ports, policies=policies, tls=True, **options) as running:
            yield Rig(running, behind)
