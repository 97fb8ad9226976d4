"""The table of fetched keys: which sets are taken, which keys go on counting, and who may have written it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.issuer_keys import (
    BadKeySet,
    IssuerTable,
    KnownIssuer,
    KnownKey,
    merged,
    read_discovery,
    read_issuers,
    read_key_set,
    write_issuers,
)
from policies.keys.key_files import BadSignature, Signer, Verifier, make_secret
from tests.policies.keys.test_jwks import OTHER_EC, ec_key, rsa_key

TABLE = IssuerTable(3, (KnownIssuer("https://id.example", "https://id.example/keys", (KnownKey("{}", 5.0),), 1.0),))


def key(name: str, content: str) -> str:
    return json.dumps({"kid": name, "x": content})


NAMES = st.sampled_from(["", "a", "b", "c", "d"])
SETS = st.dictionaries(NAMES, st.sampled_from("xyz")).map(
    lambda found: {name: key(name, content) for name, content in found.items()}
)
NOW, OVERLAP_S = 1000.0, 60.0


@given(
    st.dictionaries(NAMES, st.tuples(st.sampled_from("xyz"), st.sampled_from([0.0, NOW - 1, NOW, NOW + 1, NOW + 90]))),
    SETS,
)
def test_what_counts_is_the_set_and_what_has_just_gone(
    before: dict[str, tuple[str, float]], fetched: dict[str, str]
) -> None:
    old = [KnownKey(key(name, content), until) for name, (content, until) in before.items()]
    found = {json.loads(each.jwk)["kid"]: each for each in merged(old, fetched, NOW, OVERLAP_S)}
    assert {name for name, each in found.items() if not each.until} == fetched.keys()
    assert all(found[name].jwk == jwk for name, jwk in fetched.items())
    for each in old:
        name = json.loads(each.jwk)["kid"]
        if name not in fetched:
            is_left = not each.until or each.until > NOW
            assert (name in found) == is_left
            assert not is_left or found[name] == KnownKey(each.jwk, each.until or NOW + OVERLAP_S)


@given(SETS, st.lists(SETS, max_size=4))
def test_however_often_it_is_fetched_a_key_that_has_gone_lives_no_longer(
    first: dict[str, str], later: list[dict[str, str]]
) -> None:
    keys = merged((), first, NOW, OVERLAP_S)
    for number, fetched in enumerate(later):
        keys = merged(keys, fetched, NOW + number, OVERLAP_S)
        for each in keys:
            assert each.until <= NOW + number + OVERLAP_S


def test_without_an_overlap_a_key_that_has_gone_is_gone() -> None:
    assert merged([KnownKey(key("a", "x"))], {}, NOW, 0) == ()


def test_a_set_is_read_by_its_ids_and_what_checks_no_token_is_left_out() -> None:
    unused = ec_key(kid="e", use="enc")
    text = json.dumps({"keys": [unused, ec_key(kid="e"), rsa_key(), ec_key(OTHER_EC, kid="p")]})
    found = read_key_set(text)
    assert {name: json.loads(jwk) for name, jwk in found.items()} == {"e": ec_key(kid="e"), "": rsa_key()}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 7}', '{"keys": [7]}', '{"keys": {}}', "[" * 9000])
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(BadKeySet):
        read_key_set(text)


@pytest.mark.parametrize("text", ["", "[]", "7", "[" * 9000, '{"issuer": "i"}', '{"issuer": "i", "jwks_uri": null}'])
def test_what_is_no_discovery_document_is_refused(text: str) -> None:
    with pytest.raises(BadKeySet):
        read_discovery(text, "i")


def test_a_table_is_taken_from_who_signs_tables_of_keys_alone(tmp_path: Path) -> None:
    for name in ("own", "stranger"):
        make_secret(tmp_path / f"{name}.key")
    own, stranger = Signer(tmp_path / "own.key"), Signer(tmp_path / "stranger.key")
    verifier = Verifier(own.public_bytes)
    assert read_issuers(write_issuers(TABLE, own), verifier) == TABLE
    with pytest.raises(BadSignature):
        read_issuers(write_issuers(TABLE, stranger), verifier)
    body = json.loads(write_issuers(TABLE, own))["issuers"]
    for label in ("yingbi permits 1", "yingbi program 1", "yingbi issuers 2"):
        signed = json.dumps({"issuers": body, "signature": own.sign(label, body.encode())})
        with pytest.raises(BadSignature):
            read_issuers(signed.encode(), verifier)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"\xff", b"{}", b'{"issuers": "{}"}'])
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    make_secret(tmp_path / "own.key")
    with pytest.raises((ValueError, BadSignature)):
        read_issuers(data, Verifier(Signer(tmp_path / "own.key").public_bytes))
