"""Tokens of an issuer whose keys are fetched: over real sockets, from a real provider, while its keys change."""

import base64
import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from policies.compiling.folder import compile_folder
from proxy.board import boot_time_ns
from tests.gateway import wait_until
from tests.policies.compiled import GOOD
from tests.provider import DISCOVERY, HttpsProvider, jwk_of, new_key, providing, token
from tests.proxy.credentials import signed_with_text, unsigned
from tests.rig import Rig, reads, rigged
from tests.scripted import answering
from yingbi.issuer_desk import AGAIN_S, IssuerDesk, sources_in

OLD, NEW, STRANGER = new_key(), new_key(), new_key()
ANSWER = answering(b'{"items":[]}')
OVERLAP_MINUTES = 10


@dataclass
class Fetching:
    """A gateway, a provider, and the process between them, which takes a step when it is told to."""

    rig: Rig
    provider: HttpsProvider

    def __post_init__(self) -> None:
        gateway = self.rig.gateway
        self.ahead_s = 0.0
        self.behind_s = 0.0
        self.desk = IssuerDesk(
            folder=gateway.home / "published",
            board=gateway.board,
            signer=gateway.issuer_signer,
            trusted=self.provider.trusted,
            sources=lambda: sources_in(compile_folder(gateway.home / "policies").values()),
            clock=lambda: time.time() - self.behind_s,
            uptime_ns=lambda: boot_time_ns() + int(self.ahead_s * 1e9),
        )

    def fetch(self, *, after_s: float = 3600) -> None:
        """Let the process step as if so much time had passed."""
        self.ahead_s += after_s
        self.desk.step()

    def who(self, shown: str) -> tuple[int, str]:
        """The status of an answer to *shown*, and whose it is in the log."""
        answer = self.rig.ask(ANSWER, headers=f"Authorization: Bearer {shown}\r\n")
        return reads(answer)[0], self.rig.gateway.events()[-1].get("user", {}).get("id", "")


@contextlib.contextmanager
def fetching_in(tmp_path: Path) -> Iterator[Fetching]:
    policies = tmp_path / "fetched"
    shutil.copytree(GOOD, policies)
    (policies / "idp.json").unlink()
    with providing(tmp_path / "tls", old=OLD) as provider:
        people = policies / "systems" / "people.yaml"
        lines = f"discovery: {provider.address}{DISCOVERY}\n      overlap_minutes: {OVERLAP_MINUTES}"
        people.write_text(people.read_text("utf-8").replace("keys: idp.json", lines), "utf-8")
        with rigged(tmp_path / "home", policies=policies) as made:
            yield Fetching(made, provider)


@pytest.fixture
def fetching(tmp_path: Path) -> Iterator[Fetching]:
    with fetching_in(tmp_path) as made:
        yield made


IN, OUT = (200, "clerk-li"), (401, "")


def test_before_anything_was_fetched_no_token_counts(fetching: Fetching) -> None:
    assert fetching.who(token(OLD, "old")) == OUT


def test_a_new_key_counts_once_it_was_missed_and_the_old_one_until_its_overlap_ends(fetching: Fetching) -> None:
    fetching.fetch(after_s=0)
    assert fetching.who(token(OLD, "old")) == IN
    fetching.provider.keys = {"new": NEW}
    fetching.desk.step()
    assert fetching.who(token(NEW, "new")) == OUT  # nobody has looked again
    asked = len(fetching.provider.asked)
    fetching.desk.step()
    assert len(fetching.provider.asked) == asked  # nor does anybody, at once
    fetching.fetch(after_s=AGAIN_S)
    assert fetching.who(token(NEW, "new")) == IN
    assert fetching.who(token(OLD, "old")) == IN


def test_a_key_whose_overlap_has_ended_counts_no_more_though_nobody_publishes_it(fetching: Fetching) -> None:
    fetching.fetch()
    remembered = token(OLD, "old")
    assert fetching.who(remembered) == IN
    fetching.provider.keys = {"new": NEW}
    fetching.behind_s = OVERLAP_MINUTES * 60 - 6  # so in six seconds it ends
    fetching.fetch()
    assert fetching.who(remembered) == IN
    wait_until(lambda: fetching.who(remembered) == OUT, 10)
    assert fetching.who(token(OLD, "old")) == OUT
    assert fetching.who(token(NEW, "new")) == IN


def test_while_the_provider_is_down_the_last_good_keys_count(fetching: Fetching) -> None:
    fetching.fetch()
    fetching.provider.is_down = True
    fetching.fetch()
    assert fetching.who(token(OLD, "old")) == IN


def test_a_discovery_document_of_another_issuer_changes_nothing(fetching: Fetching) -> None:
    fetching.fetch()
    fetching.provider.issuer, fetching.provider.keys = "https://evil.example", {"old": STRANGER}
    fetching.fetch()
    assert fetching.who(token(STRANGER, "old")) == OUT
    assert fetching.who(token(OLD, "old")) == IN


def test_keys_that_nobody_signed_count_for_nothing(fetching: Fetching) -> None:
    fetching.fetch()
    path = fetching.rig.gateway.home / "published" / "issuers.json"
    signed = json.loads(path.read_bytes())
    signed["issuers"] = signed["issuers"].replace(jwk_of(OLD, "old")["x"], jwk_of(STRANGER, "old")["x"])
    path.write_text(json.dumps(signed))
    fetching.rig.gateway.board.issuers += 1
    assert fetching.who(token(STRANGER, "old")) == OUT
    assert fetching.who(token(OLD, "old")) == OUT
    assert fetching.rig.gateway.counters()["refused_publications"] > 0


def test_an_older_table_does_not_come_back(fetching: Fetching) -> None:
    fetching.fetch()
    path = fetching.rig.gateway.home / "published" / "issuers.json"
    before = path.read_bytes()
    fetching.provider.keys = {"new": NEW}
    fetching.fetch()
    fetching.ahead_s += OVERLAP_MINUTES * 60
    assert fetching.who(token(NEW, "new")) == IN
    path.write_bytes(before)
    fetching.rig.gateway.board.issuers += 1
    assert fetching.who(token(OLD, "old")) == OUT


def pem() -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return OLD.public_key().public_bytes(encoding, form).decode()


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://id.example",
        "aud": "people",
        "sub": "clerk-li",
        "exp": now + 600,
        "posts": ["clerk"],
        **more,
    }


def tampered() -> str:
    head, body, signature = token(OLD, "old").split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    said["sub"] = "clerk-wang"
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip('=')}.{signature}"


FORGED = {
    "another's signature": lambda: token(STRANGER, "old"),
    "a key that nobody knows": lambda: token(STRANGER, "stranger"),
    "no name of a key, and another's signature": lambda: token(STRANGER, None),
    "its own key in its head": lambda: token(STRANGER, "old", headers={"jwk": jwk_of(STRANGER, "old")}),
    "its own key alone": lambda: token(STRANGER, None, headers={"jwk": jwk_of(STRANGER, "x")}),
    "where its key is": lambda: token(STRANGER, "old", headers={"jku": "https://localhost/keys"}),
    "where its certificate is": lambda: token(STRANGER, "old", headers={"x5u": "https://localhost/keys"}),
    "its certificate": lambda: token(STRANGER, "old", headers={"x5c": ["MIIB"]}),
    "a name of a key that is a path": lambda: token(STRANGER, "../../keys/issuers.pub"),
    "no signature": lambda: unsigned(claims()),
    "HMAC with the public key": lambda: signed_with_text(claims(), pem()),
    "HMAC with the set of keys": lambda: signed_with_text(claims(), json.dumps({"keys": [jwk_of(OLD, "old")]})),
    "another audience": lambda: token(OLD, "old", aud="other"),
    "several audiences, none of them ours": lambda: token(OLD, "old", aud=["other", "people "]),
    "another issuer": lambda: token(OLD, "old", iss="https://id.example/"),
    "no end": lambda: token(OLD, "old", exp=None),
    "an end that is past": lambda: token(OLD, "old", exp=int(time.time()) - 31),
    "a beginning that is to come": lambda: token(OLD, "old", nbf=int(time.time()) + 40),
    "an end that is no number": lambda: token(OLD, "old", exp="9999999999"),
    "another word than was signed": tampered,
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fetching]:
    with fetching_in(tmp_path_factory.mktemp("ready")) as made:
        made.fetch()
        yield made


@pytest.mark.parametrize("case", FORGED)
def test_a_token_that_is_forged_or_for_another_is_refused(ready: Fetching, case: str) -> None:
    assert ready.who(FORGED[case]()) == OUT
    assert ready.rig.behind.asked == []
    assert ready.who(token(OLD, "old")) == IN
