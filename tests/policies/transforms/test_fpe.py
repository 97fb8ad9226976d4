import math
import pickle
import unicodedata
from datetime import date

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.checksums import is_resident_id, resident_id_check_digit
from policies.transforms.ff1 import Ff1
from policies.transforms.fpe import fpe
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import could_have_made, transform_of
from policies.transforms.spec import Fpe, Shape, looks_true

KEYS = FieldKeys(b"k" * 32, "hall", "mobile")
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
AES_128 = "2B7E151628AED2A6ABF7158809CF4F3C"
AES_192 = f"{AES_128}EF4359D8D580AA4F"
AES_256 = f"{AES_192}7F036D6F04FC6A94"
DIGITS_TWEAK, LETTERS_TWEAK = "39383736353433323130", "3737373770717273373737"
DIGITS, LETTERS = "0123456789", "0123456789abcdefghi"


@pytest.mark.parametrize(
    ("key", "radix", "tweak", "plain", "cipher"),
    [
        # NIST, Cryptographic Standards and Guidelines, examples with intermediate values: FF1 samples 1 to 9.
        (AES_128, 10, "", DIGITS, "2433477484"),
        (AES_128, 10, DIGITS_TWEAK, DIGITS, "6124200773"),
        (AES_128, 36, LETTERS_TWEAK, LETTERS, "a9tv40mll9kdu509eum"),
        (AES_192, 10, "", DIGITS, "2830668132"),
        (AES_192, 10, DIGITS_TWEAK, DIGITS, "2496655549"),
        (AES_192, 36, LETTERS_TWEAK, LETTERS, "xbj3kv35jrawxv32ysr"),
        (AES_256, 10, "", DIGITS, "6657667009"),
        (AES_256, 10, DIGITS_TWEAK, DIGITS, "1001623463"),
        (AES_256, 36, LETTERS_TWEAK, LETTERS, "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_samples_of_nist(key: str, radix: int, tweak: str, plain: str, cipher: str) -> None:
    ff1 = Ff1(bytes.fromhex(key), radix)
    numerals, expected = ([BASE36.index(letter) for letter in text] for text in (plain, cipher))
    assert ff1.encrypt(numerals, bytes.fromhex(tweak)) == expected
    assert ff1.decrypt(expected, bytes.fromhex(tweak)) == numerals


def by_the_book(key: bytes, radix: int, numerals: list[int], tweak: bytes) -> list[int]:
    """FF1.Encrypt, SP 800-38G algorithm 7, step by step; slow and obvious."""

    def num(part: list[int]) -> int:
        return sum(numeral * radix**place for place, numeral in enumerate(reversed(part)))

    def cipher(block: bytes) -> bytes:
        return Cipher(AES(key), ECB()).encryptor().update(block)

    def xor(one: bytes, other: bytes) -> bytes:
        return bytes(x ^ y for x, y in zip(one, other, strict=True))

    n, t = len(numerals), len(tweak)
    u, v = n // 2, n - n // 2
    a, b = numerals[:u], numerals[u:]
    width = math.ceil((radix**v - 1).bit_length() / 8)
    d = 4 * math.ceil(width / 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3) + bytes([10, u % 256]) + n.to_bytes(4) + t.to_bytes(4)
    for i in range(10):
        q = tweak + bytes((-t - width - 1) % 16) + bytes([i]) + num(b).to_bytes(width)
        r = bytes(16)
        for place in range(0, len(p + q), 16):
            r = cipher(xor(r, (p + q)[place : place + 16]))
        s = r + b"".join(cipher(xor(r, j.to_bytes(16))) for j in range(1, math.ceil(d / 16)))
        m = u if i % 2 == 0 else v
        c = (num(a) + int.from_bytes(s[:d])) % radix**m
        a, b = b, [c // radix**place % radix for place in reversed(range(m))]
    return a + b


@given(
    st.sampled_from([2, 10, 26, 62, 1000, 2**16]),
    st.binary(max_size=20) | st.binary(min_size=14, max_size=50),
    st.data(),
)
def test_it_is_the_cipher_of_the_standard_whatever_the_lengths(radix: int, tweak: bytes, data: st.DataObject) -> None:
    key = b"k" * 32
    ff1 = Ff1(key, radix)
    least = next(length for length in range(2, 30) if ff1.fits(length))
    length = data.draw(st.integers(least, least + 20) | st.integers(200, 256))
    number = data.draw(st.integers(0, radix**length - 1))
    numerals = [number // radix**place % radix for place in range(length)]
    made = by_the_book(key, radix, numerals, tweak)
    assert ff1.encrypt(numerals, tweak) == made
    assert ff1.decrypt(made, tweak) == numerals


@given(st.integers(2, 2**16), st.binary(max_size=40), st.data())
def test_what_was_encrypted_is_decrypted_whatever_the_radix(radix: int, tweak: bytes, data: st.DataObject) -> None:
    ff1 = Ff1(b"k" * 32, radix)
    least = next(length for length in range(2, 30) if ff1.fits(length))
    numerals = data.draw(st.lists(st.integers(0, radix - 1), min_size=least, max_size=least + 40))
    made = ff1.encrypt(numerals, tweak)
    assert len(made) == len(numerals)
    assert all(0 <= numeral < radix for numeral in made)
    assert ff1.decrypt(made, tweak) == numerals


def test_what_is_too_short_or_too_long_is_refused() -> None:
    ff1 = Ff1(b"k" * 32, 10)
    assert [ff1.fits(length) for length in (1, 5, 6, 256, 257)] == [False, False, True, True, False]
    assert not Ff1(b"k" * 32, 2**16).fits(1)
    for numerals in ([1] * 5, [1] * 257):
        with pytest.raises(ValueError, match="possibilities"):
            ff1.encrypt(numerals)
    with pytest.raises(ValueError, match="radix"):
        Ff1(b"k" * 32, 1)
    with pytest.raises(TypeError):
        pickle.dumps(ff1)


# -- values of a declared form

MOBILE, PLAIN = Fpe(first=3), Fpe()
CARD = Fpe(first=4, last=4, separators=" -")
PLATE = Fpe(alphabet="alphanumeric", first=1, separators="·")
NAMED = Fpe(alphabet="甲乙丙丁戊己庚辛壬癸")
ID, ID_REGION = Fpe(shape=Shape.RESIDENT_ID), Fpe(shape=Shape.RESIDENT_ID, first=6)


@pytest.mark.parametrize(
    ("spec", "value", "shape"),
    [
        (MOBILE, "13800138000", "138########"),
        (PLAIN, "１３８００１３８０００", "###########"),
        (CARD, "6222 0213-0600 1234567", "6222 ####-#### ###4567"),
        (PLATE, "浙A·D12345", "浙@·@@@@@@"),
        (NAMED, "甲乙丙丁戊己", "######"),
        (ID, "11010519491231002X", "################## "),
        (ID_REGION, "11010519491231002x", "110105############ "),
    ],
)
def test_the_form_stays_and_the_value_comes_back(spec: Fpe, value: str, shape: str) -> None:
    made = transform_of(spec, KEYS)(value)
    text = unicodedata.normalize("NFKC", value)
    assert made != text
    assert len(made) == len(text)
    for have, want in zip(made, shape.rstrip(), strict=True):
        assert have == want or (want == "#" and have in "0123456789X甲乙丙丁戊己庚辛壬癸") or want == "@"
    assert fpe(spec, KEYS, back=True)(made) == text.upper()
    assert could_have_made(spec)(made)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (PLAIN, "12345"),  # a hundred thousand possibilities
        (MOBILE, "13812345"),
        (MOBILE, "138"),
        (MOBILE, "1"),
        (Fpe(first=9, last=9), "13800138000"),
        (PLAIN, "138-0013-8000"),  # no separator was declared
        (PLAIN, "张三"),
        (PLAIN, "\U00020bb7" * 9),
        (PLAIN, "1" * 257),
        (CARD, "6222 0213 A600 1234567"),
        (ID, "110105194912310021"),  # a wrong check digit
        (ID, "11010519491331002X"),  # no such day
        (ID, "110105491231002"),
        (ID, "13800138000"),
        (ID_REGION, "440524188001010014"),  # a day of another century
    ],
)
def test_what_has_not_the_form_is_hidden(spec: Fpe, value: str) -> None:
    assert transform_of(spec, KEYS)(value) == "***"
    assert not could_have_made(spec)(value)
    assert transform_of(spec, KEYS)("") == ""


id_numbers = st.builds(
    lambda region, born, order: f"{region:06}{born:%Y%m%d}{order:03}",
    st.integers(0, 999_999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
).map(lambda body: body + resident_id_check_digit(body))


@given(id_numbers, st.sampled_from([ID, ID_REGION]))
def test_an_id_number_becomes_a_valid_one_and_comes_back(number: str, spec: Fpe) -> None:
    made = fpe(spec, KEYS)(number)
    assert is_resident_id(made)
    assert made[: spec.first] == number[: spec.first]
    assert fpe(spec, KEYS, back=True)(made) == number


def test_no_two_numbers_become_one() -> None:
    values = [f"138{number:08}" for number in range(0, 3_000_000, 1_000)]
    make = fpe(MOBILE, KEYS)
    assert len({make(value) for value in values}) == len(values)


def test_another_version_system_or_category_gives_another_value() -> None:
    keys = [KEYS, FieldKeys(b"j" * 32, "hall", "mobile"), FieldKeys(b"k" * 32, "x", "mobile")]
    keys.append(FieldKeys(b"k" * 32, "hall", "id"))
    made = {fpe(MOBILE, each)("13800138000") for each in keys} | {fpe(Fpe(first=3, version=2), KEYS)("13800138000")}
    assert len(made) == 5
    assert looks_true(MOBILE)
