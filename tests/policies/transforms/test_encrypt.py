import base64
import pickle

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB, GCM
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import BadToken, DataKey, DataKeys, derive_key
from policies.transforms.encrypt import Cipher, Method
from tests.policies.compiled import DATA_KEYS

OLD, NEW = DataKey("0000000a", b"k" * 32), DataKey("0000000b", b"n" * 32)
CIPHER = Cipher(DataKeys(OLD.id, {OLD.id: OLD}), "test")


@given(st.binary(max_size=100), st.lists(st.text(max_size=5), max_size=3))
def test_what_was_encrypted_is_decrypted(value: bytes, context: list[str]) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(value, *context), *context) == value


def test_a_token_is_aes_gcm_under_the_derived_key() -> None:
    """The layout is what it says: whoever has the secret and the standard can read a token without this code."""
    key = derive_key(b"k" * 32, "encrypt", "test")
    version, key_id, body = CIPHER.encrypt(b"13800138000", "hall", "mobile").split(".")
    sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    associated = b"\0\0\0\4hall\0\0\0\6mobile"
    assert AESGCM(key).decrypt(sealed[:12], sealed[12:], associated) == b"13800138000"
    assert (version, key_id) == ("y1", OLD.id)


@given(st.data())
def test_an_altered_token_does_not_open(data: st.DataObject) -> None:
    token = CIPHER.encrypt(b"13800138000", "hall")
    at = data.draw(st.integers(0, len(token) - 1))
    char = data.draw(st.characters(codec="ascii").filter(lambda char: char != token[at]))
    for altered in (token[:at] + char + token[at + 1 :], token[:at], token + char):
        with pytest.raises(BadToken):
            CIPHER.decrypt(altered, "hall")


@pytest.mark.parametrize("context", [(), ("hall2",), ("ha", "ll"), ("hall", "")])
def test_a_token_opens_nowhere_else(context: tuple[str, ...]) -> None:
    with pytest.raises(BadToken):
        CIPHER.decrypt(CIPHER.encrypt(b"x", "hall"), *context)


def test_another_use_or_key_does_not_open_it() -> None:
    token = CIPHER.encrypt(b"x")
    for other in (Cipher(DataKeys(OLD.id, {OLD.id: OLD}), "other"), Cipher(DataKeys(NEW.id, {NEW.id: NEW}), "test")):
        with pytest.raises(BadToken):
            other.decrypt(token)


def test_the_error_says_nothing_and_the_key_is_not_pickled() -> None:
    with pytest.raises(BadToken) as refused:
        CIPHER.decrypt("y1.x.y")
    assert str(refused.value) == ""
    with pytest.raises(TypeError):
        pickle.dumps(CIPHER)


def test_after_a_rotation_old_tokens_open_and_new_ones_name_the_new_key() -> None:
    later = Cipher(DataKeys(NEW.id, {OLD.id: OLD, NEW.id: NEW}), "test")
    assert later.decrypt(CIPHER.encrypt(b"x", "hall"), "hall") == b"x"
    token = later.encrypt(b"x", "hall")
    assert token.split(".")[1] == NEW.id
    with pytest.raises(BadToken):
        CIPHER.decrypt(token, "hall")


def test_after_a_revocation_old_tokens_do_not_open_whatever_key_they_name() -> None:
    token = CIPHER.encrypt(b"x", "hall")
    later = Cipher(DataKeys(NEW.id, {NEW.id: NEW}), "test")
    for shown in (token, token.replace(OLD.id, NEW.id)):
        with pytest.raises(BadToken):
            later.decrypt(shown, "hall")


# -- methods


def test_the_sample_of_the_sm4_standard() -> None:
    """Source: GB/T 32907-2016, annex A.1."""
    key = plain = bytes.fromhex("0123456789abcdeffedcba9876543210")
    running = BlockCipher(SM4(key), ECB()).encryptor()
    assert (running.update(plain) + running.finalize()).hex() == "681edf34d206965e86b3e94f536e4246"


def test_the_sample_of_sm4_with_gcm() -> None:
    """Source: RFC 8998, A.1: what the standard library of the cipher makes is what our tokens hold."""
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
    running = BlockCipher(SM4(key), GCM(nonce)).encryptor()
    running.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    sealed = running.update(plain) + running.finalize()
    assert sealed.hex().startswith("17f399f08c67d5ee19d0dc9969c4bb7d")
    assert running.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


@pytest.mark.parametrize("method", Method)
def test_every_method_opens_what_it_made_and_nothing_else(method: Method) -> None:
    cipher = Cipher(DATA_KEYS, "test", method)
    token = cipher.encrypt(b"13800138000", "hall", "mobile")
    assert token.startswith(f"{method}.{DATA_KEYS.current.id}.")
    assert cipher.decrypt(token, "hall", "mobile") == b"13800138000"
    again = cipher.encrypt(b"13800138000", "hall", "mobile")
    assert (token == again) == (method is Method.AES_SIV)
    others = [Cipher(DATA_KEYS, "test", other) for other in Method if other is not method]
    for other, context in [(cipher, ("hall", "name")), (Cipher(DATA_KEYS, "x", method), ("hall", "mobile"))] + [
        (other, ("hall", "mobile")) for other in others
    ]:
        for made in (token, *(f"{version}.{token.partition('.')[2]}" for version in Method)):
            if other is cipher and made == token and context == ("hall", "mobile"):
                continue
            with pytest.raises(BadToken):
                other.decrypt(made, *context)
    for place in range(len(token)):
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(BadToken):
            cipher.decrypt(altered, "hall", "mobile")
        with pytest.raises(BadToken):
            cipher.decrypt(token[:place], "hall", "mobile")


def test_a_token_without_a_nonce_is_aes_siv_under_the_derived_keys() -> None:
    version, _, body = Cipher(DATA_KEYS, "test", Method.AES_SIV).encrypt(b"x", "hall").split(".")
    key = DATA_KEYS.current.for_use("token", "test", "mac") + DATA_KEYS.current.for_use("token", "test", "encrypt")
    sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    assert (version, AESSIV(key).decrypt(sealed, [b"\0\0\0\4hall"])) == ("d1", b"x")
