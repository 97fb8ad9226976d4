import base64
import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.warnings import InsecureKeyLengthWarning

from policies.digest import Digester
from policies.overlay import Overlay, OverlayEntry, Tightening
from policies.policy_kinds import Kind
from policies.program import Program
from proxy.identity import tokens
from proxy.identity.caller import COOKIE, NOBODY, BadCredential, Bearer, credential_in, hash_key
from proxy.identity.issuer_keys import IssuerKeys
from proxy.identity.names import Names
from proxy.identity.sessions import Session
from proxy.identity.ways import Credential, Identity, credential_of
from proxy.message import read_request, read_said
from siem.record.event import CallerKind
from tests.policies.compiled import GOOD, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.credentials import ISSUER, Provider, signed_with_text, unsigned

PROVIDER, STRANGER = Provider(), Provider()
NOW = time.time()
KEY = "ybk_window-7-secret"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, folder)
    PROVIDER.write(folder / "idp.json")
    callers = folder / "callers.yaml"
    text = callers.read_text("utf-8").replace("0" * 63 + "2", hash_key(KEY))
    callers.write_text(text.replace("kind: terminal\n", 'kind: terminal\n    attributes: {ward: "3"}\n'), "utf-8")
    people = folder / "systems" / "people.yaml"
    text = people.read_text("utf-8")
    people.write_text(
        text.replace("keys: idp.json\n", "keys: idp.json\n      attribute_claims: [ward, town]\n"), "utf-8"
    )
    return program(folder=folder)


@pytest.fixture
def identity(compiled: Program) -> Identity:
    return Identity(compiled, DIGESTER, SECRET)


def test_no_credential_is_nobody(identity: Identity) -> None:
    assert identity.caller(None, NOW) is NOBODY


@pytest.mark.parametrize("kid", ["e", "r"])
def test_a_token_says_who_and_for_what(identity: Identity, kid: str) -> None:
    caller = identity.caller(PROVIDER.token(kid=kid, jti="7"), NOW)
    assert (caller.id, caller.kind) == ("clerk-li", CallerKind.STAFF)
    assert (caller.posts, caller.purposes) == (frozenset({"clerk"}), frozenset({"case-handling"}))
    assert caller.credential == f"jwt:{ISSUER}:7"


def test_a_key_says_who_and_for_what(identity: Identity) -> None:
    caller = identity.caller(KEY, NOW)
    assert (caller.id, caller.kind, caller.credential) == ("window-7", CallerKind.TERMINAL, "key:K-2")
    assert (caller.posts, caller.purposes) == (frozenset({"clerk"}), frozenset({"case-handling"}))


def test_a_key_and_a_token_say_what_the_caller_has_besides(identity: Identity) -> None:
    assert identity.caller(KEY, NOW).attributes == {"ward": "3"}
    assert identity.caller(PROVIDER.token(ward="4", village="x"), NOW).attributes == {"ward": "4"}
    assert identity.caller(PROVIDER.token(ward="x" * 128, town=""), NOW).attributes == {"ward": "x" * 128, "town": ""}
    assert identity.caller(PROVIDER.token(), NOW).attributes == {}


NESTED_DEEPLY = ".".join([base64.urlsafe_b64encode(b"[" * 6000).decode(), "e30", "e30"])
"""Within the length of a token, JSON as deep as can be."""

BAD_TOKENS: dict[str, Callable[[], str]] = {
    "expired": lambda: PROVIDER.token(exp=int(NOW) - 31),
    "not yet": lambda: PROVIDER.token(nbf=int(NOW) + 3600),
    "of a stranger": lambda: STRANGER.token(),
    "of a stranger with our key id": lambda: STRANGER.token(kid="r"),
    "of another issuer": lambda: PROVIDER.token(iss="https://evil.example"),
    "for somebody else": lambda: PROVIDER.token(aud="hall"),
    "without an end": lambda: PROVIDER.token(exp=None),
    "without an audience": lambda: PROVIDER.token(aud=None),
    "without a subject": lambda: PROVIDER.token(sub=None),
    "with an empty subject": lambda: PROVIDER.token(sub=""),
    "with a huge subject": lambda: PROVIDER.token(sub="x" * 200),
    "with a subject that cannot be written": lambda: PROVIDER.token(sub="\ud800"),
    "with a subject that reads as another": lambda: PROVIDER.token(sub="clerk\u202eil-"),
    "with a subject of two lines": lambda: PROVIDER.token(sub="clerk-li\r\nx"),
    "with a post that cannot be written": lambda: PROVIDER.token(posts=["clerk", "\udfff"]),
    "with a purpose that cannot be written": lambda: PROVIDER.token(scope="purpose:\ud800"),
    "with an id that cannot be written": lambda: PROVIDER.token(jti="\ud800"),
    "with posts that are none": lambda: PROVIDER.token(posts="clerk"),
    "with a scope that is none": lambda: PROVIDER.token(scope=["purpose:case-handling"]),
    "with an attribute that is too long": lambda: PROVIDER.token(ward="x" * 129),
    "with an attribute that is no text": lambda: PROVIDER.token(ward=3),
    "with an attribute of many values": lambda: PROVIDER.token(ward=["3", "4"]),
    "with an attribute that cannot be written": lambda: PROVIDER.token(town="\ud800"),
    "with an end that is none": lambda: PROVIDER.token(exp="tomorrow"),
    "with an end that never comes": lambda: PROVIDER.token(exp=float("nan")),
    "with an infinite end": lambda: PROVIDER.token(exp=float("inf")),
    "with an end too large for a clock": lambda: PROVIDER.token(exp=10**400),
    "with a beginning that is no number": lambda: PROVIDER.token(nbf=float("nan")),
    "with an unknown key id": lambda: PROVIDER.token(headers={"kid": "x"}),
    "unsigned": lambda: unsigned({"iss": ISSUER, "aud": "people", "sub": "clerk-li", "exp": int(NOW) + 60}),
    "signed with the public key as a secret": lambda: signed_with_text(
        {"iss": ISSUER, "aud": "people", "sub": "x", "exp": int(NOW) + 60}, json.dumps(PROVIDER.jwks()["keys"][0])
    ),
    "by another algorithm": lambda: PROVIDER.token(kid="r", algorithm="PS256"),
    "too long": lambda: PROVIDER.token(extra="x" * 9000),
    "nested deeply": lambda: NESTED_DEEPLY,
    "no token": lambda: "hello",
    "empty": lambda: "",
    "three dots": lambda: "a.b.c",
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_bad_token_is_refused_and_never_taken_for_nobody(identity: Identity, case: str) -> None:
    with pytest.raises(BadCredential) as refused:
        identity.caller(BAD_TOKENS[case](), NOW)
    assert str(refused.value) == "", "says nothing of why"


SUBJECTS_OF_OTHERS = {
    "a caller with a key": "window-7",
    "one whom people would take for a caller with a key": " Window-７",
    "a caller with a key of another system": "batch",
    "a citizen": DIGESTER("110101199003077512"),
}


@pytest.mark.parametrize("case", SUBJECTS_OF_OTHERS)
def test_a_token_does_not_make_its_bearer_somebody_else(identity: Identity, case: str) -> None:
    """Callers are counted, granted and blocked by their id, whatever credential they show."""
    with pytest.raises(BadCredential):
        identity.caller(PROVIDER.token(sub=SUBJECTS_OF_OTHERS[case]), NOW)


def test_callers_with_keys_are_kept_apart_where_no_keys_are_taken(compiled: Program) -> None:
    without_keys = Identity(msgspec.structs.replace(compiled, keys=()), DIGESTER, SECRET)
    with pytest.raises(BadCredential):
        without_keys.caller(PROVIDER.token(sub="window-7"), NOW)


def test_a_citizen_may_be_called_as_a_caller_with_a_key_is(compiled: Program) -> None:
    issuer = msgspec.structs.replace(compiled.issuers[0], kind=Kind.CITIZEN)
    citizens = Identity(msgspec.structs.replace(compiled, issuers=(issuer,)), DIGESTER, SECRET)
    assert citizens.caller(PROVIDER.token(sub="window-7"), NOW).id == DIGESTER("window-7")


@pytest.mark.parametrize(
    ("subject", "owns"), [("123", True), ("1-23", False), ("li", False), ("LI", True), ("110105-19491231-002x", True)]
)
def test_who_could_be_two_people_by_their_identifier_owns_no_record(
    compiled: Program, subject: str, owns: bool
) -> None:
    issuer = msgspec.structs.replace(compiled.issuers[0], kind=Kind.CITIZEN)
    acting = msgspec.structs.replace(compiled.issuers[0], acting_for="for", acting_basis="basis")
    citizens, helpers = (
        Identity(msgspec.structs.replace(compiled, issuers=(each,)), DIGESTER, SECRET) for each in (issuer, acting)
    )
    digest = DIGESTER(subject)
    citizen = citizens.caller(PROVIDER.token(sub=subject), NOW)
    assert (citizen.id, citizen.own) == (digest, digest if owns else "")
    claims: dict[str, Any] = {"sub": "zhao", "for": subject, "basis": "W-1"}
    helper = helpers.caller(PROVIDER.token(**claims), NOW)
    assert (helper.on_behalf_of, helper.basis) == ((digest, "W-1") if owns else ("", ""))


def test_a_citizen_who_was_blocked_stays_blocked_whatever_key_digests_have_now(compiled: Program) -> None:
    """Containment only tightens: a block names the digest of the day, and another key must let nobody in."""
    issuer = msgspec.structs.replace(compiled.issuers[0], kind=Kind.CITIZEN)
    old, middle = Digester("1", b"1" * 32), Digester("2", b"2" * 32)
    newest = Digester("3", b"3" * 32).after([old, middle], writes_both=False)
    citizens = Identity(msgspec.structs.replace(compiled, issuers=(issuer,)), newest, SECRET)
    caller = citizens.caller(PROVIDER.token(sub="li"), NOW)
    assert caller.id == newest("li")
    until = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=1)
    for target, blocked in ((old("li"), True), (middle("li"), True), (newest("li"), True), (old("wang"), False)):
        entry = OverlayEntry(id="1", kind=Tightening.BLOCK_CALLER, target=target, until=until, reason="r", by="b")
        found = Overlay(generation=1, entries=(entry,)).in_force(
            system="people",
            operation="",
            caller=caller.id,
            earlier=caller.earlier,
            credential="",
            now=datetime.fromtimestamp(NOW, UTC),
        )
        assert bool(found) is blocked
    assert Identity(compiled, newest, SECRET).caller(PROVIDER.token(), NOW).earlier == (), (
        "staff are known by their ids"
    )


@pytest.mark.parametrize("part", [0, 1, 2])
def test_an_altered_token_is_refused(identity: Identity, part: int) -> None:
    parts = PROVIDER.token().split(".")
    data = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    data[len(data) // 2] ^= 1
    parts[part] = base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=")
    with pytest.raises(BadCredential):
        identity.caller(".".join(parts), NOW)


def test_a_remembered_token_expires_all_the_same(identity: Identity) -> None:
    token = PROVIDER.token(exp=int(NOW) + 60)
    assert identity.caller(token, NOW).id == "clerk-li"
    assert identity.caller(token, NOW + 59).id == "clerk-li"
    with pytest.raises(BadCredential):
        identity.caller(token, NOW + 60 + 31)


def test_what_is_remembered_is_bounded(compiled: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_REMEMBERED", 8)
    taken = tokens.Tokens(compiled, DIGESTER, Names(compiled, DIGESTER), IssuerKeys())
    for number in range(20):
        taken.caller(Bearer(PROVIDER.token(sub=f"clerk-{number}")), NOW)
    assert len(taken._remembered) == 8


@pytest.mark.parametrize("key", ["ybk_", "ybk_other", KEY + "x", KEY.upper(), "ybk_\udcff"])
def test_a_bad_key_is_refused(identity: Identity, key: str) -> None:
    with pytest.raises(BadCredential):
        identity.caller(key, NOW)


def test_a_key_ends_when_it_was_to_end(identity: Identity) -> None:
    with pytest.raises(BadCredential):
        identity.caller(KEY, NOW + 5 * 365 * 86400)


def test_what_headers_show_is_read_once_and_counts_no_longer_for_that(identity: Identity) -> None:
    fields = ((b"host", b"people.localhost"), (b"x-api-key", KEY.encode()))
    said = read_said("", fields)

    def shown(session: Session | None = None) -> Credential | None:
        request = read_request(
            method="GET", authority="", target="/people", fields=fields, source_ip="127.0.0.1", said=said
        )
        return credential_of(request, "/people", b"", session=session)

    first = shown()
    assert shown() is first
    assert identity.caller(first, NOW) == identity.caller(KEY, NOW)
    with pytest.raises(BadCredential):
        identity.caller(shown(), NOW + 5 * 365 * 86400)
    with pytest.raises(BadCredential):
        shown(Session(id="7", subject="li", posts=(), until=int(NOW) + 60))


def test_a_broken_key_set_takes_no_token(compiled: Program, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    shutil.copytree(GOOD, folder)
    (folder / "idp.json").write_text('{"keys": [{"kty": "EC", "crv": "nothing"}]}')
    with pytest.raises(BadCredential):
        Identity(program(folder=folder), DIGESTER, SECRET).caller(PROVIDER.token(), NOW)


def test_a_key_that_was_found_wanting_signs_nothing(compiled: Program) -> None:
    """A program in force may be older than the check that finds its key too short."""
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    jwk = {**json.loads(RSAAlgorithm.to_jwk(short.public_key())), "kid": "r", "alg": "RS256"}
    issuer = msgspec.structs.replace(compiled.issuers[0], jwks=json.dumps({"keys": [jwk]}))
    old = Identity(msgspec.structs.replace(compiled, issuers=(issuer,)), DIGESTER, SECRET)
    with pytest.warns(InsecureKeyLengthWarning):
        token = PROVIDER.token(kid="r", key=short)
    with pytest.raises(BadCredential):
        old.caller(token, NOW)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"authorization": ["Bearer abc"]}, "abc"),
        ({"authorization": ["bearer  abc "]}, "abc"),
        ({"x-api-key": ["ybk_x"]}, "ybk_x"),
        ({"cookie": [f"a=b; {COOKIE}=abc"]}, "abc"),
        ({"cookie": ["a=b"]}, None),
        ({"authorization": ["Bearer abc"], "cookie": [f"{COOKIE}=other"]}, "abc"),
    ],
)
def test_where_a_credential_is_shown(headers: dict[str, list[str]], expected: str | None) -> None:
    assert credential_in(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ["Basic abc"]},
        {"authorization": ["Bearer"]},
        {"authorization": [""]},
        {"authorization": ["Bearer a", "Bearer b"]},
        {"authorization": ["Bearer a"], "x-api-key": ["ybk_b"]},
        {"x-api-key": [""]},
        {"cookie": [f"{COOKIE}=a; {COOKIE}=b"]},
        {"cookie": [f"{COOKIE}="]},
    ],
)
def test_two_credentials_or_one_unknown_are_refused(headers: dict[str, list[str]]) -> None:
    with pytest.raises(BadCredential):
        credential_in(headers)
