"""Who asks, over real sockets: each way says who it is alone, and the system behind is shown no credential of any."""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from policies.keys.signing_key import signing_key
from proxy.identity.caller import COOKIE, hash_key
from proxy.identity.fronted import CALLER, POSTS, SECRET
from tests.front import VERSIONS, Front
from tests.gateway import CLERK_KEY
from tests.policies.compiled import GOOD
from tests.proxy.credentials import Provider
from tests.proxy.signing import CALLER as SIGNER
from tests.proxy.signing import KEY_ID, SALT, Signing
from tests.rig import Rig, rigged
from tests.scripted import answering

type Headers = tuple[tuple[str, str], ...]

ANSWER = answering(b'{"items":[]}')
PROVIDER = Provider()
HERE, ELSEWHERE = "portal-and-gateway-alone", "clinic-and-gateway-alone"
PROXIES = f"""identity:
  signed_requests: true
  front_proxies:
    - {{id: portal, networks: [127.0.0.1/32], sha256: "{hash_key(HERE)}", until: 2027-06-30}}
    - {{id: clinic, networks: [10.9.9.9/32], sha256: "{hash_key(ELSEWHERE)}", until: 2027-06-30}}
"""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp("gateway")
    policies = home / "every-way"
    shutil.copytree(GOOD, policies)
    PROVIDER.write(policies / "idp.json")
    people, callers = policies / "systems" / "people.yaml", policies / "callers.yaml"
    people.write_text(people.read_text("utf-8").replace("identity:\n", PROXIES), "utf-8")
    key = f'    keys:\n      - {{id: {KEY_ID}, hmac: "{SALT}", until: 2027-06-30}}\n'
    callers.write_text(callers.read_text("utf-8").replace("    keys:\n", key, 1), "utf-8")
    with rigged(home / "home", policies=policies, tls=True) as made:
        yield made


@pytest.fixture(params=VERSIONS)
def front(rig: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(rig, request.param)


def signed(front: Front) -> Headers:
    secret = (front.rig.gateway.home / "keys" / "fields.key").read_bytes()
    return Signing(key=signing_key(secret, SIGNER, KEY_ID, SALT)).headers


def bearer(front: Front) -> Headers:
    return (("authorization", f"Bearer {PROVIDER.token()}"),)


def fronted(front: Front) -> Headers:
    return ((SECRET, HERE), (CALLER, "li"), (POSTS, "clerk"))


def from_nowhere(front: Front) -> Headers:
    return ((CALLER, "li"), (POSTS, "clerk"))


WAYS: dict[str, tuple[Callable[[Front], Headers], str]] = {
    "a key": (lambda front: (("x-api-key", CLERK_KEY),), "window-7"),
    "a key as a token": (lambda front: (("authorization", f"Bearer {CLERK_KEY}"),), "window-7"),
    "a key in the cookie": (lambda front: (("cookie", f"{COOKIE}={CLERK_KEY}"),), "window-7"),
    "a token": (bearer, "clerk-li"),
    "a token in the cookie": (lambda front: (("cookie", f"a=b; {COOKIE}={PROVIDER.token()}"),), "clerk-li"),
    "a signature": (signed, SIGNER),
    "a front proxy": (fronted, "li"),
    "headers of a front proxy from anybody": (from_nowhere, ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_system_behind_is_shown_nothing_of_a_credential(front: Front, way: str) -> None:
    headers, who = WAYS[way]
    shown = headers(front)
    assert front.ask(ANSWER, headers=shown).status == 200
    (asked,) = front.rig.behind.asked
    received = json.dumps(asked.headers)
    assert not any(name.startswith("yingbi-") for name in asked.headers)
    for _, value in shown:
        for part in value.replace("Bearer ", "").split("="):
            assert len(part) < 8 or part not in received
    assert front.rig.gateway.events()[-1].get("user", {}).get("id", "") == who


REFUSED: dict[str, Callable[[Front], Headers]] = {
    "a secret from where its proxy is not": lambda front: ((SECRET, ELSEWHERE), (CALLER, "li")),
    "a secret of nobody's": lambda front: ((SECRET, "x"), (CALLER, "li")),
    "a front proxy and a key": lambda front: (*fronted(front), ("x-api-key", CLERK_KEY)),
    "a front proxy where nobody is signed in, and a key": lambda front: ((SECRET, HERE), ("x-api-key", CLERK_KEY)),
    "a front proxy and a signature": lambda front: (*fronted(front), *signed(front)),
    "a front proxy and a cookie": lambda front: (*fronted(front), ("cookie", f"{COOKIE}={CLERK_KEY}")),
    "a bad secret and a good token": lambda front: ((SECRET, "x"), *bearer(front)),
    "a bad token and a good key": lambda front: (("authorization", "Bearer x"), ("x-api-key", CLERK_KEY)),
    "a bad signature and a good token": lambda front: (("signature", "sig=:AAAA:"), *bearer(front)),
    "a signature without what it covers": lambda front: (("signature", "sig=:AAAA:"),),
}


@pytest.mark.parametrize("case", REFUSED)
def test_two_sources_or_a_bad_one_are_never_taken_for_another_or_for_nobody(front: Front, case: str) -> None:
    answer = front.ask(ANSWER, headers=REFUSED[case](front))
    assert (answer.status, answer.reason) == (401, "bad_credential")
    assert front.rig.behind.asked == []


def test_a_secret_is_in_no_file_of_the_gateway(front: Front) -> None:
    front.ask(ANSWER, headers=fronted(front))
    front.ask(ANSWER, headers=((SECRET, ELSEWHERE), (CALLER, "li")))
    home = front.rig.gateway.home
    for path in home.rglob("*"):
        with contextlib.suppress(OSError):
            data = path.read_bytes() if path.is_file() else b""
            assert HERE.encode() not in data, path
            assert ELSEWHERE.encode() not in data, path
