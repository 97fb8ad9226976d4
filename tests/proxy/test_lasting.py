"""Whether what a stream was opened by still holds, at times that are given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from policies.compiling.system import compile_system
from policies.keys.signing_key import signing_key
from policies.load import load_policy
from policies.overlay import Overlay
from policies.program_callers import CertificatesRule, FrontProxyRule, KeyRule
from proxy.decide import decide
from proxy.identity.caller import hash_key
from proxy.identity.client_certificates import CertificateRefused, Shown
from proxy.identity.fronted import Fronted
from proxy.identity.sessions import Session
from proxy.identity.signed_request import WINDOW_S, signed_request_in
from proxy.identity.ways import Credential
from proxy.lasting import EVERY_S, Lasting, Shows
from proxy.message import read_request
from proxy.system import System
from proxy.verdict import Forward
from tests.gateway import BATCH_KEY, declare
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.proxy.identity.test_sessions import RULE as SESSION
from tests.proxy.parts import NOW
from tests.proxy.signing import CALLER, KEY_ID, SALT, Signing
from tests.proxy.test_decide import request


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    folder: Path = tmp_path_factory.mktemp("policies")
    declare(folder)
    loaded = load_policy(folder)
    program = compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)
    return System(program, "digest", DIGESTER, SECRET, DATA_KEYS)


def holds(rule: CertificatesRule | None, now: datetime) -> None:
    """A connection whose certificate counts."""


def opened(system: System, credential: Credential | None, clock: Clock) -> Lasting:
    caller = system.identity.caller(credential, NOW.timestamp())
    forward = decide(request(), b"", system, caller, Overlay(generation=1), NOW)
    assert isinstance(forward, Forward)
    return Lasting(credential, caller, system, forward, NOW, holds, clock=clock)


def test_it_holds_while_nothing_changes(system: System) -> None:
    clock = Clock()
    for credential in (None, BATCH_KEY):
        lasting = opened(system, credential, clock)
        clock.now_s += EVERY_S
        assert lasting.ended({"people.localhost": system}, NOW + timedelta(hours=1)) is None


def test_a_key_that_ends_ends_it(system: System) -> None:
    clock = Clock()
    lasting = opened(system, BATCH_KEY, clock)
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": system}, NOW + timedelta(days=4000)) in ("bad_credential", "answer_cut")


def test_another_program_ends_it_and_it_does_not_begin_again(system: System) -> None:
    other = System(msgspec.structs.replace(system.program, timeout_s=7), "other", DIGESTER, SECRET, DATA_KEYS)
    clock = Clock()
    lasting = opened(system, None, clock)
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": other}, NOW) == "answer_cut"
    assert lasting.ended({"people.localhost": system}, NOW) == "answer_cut"
    assert opened(system, None, clock).ended({}, NOW) is None, "looked at a moment ago"


def test_a_grant_that_ends_ends_it(system: System) -> None:
    clock = Clock()
    caller = system.identity.caller(BATCH_KEY, NOW.timestamp())
    forward = decide(request(), b"", system, caller, Overlay(generation=1), NOW)
    assert isinstance(forward, Forward)
    assert forward.view.grants, "or it could not end"
    lasting = Lasting(None, caller, system, forward, NOW, holds, clock=clock)
    clock.now_s += EVERY_S
    ends = max(grant.until for grant in forward.view.grants)
    assert lasting.ended({"people.localhost": system}, NOW) is None
    clock.now_s += EVERY_S
    later = NOW + timedelta(seconds=ends - NOW.timestamp() + 1)
    assert lasting.ended({"people.localhost": system}, later) == "answer_cut"


ENDS = NOW + timedelta(minutes=10)
NAMED = "uri:urn:example:window"
AUTHORITY = CertificatesRule("halls", required=False)
SIGNING = Signing(key=signing_key(SECRET, CALLER, KEY_ID, SALT), created=int(NOW.timestamp()))
SIGNED = read_request(
    method=SIGNING.method,
    authority=SIGNING.authority,
    target=SIGNING.target,
    fields=tuple((name.encode(), value.encode()) for name, value in SIGNING.headers),
    source_ip="10.0.0.5",
)
CREDENTIALS: dict[str, Credential] = {
    "signature": signed_request_in(SIGNED, SIGNING.target, b""),
    "front proxy": Fronted(secret="shared", source_ip="10.0.0.5", name="li", posts=frozenset()),
    "certificate": Shown(frozenset({NAMED})),
    "session": Session(id="a", subject="li", posts=(), until=int(ENDS.timestamp())),
}


@pytest.fixture(scope="module")
def ending(system: System) -> System:
    """A system that takes every kind of credential until ENDS."""
    kind, until = system.program.keys[0].kind, ENDS.timestamp()
    program = msgspec.structs.replace(
        system.program,
        keys=(
            KeyRule(KEY_ID, "", until, CALLER, kind, (), (), hmac=SALT),
            KeyRule("C-1", "", until, "window", kind, (), (), certificate=NAMED),
        ),
        front_proxies=(FrontProxyRule("portal", ("10.0.0.5/32",), hash_key("shared"), until, kind, ()),),
        session=SESSION,
        certificates=AUTHORITY,
    )
    return System(program, "ending", DIGESTER, SECRET, DATA_KEYS)


def download(system: System, credential: Credential, clock: Clock, shows: Shows = holds) -> Lasting:
    caller = system.identity.caller(credential, NOW.timestamp())
    forward = decide(request(), b"", system, caller, Overlay(generation=1), NOW)
    assert isinstance(forward, Forward)
    return Lasting(credential, caller, system, forward, NOW, shows, follows_policy=False, clock=clock)


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_every_kind_of_credential_ends_what_it_has_opened_when_it_ends(ending: System, kind: str) -> None:
    clock = Clock()
    lasting = download(ending, CREDENTIALS[kind], clock)
    assert ENDS - timedelta(seconds=1) > NOW + timedelta(seconds=WINDOW_S), "a signature need not stay fresh"
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": ending}, ENDS - timedelta(seconds=1)) is None
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": ending}, ENDS) in ("bad_credential", "certificate_refused")


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_and_when_it_is_not_declared_any_more(ending: System, kind: str) -> None:
    without = msgspec.structs.replace(ending.program, keys=(), front_proxies=(), session=None)
    clock = Clock()
    lasting = download(ending, CREDENTIALS[kind], clock)
    clock.now_s += EVERY_S
    undeclared = System(without, "without", DIGESTER, SECRET, DATA_KEYS)
    assert lasting.ended({"people.localhost": undeclared}, NOW) in ("bad_credential", "certificate_refused")


def test_a_certificate_is_asked_of_the_connection_again(ending: System) -> None:
    def refuses(rule: CertificatesRule | None, now: datetime) -> None:
        assert rule == AUTHORITY
        raise CertificateRefused

    clock = Clock()
    lasting = download(ending, CREDENTIALS["certificate"], clock, refuses)
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": ending}, NOW) == "certificate_refused"


def test_a_download_goes_on_by_the_policy_that_it_began_under(system: System) -> None:
    other = System(msgspec.structs.replace(system.program, timeout_s=7), "other", DIGESTER, SECRET, DATA_KEYS)
    clock = Clock()
    lasting = download(system, BATCH_KEY, clock)
    clock.now_s += EVERY_S
    assert lasting.ended({"people.localhost": other}, NOW) is None
    clock.now_s += EVERY_S
    assert lasting.ended({}, NOW) == "answer_cut", "nothing is known of that system any more"
