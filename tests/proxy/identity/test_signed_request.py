"""Signed requests: what is signed is what is asked, and anything else is a bad credential."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_

from policies.keys.signing_key import signing_key
from policies.program import Program
from policies.program_callers import KeyRule
from proxy.identity.caller import COOKIE, BadCredential, Caller
from proxy.identity.signed_request import WINDOW_S
from proxy.identity.ways import Identity, credential_of
from proxy.message import read_request
from siem.record.event import CallerKind
from tests.policies.compiled import SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.credentials import Provider
from tests.proxy.signing import CALLER, KEY_ID, SALT, Signing

NOW = 1_800_000_000
SIGNED_WITH = signing_key(SECRET, CALLER, KEY_ID, SALT)
RULE = KeyRule(KEY_ID, "", NOW + 3600.0, CALLER, program().keys[0].kind, (), ("statistics",), hmac=SALT)
TAKES: Program = with_(program(), keys=(*program().keys, RULE))
IDENTITY = Identity(TAKES, DIGESTER, SECRET)
GOOD = Signing(key=SIGNED_WITH, created=NOW)
POST = replace(GOOD, method="POST", target="/people?q=%E5%BC%A0", body=b'{"a":1}', content_type="application/json")


def asked(signing: Signing, now: float = NOW, identity: Identity = IDENTITY, **altered: Any) -> Caller:
    """Who asks, where what arrives is what was signed but for what is *altered*."""
    sent = {
        "method": signing.method,
        "authority": signing.authority,
        "target": signing.target,
        "headers": signing.headers,
        "body": signing.body,
    } | altered
    request = read_request(
        method=sent["method"],
        authority=sent["authority"],
        target=sent["target"],
        fields=tuple((name.encode(), value.encode()) for name, value in sent["headers"]),
        source_ip="10.0.0.9",
    )
    return identity.caller(credential_of(request, sent["target"], sent["body"]), now)


@pytest.mark.parametrize("signing", [GOOD, POST, replace(POST, content_type=None), replace(GOOD, algorithm=None)])
def test_a_signature_says_who_and_for_what(signing: Signing) -> None:
    caller = asked(signing)
    assert (caller.id, caller.kind, caller.credential) == (CALLER, CallerKind.SYSTEM, f"key:{KEY_ID}")
    assert caller.purposes == {"statistics"}


def test_the_authority_is_signed_in_lower_case_and_without_the_usual_port() -> None:
    assert asked(GOOD, authority="People.localhost:443").id == CALLER


@pytest.mark.parametrize("late_s", [-WINDOW_S, 0, WINDOW_S])
def test_clocks_may_differ_by_a_minute(late_s: int) -> None:
    assert asked(GOOD, NOW + late_s).id == CALLER


@pytest.mark.parametrize("late_s", [-WINDOW_S - 1, WINDOW_S + 1, 3000])
def test_clocks_may_not_differ_by_more(late_s: int) -> None:
    with pytest.raises(BadCredential):
        asked(GOOD, NOW + late_s)


def test_a_key_ends_when_it_was_to_end() -> None:
    with pytest.raises(BadCredential):
        asked(replace(GOOD, created=NOW + 3600), NOW + 3600)


def without(name: str) -> Callable[[Signing], tuple[tuple[str, str], ...]]:
    return lambda signing: tuple(pair for pair in signing.headers if pair[0] != name)


def with_in(name: str, old: str, new: str) -> Callable[[Signing], tuple[tuple[str, str], ...]]:
    """What *old* is in the header *name*, which must hold it, *new*."""

    def altered(signing: Signing) -> tuple[tuple[str, str], ...]:
        headers = tuple((each, value.replace(old, new) if each == name else value) for each, value in signing.headers)
        assert headers != signing.headers
        return headers

    return altered


def with_more(*more: tuple[str, str]) -> Callable[[Signing], tuple[tuple[str, str], ...]]:
    return lambda signing: (*signing.headers, *more)


BAD_HEADERS: dict[str, Callable[[Signing], tuple[tuple[str, str], ...]]] = {
    "no signature": without("signature"),
    "nothing said of it": without("signature-input"),
    "no digest": without("content-digest"),
    "another type of content": with_in("content-type", "application/json", "text/csv"),
    "a type taken away": without("content-type"),
    "a second type": with_more(("content-type", "text/csv")),
    "a second signature": with_more(("signature", "b=:" + "A" * 43 + "=:")),
    "a second signature in the same line": with_in("signature", "sig=", "b=:AAAA:, sig="),
    "a second input": with_more(("signature-input", 'b=();created=1')),
    "another label": with_in("signature", "sig=", "sig2="),
    "a digest by another name": with_in("content-digest", "sha-256", "sha-512"),
    "two digests": with_in("content-digest", "sha-256", "sha-512=:AA==:, sha-256"),
    "the query left out": with_in("signature-input", ' "@query"', ""),
    "the method left out": with_in("signature-input", '"@method" ', ""),
    "another order": with_in("signature-input", '"@method" "@authority"', '"@authority" "@method"'),
    "something covered twice": with_in("signature-input", '"@method"', '"@method" "@method"'),
    "a parameter of a component": with_in("signature-input", '"@method"', '"@method";req'),
    "nothing covered": with_in("signature-input", '("@method"', '();x=("@method"'),
    "a later time": with_in("signature-input", f"created={NOW}", f"created={NOW + 1}"),
    "a time in quotes": with_in("signature-input", f"created={NOW}", f'created="{NOW}"'),
    "two times": with_in("signature-input", f"created={NOW}", f"created={NOW};created={NOW}"),
    "a huge time": with_in("signature-input", f"created={NOW}", f"created={10**14}"),
    "digits of another script": with_in("signature-input", f"created={NOW}", "created=１８０００００００"),
    "another algorithm": with_in("signature-input", "hmac-sha256", "rsa-v1_5-sha256"),
    "another key": with_in("signature-input", KEY_ID, "K-1"),
    "no key": with_in("signature-input", KEY_ID, ""),
    "a parameter of no use": with_in("signature-input", ";keyid", ';tag="x";keyid'),
    "a token as well": with_more(("authorization", "Bearer " + Provider().token())),
    "a key as well": with_more(("x-api-key", "ybk_x")),
    "a cookie as well": with_more(("cookie", f"{COOKIE}=ybk_x")),
    "a signature without its end": with_in("signature", "=:", "="),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_what_was_not_signed_as_it_is_counts_for_nothing(case: str) -> None:
    with pytest.raises(BadCredential):
        asked(POST, headers=BAD_HEADERS[case](POST))


BAD: dict[str, Signing] = {
    "another secret": replace(GOOD, key=b"x" * 32),
    "the salt for a key": replace(GOOD, key=bytes.fromhex(SALT)),
    "no key at all": replace(GOOD, key=b"", key_id="K-unknown"),
    "no nonce": replace(GOOD, nonce=None),
    "a short nonce": replace(GOOD, nonce="x" * 15),
    "a long nonce": replace(GOOD, nonce="x" * 65),
    "a nonce of blanks": replace(GOOD, nonce=" " * 20),
    "no time": replace(GOOD, created=None),
    "no id": replace(GOOD, key_id=None),
    "an id of a key that is shown": replace(GOOD, key_id="K-1", key=b""),
    "another algorithm": replace(GOOD, algorithm="hmac-sha512"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_signature_that_was_made_otherwise_counts_for_nothing(case: str) -> None:
    with pytest.raises(BadCredential):
        asked(BAD[case])


@pytest.mark.parametrize(
    "altered",
    [
        {"method": "PUT"},
        {"authority": "hall.localhost"},
        {"authority": "people.localhost:8443"},
        {"target": "/people"},
        {"target": "/people?q=%e5%bc%a0"},
        {"target": "/people?q=%E5%BC%A0&page=2"},
        {"target": "/people/1?q=%E5%BC%A0"},
        {"body": b'{"a":2}'},
        {"body": b""},
    ],
    ids=str,
)
def test_what_is_asked_is_what_was_signed(altered: dict[str, Any]) -> None:
    with pytest.raises(BadCredential):
        asked(POST, **altered)


@given(st.data())
def test_whatever_byte_is_altered_it_counts_for_nothing(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name, _ in POST.headers]))
    value = dict(POST.headers)[name]
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from([chr(n) for n in range(0x21, 0x7F) if chr(n) != value[place]]))
    altered = value[:place] + other + value[place + 1 :]
    headers = tuple((each, altered if each == name else said) for each, said in POST.headers)
    with pytest.raises(BadCredential):
        asked(POST, headers=headers)


def test_a_signature_counts_only_where_it_is_taken() -> None:
    """It is a bad credential there: whoever shows one is not nobody."""
    with pytest.raises(BadCredential):
        asked(GOOD, identity=Identity(program(), DIGESTER, SECRET))


def test_keys_differ_by_installation_caller_id_and_salt() -> None:
    keys = {
        signing_key(SECRET, CALLER, KEY_ID, SALT),
        signing_key(b"y" * 32, CALLER, KEY_ID, SALT),
        signing_key(SECRET, "window-7", KEY_ID, SALT),
        signing_key(SECRET, CALLER, "K-10", SALT),
        signing_key(SECRET, CALLER, KEY_ID, "00" * 16),
    }
    assert len(keys) == 5
