"""What systems behind are told of callers: signed by the gateway, for this request, and never what a caller writes."""

import json
import shutil
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from policies.digest import Digester
from policies.keys.epochs import digester_in
from proxy.identity.caller import COOKIE
from proxy.identity.header_keys import identity_key_path, rotate_identity_key
from tests.evasion.test_identity import ANSWER, PROVIDER, PROXIES, REFUSED, WAYS
from tests.front import VERSIONS, Front
from tests.gateway import CLERK_KEY, wait_until
from tests.policies.compiled import GOOD
from tests.proxy.parts import NOW
from tests.proxy.signing import KEY_ID, SALT
from tests.rig import Rig, rigged

CITIZEN = "110101199003077512"


def declared(header: str, kind: str = "staff") -> dict[str, str]:
    """What is replaced in the system's file."""
    return {"identity:\n": f"{PROXIES}  header: {header}\n", "keys: idp.json": f"keys: idp.json\n      kind: {kind}"}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with told_by(tmp_path_factory, "{}") as made:
        yield made


def told_by(tmp_path_factory: pytest.TempPathFactory, header: str, kind: str = "staff") -> Any:
    """A gateway that tells the system behind who asks by *header*."""
    home = tmp_path_factory.mktemp("gateway")
    policies = home / "told"
    shutil.copytree(GOOD, policies)
    PROVIDER.write(policies / "idp.json")
    people, callers = policies / "systems" / "people.yaml", policies / "callers.yaml"
    text = people.read_text("utf-8")
    for old, new in declared(header, kind).items():
        text = text.replace(old, new, 1)
    people.write_text(text, "utf-8")
    key = f'    keys:\n      - {{id: {KEY_ID}, hmac: "{SALT}", until: 2027-06-30}}\n'
    callers.write_text(callers.read_text("utf-8").replace("    keys:\n", key, 1), "utf-8")
    return rigged(home / "home", policies=policies, tls=True)


@pytest.fixture(params=VERSIONS)
def front(rig: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(rig, request.param)


def keys_of(front: Front) -> dict[str, jwt.PyJWK]:
    """The gateway's own, by id, as a system behind fetches them."""
    asked = list(front.rig.behind.asked)
    answer = front.ask(target="/.yingbi/jwks.json")
    assert (answer.status, front.rig.behind.asked) == (200, [])
    front.rig.behind.asked += asked
    return {key["kid"]: jwt.PyJWK(key) for key in json.loads(answer.body)["keys"]}


def claims_in(front: Front, name: str = "yingbi-identity") -> dict[str, Any]:
    """What the system behind was told by the last request, checked as it should check it."""
    (asked,) = front.rig.behind.asked
    lines = [line for line in asked.head.decode("latin-1").split("\r\n") if line.lower().startswith(f"{name}:")]
    (line,) = lines
    token = line.partition(":")[2].strip()
    key = keys_of(front)[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key.key, algorithms=["EdDSA"], audience="people", issuer="yingbi")


@pytest.mark.parametrize("way", WAYS)
def test_whatever_the_way_the_system_behind_is_told_who_asks_and_no_credential(front: Front, way: str) -> None:
    headers, who = WAYS[way]
    shown = headers(front)
    answer = front.ask(ANSWER, headers=shown)
    assert answer.status == 200
    received = json.dumps(front.rig.behind.asked[0].headers)
    for _, value in shown:
        for part in value.replace("Bearer ", "").split("="):
            assert len(part) < 9 or part not in received
    claims = claims_in(front)
    assert claims.get("sub", "") == who
    assert (claims["kind"] == "anonymous") == (who == "")
    assert (claims["htm"], claims["host"], claims["jti"]) == ("GET", "people.localhost", answer.headers["yingbi-event"])
    assert claims["exp"] - claims["iat"] == 60
    assert abs(claims["iat"] - time.time()) < 60


def test_it_tells_posts_purposes_and_the_credential_as_the_log_has_them(front: Front) -> None:
    front.ask(ANSWER, headers=(("authorization", f"Bearer {PROVIDER.token(jti='a-1')}"),))
    claims = claims_in(front)
    assert claims["posts"] == ["clerk"]
    assert claims["purposes"] == ["case-handling"]
    assert claims["purpose"] == "case-handling"
    assert claims["credential"] == "jwt:https://id.example:a-1"


SMUGGLED = ("Yingbi-Identity", "yingbi-identity", "YINGBI-IDENTITY", "Yingbi-identity")


@pytest.mark.parametrize("name", SMUGGLED)
@pytest.mark.parametrize("who", [(), (("x-api-key", CLERK_KEY),)], ids=["nobody", "somebody"])
def test_what_a_caller_writes_there_never_arrives(front: Front, name: str, who: tuple[tuple[str, str], ...]) -> None:
    front.ask(ANSWER, headers=(("x-api-key", CLERK_KEY),))
    mine = front.rig.behind.asked[0].headers["yingbi-identity"]
    name = name.lower() if front.version == "HTTP/2" else name
    for forged in (mine, "x.y.z", ""):
        front.ask(ANSWER, headers=(*who, (name, forged), (name, forged)))
        assert claims_in(front).get("sub", "") == ("window-7" if who else "")
        assert front.rig.behind.asked[0].headers["yingbi-identity"] != mine


@pytest.mark.parametrize("name", ["Yingbi_Identity", "yingbi_identity"])
def test_a_name_that_some_servers_read_alike_is_no_request(front: Front, name: str) -> None:
    assert front.ask(ANSWER, headers=((name.lower(), "x.y.z"),)).status == 400
    assert front.rig.behind.asked == []


@pytest.mark.parametrize("case", REFUSED)
def test_of_who_is_refused_nothing_is_told(front: Front, case: str) -> None:
    assert front.ask(ANSWER, headers=REFUSED[case](front)).status == 401
    assert front.rig.behind.asked == []


def test_what_is_told_is_no_credential_here(front: Front) -> None:
    front.ask(ANSWER, headers=(("x-api-key", CLERK_KEY),))
    token = front.rig.behind.asked[0].headers["yingbi-identity"]
    for shown in (("authorization", f"Bearer {token}"), ("cookie", f"{COOKIE}={token}"), ("x-api-key", token)):
        assert front.ask(ANSWER, headers=(shown,)).reason == "bad_credential"


def test_a_new_key_signs_at_once_and_the_one_before_is_published_beside_it(front: Front) -> None:
    before = set(keys_of(front))
    rotate_identity_key(front.rig.gateway.home / "keys")
    wait_until(lambda: len(set(keys_of(front)) - before) == 1, 10)
    assert set(keys_of(front)) & before
    front.ask(ANSWER)
    (asked,) = front.rig.behind.asked
    assert jwt.get_unverified_header(asked.headers["yingbi-identity"])["kid"] not in before
    assert claims_in(front)["kind"] == "anonymous"


def digester(rig: Rig) -> Digester:
    return digester_in(rig.gateway.home / "keys", NOW)


def test_a_citizen_is_the_digest_of_the_log(tmp_path_factory: pytest.TempPathFactory) -> None:
    with told_by(tmp_path_factory, "{}", "citizen") as made:
        front = Front(made, VERSIONS[0])
        front.ask(ANSWER, headers=(("authorization", f"Bearer {PROVIDER.token(sub=CITIZEN)}"),))
        assert CITIZEN not in json.dumps(claims_in(front))
        assert claims_in(front)["sub"] == digester(made)(CITIZEN)


def test_a_citizen_is_named_to_a_system_that_declares_it_and_in_no_record(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    header = "{name: X-Caller, citizens: as-said, anonymous: false}"
    with told_by(tmp_path_factory, header, "citizen") as made:
        front = Front(made, VERSIONS[0])
        front.ask(ANSWER, headers=(("authorization", f"Bearer {PROVIDER.token(sub=CITIZEN)}"), ("x-caller", "x")))
        assert claims_in(front, "x-caller")["sub"] == CITIZEN
        front.ask(ANSWER, headers=(("x-caller", "x.y.z"),))
        assert "x-caller" not in front.rig.behind.asked[0].headers
        for path in made.gateway.home.rglob("*"):
            assert not path.is_file() or CITIZEN.encode() not in path.read_bytes(), path


def test_without_a_key_nothing_is_sent_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    with told_by(tmp_path_factory, "{}") as made:
        front = Front(made, VERSIONS[0])
        identity_key_path(made.gateway.home / "keys", 1).unlink()
        wait_until(lambda: keys_of(front) == {}, 10)
        answer = front.ask(ANSWER, headers=(("x-api-key", CLERK_KEY),))
        assert (answer.status, answer.reason) == (503, "keys_missing")
        assert made.behind.asked == []
