"""Signatures of playbooks: made and checked as the RFCs' vectors say, and refused where something is not as signed."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from incident.graph import SHIPPED, read_files
from incident.playbook import read_playbook
from incident.signing import (
    NOBODY,
    PrivateKey,
    Signer,
    Trust,
    check_signatures,
    public_body,
    read_private,
    read_trusted,
    sign_octets,
    sign_playbook,
    signed_by,
)
from tests.incident.books import manual, raw_book, text_of
from tests.incident.schemas import schema_validator

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
KEYS: dict[str, PrivateKey] = {
    "Ed25519": Ed25519PrivateKey.generate(),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
}
TEXT = text_of(raw_book(start={"then": "do"}, do=manual(ok="end"), end={}))


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def trust(*keys: PrivateKey, now: datetime = NOW) -> Trust:
    return Trust(tuple(Signer("them", key.public_key()) for key in keys), now)


def codes(text: str, trusted: Trust) -> list[str]:
    book, findings = read_playbook(text, "x.json")
    assert book is not None, findings
    return [finding.code for finding in check_signatures(book, "x.json", trusted)]


def test_the_canonical_form_is_that_of_the_rfc() -> None:
    """Source: RFC 8785, 3.2.2 and 3.2.3."""
    sample = json.loads(
        r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], '
        r'"string": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
    )
    assert rfc8785.dumps(sample).hex(" ") == (
        "7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 "
        "72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30 2c 34 2e 35 2c 30 2e 30 "
        "30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c "
        "22 5c 5c 5c 5c 5c 22 2f 22 7d"
    )


def test_ed25519_is_that_of_the_rfc() -> None:
    """Source: RFC 8037, A.1, A.4 and A.5."""
    key = Ed25519PrivateKey.from_private_bytes(octets("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    value = octets("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
    public = Ed25519PublicKey.from_public_bytes(octets("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
    assert sign_octets(key, message) == value
    assert signed_by(public, "Ed25519", message, value)
    assert not signed_by(public, "Ed25519", message + b"!", value)
    assert not signed_by(public, "ES256", message, value)


def test_es256_is_that_of_the_rfc() -> None:
    """Source: RFC 7515, A.3."""
    x, y = (
        int.from_bytes(octets(text), "big")
        for text in ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
    )
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    message = (
        b"eyJhbGciOiJFUzI1NiJ9"
        b".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    value = octets("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
    assert signed_by(public, "ES256", message, value)
    assert not signed_by(public, "ES256", message, value[:-1])
    assert not signed_by(public, "Ed25519", message, value)


@pytest.mark.parametrize("name", KEYS)
def test_what_is_signed_is_accepted_by_whoever_trusts_the_key(name: str) -> None:
    signed = sign_playbook(TEXT, KEYS[name], signee="青石区", now=NOW)
    assert codes(signed, trust(KEYS[name])) == []
    assert codes(signed, NOBODY) == ["signature-unknown"]
    assert codes(signed, trust(Ed25519PrivateKey.generate())) == ["signature-unknown"]
    spelled_otherwise = json.dumps(json.loads(signed), sort_keys=True)
    assert codes(spelled_otherwise, trust(KEYS[name])) == [], "what counts is the canonical form"


def test_each_of_several_signatures_stands_for_itself() -> None:
    once = sign_playbook(TEXT, KEYS["Ed25519"], signee="青石区", now=NOW)
    twice = sign_playbook(once, KEYS["ES256"], signee="衢江区", now=NOW)
    assert codes(twice, trust(*KEYS.values())) == []
    assert codes(twice, trust(KEYS["ES256"])) == ["signature-unknown"]
    raw = json.loads(twice)
    raw["signatures"].reverse()
    assert codes(json.dumps(raw), trust(*KEYS.values())) == []


def change(*keys: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def do(raw: Any) -> None:
        for key in keys[:-1]:
            raw = raw[key]
        raw[keys[-1]] = to

    return do


OTHER = public_body(KEYS["ES256"].public_key())
ANOTHER = "playbook--0b2f6c1e-6c1b-4e0e-9a50-0d5a2f4b7c11"
ALTERED = [
    ("the name", change("name", to="other"), "signature-bad"),
    ("another playbook", change("id", to=ANOTHER), "signature-of-another"),
    ("another version", change("modified", to="2026-11-27T09:00:00.000Z"), "signature-of-another"),
    ("who signed", change("signatures", 0, "signee", to="somebody"), "signature-bad"),
    ("the value", change("signatures", 0, "value", to="AAAA"), "signature-bad"),
    ("no base64", change("signatures", 0, "value", to="!"), "signature-bad"),
    ("the hash", change("signatures", 0, "hash_algorithm", to="sha-512"), "signature-bad"),
    ("a weak hash", change("signatures", 0, "hash_algorithm", to="md5"), "signature-bad"),
    ("the algorithm", change("signatures", 0, "algorithm", to="ES256"), "signature-bad"),
    ("no algorithm", change("signatures", 0, "algorithm", to="none"), "signature-bad"),
    ("a key of its own", change("signatures", 0, "public_key", to=OTHER), "signature-unknown"),
    ("revoked", change("signatures", 0, "revoked", to=True), "signature-revoked"),
    ("ended", change("signatures", 0, "valid_until", to="2026-01-01T00:00:00.000Z"), "signature-ended"),
    ("not begun", change("signatures", 0, "valid_from", to="2027-01-01T00:00:00.000Z"), "signature-ended"),
    ("a leap second", change("signatures", 0, "valid_until", to="2026-12-31T23:59:60.000Z"), "signature-bad"),
    ("a number too large", change("playbook_extensions", to={"x": {"n": 2**60}}), "signature-bad"),
]


@pytest.mark.parametrize(("do", "code"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_whatever_is_not_as_it_was_signed_is_found(do: Callable[[Any], None], code: str) -> None:
    raw = json.loads(sign_playbook(TEXT, KEYS["Ed25519"], signee="青石区", now=NOW))
    do(raw)
    assert code in codes(text_of(raw), trust(KEYS["Ed25519"]))


def test_a_signature_ends_when_it_says() -> None:
    key = KEYS["Ed25519"]
    signed = sign_playbook(TEXT, key, signee="青石区", now=NOW, valid_until=NOW + timedelta(days=1))
    assert codes(signed, trust(key, now=NOW + timedelta(hours=23))) == []
    assert codes(signed, trust(key, now=NOW + timedelta(hours=25))) == ["signature-ended"]


def test_a_playbook_that_is_signed_wrongly_is_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(sign_playbook(TEXT, KEYS["ES256"], signee="青石区", now=NOW), "utf-8")
    assert [each.code for each in read_files({"x": file})[1]] == ["signature-unknown"]
    assert read_files({"x": file}, trust=trust(KEYS["ES256"]))[1] == ()


def test_the_schemas_of_oasis_accept_what_is_signed() -> None:
    validator: jsonschema.Draft7Validator = schema_validator()
    for path in SHIPPED.glob("*.json"):
        signed = sign_playbook(path.read_text("utf-8"), KEYS["Ed25519"], signee="青石区", now=NOW)
        assert [error.message for error in validator.iter_errors(json.loads(signed))] == []


def pem(key: PrivateKey, *, public: bool) -> bytes:
    encoding = serialization.Encoding.PEM
    if public:
        return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_read_from_files(name: str, tmp_path: Path) -> None:
    (tmp_path / "them.pem").write_bytes(pem(KEYS[name], public=True))
    (tmp_path / "ours.key").write_bytes(pem(KEYS[name], public=False))
    (signer,) = read_trusted(tmp_path)
    key = read_private(tmp_path / "ours.key")
    assert (signer.name, signer.body) == ("them", public_body(key.public_key()))


def test_what_is_no_key_is_told_by_its_file(tmp_path: Path) -> None:
    assert read_trusted(tmp_path / "nothing") == ()
    (tmp_path / "other.pem").write_bytes(pem(ec.generate_private_key(ec.SECP384R1()), public=True))
    with pytest.raises(ValueError, match=r"other\.pem"):
        read_trusted(tmp_path)
    with pytest.raises(ValueError, match=r"other\.pem"):
        read_private(tmp_path / "other.pem")
