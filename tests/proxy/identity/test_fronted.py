"""The word of a front proxy: it counts from its own address with its own secret, and from nobody else."""

from typing import Any

import pytest
from msgspec.structs import replace as with_

from policies.policy_kinds import Kind
from policies.program_callers import FrontProxyRule
from proxy.identity.caller import COOKIE, NOBODY, BadCredential, Caller, hash_key
from proxy.identity.fronted import CALLER, MOST_POSTS, POSTS, SECRET
from proxy.identity.ways import Identity, credential_of
from proxy.message import read_request
from siem.record.event import CallerKind
from tests.policies.compiled import SECRET as INSTALLATIONS
from tests.policies.compiled import program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.credentials import Provider
from tests.proxy.signing import Signing

NOW = 1_800_000_000
SHARED, OTHER = "portal-and-gateway-alone", "clinic-and-gateway-alone"
PORTAL = FrontProxyRule("portal", ("10.0.0.5/32", "fd00::/64"), hash_key(SHARED), NOW + 60.0, Kind.STAFF, ("checks",))
CLINIC = FrontProxyRule("clinic", ("10.0.0.6/32",), hash_key(OTHER), NOW + 60.0, Kind.CITIZEN, ())
IDENTITY = Identity(with_(program(), front_proxies=(PORTAL, CLINIC)), DIGESTER, INSTALLATIONS)
LI = ((SECRET, SHARED), (CALLER, "li"), (POSTS, "clerk, window"))


def asked(
    *headers: tuple[str, str], source_ip: str = "10.0.0.5", now: float = NOW, identity: Identity = IDENTITY
) -> Caller:
    """Who asks, with exactly these *headers*."""
    fields = tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers)
    request = read_request(
        method="GET", authority="people.localhost", target="/people", fields=fields, source_ip=source_ip
    )
    return identity.caller(credential_of(request, "/people", b""), now)


@pytest.mark.parametrize("source_ip", ["10.0.0.5", "::ffff:10.0.0.5", "fd00::7"])
def test_a_front_proxy_says_who_is_signed_in(source_ip: str) -> None:
    caller = asked(*LI, source_ip=source_ip)
    assert (caller.id, caller.kind, caller.credential) == ("li", CallerKind.STAFF, "proxy:portal")
    assert caller.posts == {"clerk", "window"}
    assert caller.purposes == {"checks"}


def test_who_is_signed_in_nowhere_is_nobody() -> None:
    assert asked((SECRET, SHARED)) is NOBODY
    assert asked((SECRET, SHARED), (CALLER, " "), (POSTS, "")) is NOBODY


def test_a_citizen_is_a_digest() -> None:
    caller = asked((SECRET, OTHER), (CALLER, "11010519491231002X"), source_ip="10.0.0.6")
    assert (caller.kind, caller.id) == (CallerKind.CITIZEN, DIGESTER("11010519491231002X"))
    assert caller.own == caller.id


def test_what_it_says_counts_from_nobody_who_shows_no_secret() -> None:
    assert asked(*LI[1:]) is NOBODY
    assert asked(*LI[1:], source_ip="10.9.9.9") is NOBODY


BAD: dict[str, dict[str, Any]] = {
    "from elsewhere": {"source_ip": "10.0.0.6"},
    "from an address that is none": {"source_ip": ""},
    "once its time is over": {"now": NOW + 60},
    "where no proxy is taken at its word": {"identity": Identity(program(), DIGESTER, INSTALLATIONS)},
}


@pytest.mark.parametrize("case", BAD)
def test_a_secret_counts_only_where_and_when_it_is_to(case: str) -> None:
    for headers in (LI, LI[:1]):
        with pytest.raises(BadCredential):
            asked(*headers, **BAD[case])


BAD_HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "another secret": ((SECRET, "x"), *LI[1:]),
    "the secret of another proxy": ((SECRET, OTHER), *LI[1:]),
    "the hash for the secret": ((SECRET, hash_key(SHARED)), *LI[1:]),
    "no secret in the header": ((SECRET, ""), *LI[1:]),
    "two secrets": ((SECRET, SHARED), *LI),
    "two names": (*LI, (CALLER, "wang")),
    "two lines of posts": (*LI, (POSTS, "chief")),
    "posts of nobody": (LI[0], (POSTS, "clerk")),
    "a post that is none": (*LI[:2], (POSTS, "Chief Clerk")),
    "more posts than anybody has": (*LI[:2], (POSTS, ",".join(f"p{n}" for n in range(MOST_POSTS + 1)))),
    "the name of a caller with a key": (LI[0], (CALLER, "Window-7")),
    "a name like a digest": (LI[0], (CALLER, DIGESTER("li"))),
    "a name that is too long": (LI[0], (CALLER, "x" * 129)),
    "a name that reads as another": (LI[0], (CALLER, "li\u202eil")),
    "a name that is no text": (LI[0], (CALLER, "li\udcff")),
    "a token as well": (*LI, ("authorization", f"Bearer {Provider().token()}")),
    "a key as well": (*LI, ("x-api-key", "ybk_x")),
    "a key, and nobody signed in": (LI[0], ("x-api-key", "ybk_x")),
    "a cookie as well": (*LI, ("cookie", f"{COOKIE}=ybk_x")),
    "a signature as well": (*LI, *Signing(key=b"x").headers),
}


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_what_is_not_plainly_the_word_of_a_proxy_is_a_bad_credential(case: str) -> None:
    with pytest.raises(BadCredential):
        asked(*BAD_HEADERS[case])
