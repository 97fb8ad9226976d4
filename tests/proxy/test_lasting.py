"""Whether what a stream was opened by still holds, at times that are given."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from policies.compile import compile_system
from policies.load import load_policy
from policies.overlay import Overlay
from proxy.decide import Forward, decide
from proxy.lasting import EVERY_S, Lasting
from proxy.system import System
from proxy.ways import Credential
from tests.gateway import BATCH_KEY, declare
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.proxy.parts import NOW
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


def opened(system: System, credential: Credential | None, clock: Clock) -> Lasting:
    caller = system.identity.caller(credential, NOW.timestamp())
    forward = decide(request(), b"", system, caller, Overlay(generation=1), NOW)
    assert isinstance(forward, Forward)
    return Lasting(credential, caller, system, forward, NOW, clock)


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
    lasting = Lasting(None, caller, system, forward, NOW, clock)
    clock.now_s += EVERY_S
    ends = max(grant.until for grant in forward.view.grants)
    assert lasting.ended({"people.localhost": system}, NOW) is None
    clock.now_s += EVERY_S
    later = NOW + timedelta(seconds=ends - NOW.timestamp() + 1)
    assert lasting.ended({"people.localhost": system}, later) == "answer_cut"
