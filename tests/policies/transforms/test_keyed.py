import hmac
import pickle
import unicodedata
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import derive_key
from policies.transforms.keyed import SIGN_ALPHABET, FieldKeys
from policies.transforms.make import could_have_made, subject_transform_of, transform_of
from policies.transforms.spec import Dictionary, Digest, Hash, Of, Pseudonym, Shift, Spec, looks_true, needs_subject
from tests.policies.transforms.specs import POSITIONS

KEYS = FieldKeys(b"k" * 32, "hall", "person_name")
ZHANG, LI = "110105194912310021", "11010519491231002X"
NAMES = Dictionary(("张", "王", "欧阳"), ("伟", "芳", "秀英", "·买买提"))
SUBJECTS = st.sampled_from([ZHANG, LI, "13800138000", "\U00020bb7"])
BY = (
    [
        Pseudonym("人员", 8, by),
        Pseudonym("客户", 5, by),
        Dictionary(("甲", "乙"), by=by),
        Dictionary(("张",), ("伟", "芳"), by),
    ]
    for by in Of
)
BY_VALUE, BY_SUBJECT = map(st.sampled_from, BY)
SHIFTS = st.builds(Shift, st.integers(1, 400))


@given(BY_VALUE, st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_surrogate_of_a_value_is_the_same_for_the_same_value(spec: Spec, value: str, other: str) -> None:
    make = transform_of(spec, KEYS)
    assert make(value) == make(value)
    assert could_have_made(spec)(make(value))
    assert subject_transform_of(spec, KEYS)(value, other) == make(value)
    assert make("") == ""


@given(BY_SUBJECT, SUBJECTS, SUBJECTS, st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_surrogate_of_a_subject_does_not_depend_on_the_value(
    spec: Spec, subject: str, other: str, value: str, another: str
) -> None:
    make = subject_transform_of(spec, KEYS)
    assert make(value, subject) == make(another, subject)
    assert could_have_made(spec)(make(value, subject))
    assert make("", subject) == ""
    if isinstance(spec, Pseudonym):
        assert (make(value, subject) == make(value, other)) == (subject == other)


@given(BY_SUBJECT | SHIFTS, st.text(min_size=1, max_size=20))
def test_of_nobody_there_is_no_surrogate(spec: Spec, value: str) -> None:
    assert needs_subject(spec)
    hidden = value if isinstance(spec, Shift) and not unicodedata.normalize("NFKC", value).strip() else "***"
    assert subject_transform_of(spec, KEYS)(value, "") == hidden
    assert transform_of(spec, KEYS)(value) == "***"


def test_a_sign_is_a_prefix_and_letters_that_nobody_takes_for_digits() -> None:
    sign = transform_of(Pseudonym(), KEYS)("陈杰涛")
    prefix, _, letters = sign.partition("-")
    assert (prefix, len(letters)) == ("人员", 8)
    assert set(letters) <= set(SIGN_ALPHABET)
    assert not set(SIGN_ALPHABET) & set("ILOU")
    assert len({transform_of(Pseudonym(), KEYS)(f"陈{number}") for number in range(10_000)}) == 10_000


def test_a_dictionary_makes_a_name_of_both_lists_and_all_of_them() -> None:
    make = transform_of(NAMES, KEYS)
    assert {make(str(number)) for number in range(300)} == {a + b for a in NAMES.words for b in NAMES.then}


@pytest.mark.parametrize(
    ("one", "other"),
    [("陈杰涛", "陈 杰涛"), ("１３８００１３８０００", "+86 138-0013-8000"), ("11010519491231002x", LI)],
)
def test_spellings_of_one_value_have_one_surrogate(one: str, other: str) -> None:
    make = transform_of(Pseudonym(), KEYS)
    assert make(one) == make(other)


def test_surrogates_differ_by_system_and_those_of_values_by_category() -> None:
    others = [FieldKeys(b"j" * 32, "hall", "person_name"), FieldKeys(b"k" * 32, "portal", "person_name")]
    category = FieldKeys(b"k" * 32, "hall", "address")
    by_value, by_subject = Pseudonym(), Pseudonym(by=Of.SUBJECT)
    assert len({transform_of(by_value, keys)("陈") for keys in (KEYS, *others, category)}) == 4
    of = [subject_transform_of(by_subject, keys)("陈", ZHANG) for keys in (KEYS, *others, category)]
    assert len(set(of[:3])) == 3
    assert of[3] == of[0]  # a name and a number of one person bear one sign


@pytest.mark.parametrize("keys", [KEYS])
def test_the_keys_are_neither_printed_nor_pickled(keys: FieldKeys) -> None:
    assert "k" * 32 not in repr(keys)
    with pytest.raises(TypeError):
        pickle.dumps(keys)


# -- dates of one person, moved alike


def days_between(one: str, other: str) -> int:
    return (date.fromisoformat(one) - date.fromisoformat(other)).days


@given(SHIFTS, st.dates(date(1830, 1, 1), date(2170, 1, 1)), st.integers(-4000, 4000), SUBJECTS)
def test_all_dates_of_a_subject_move_by_the_same_and_spans_stay(
    spec: Shift, day: date, span: int, subject: str
) -> None:
    make = subject_transform_of(spec, KEYS)
    moved = make(day.isoformat(), subject)
    assert 1 <= abs(days_between(moved, day.isoformat())) <= spec.days
    later = (day + timedelta(days=span)).isoformat()
    assert days_between(make(later, subject), moved) == span
    assert could_have_made(spec)(moved)


def test_every_distance_comes_and_none_is_nought() -> None:
    make = subject_transform_of(Shift(3), KEYS)
    moved = {days_between(make("2000-01-15", f"subject {number}"), "2000-01-15") for number in range(200)}
    assert moved == {-3, -2, -1, 1, 2, 3}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1985-03-12", "1985-03-13"),
        ("1985/3/2", "1985/3/3"),
        ("1985/12/31", "1986/01/01"),
        ("1985.03.31", "1985.04.01"),
        ("19850228", "19850301"),
        ("1985年3月9日", "1985年3月10日"),
        ("1985年03月12号", "1985年03月13号"),
        ("１９８５-０３-１２", "1985-03-13"),
        (" 1985-03-12 ", "1985-03-13"),
        ("1984-02-28 08:15", "1984-02-29 00:00"),
        ("1985-03-12T08:15:07.123+08:00", "1985-03-13T00:00:00.000+08:00"),
        ("1985-03-12T23:15:07Z", "1985-03-13T00:00:00Z"),
        ("", ""),
        ("1985-02-30", "***"),
        ("1985-03", "***"),
        ("1985", "***"),
        ("1985-03/12", "***"),
        ("1985312", "***"),
        ("2199-12-31", "***"),
        ("11010519850312002X", "***"),
        ("3月12日", "***"),
        ("张三", "***"),
        ("\U00020bb7", "***"),
    ],
)
def test_a_date_moved_by_one_day(value: str, expected: str) -> None:
    make = subject_transform_of(Shift(1), KEYS)
    ahead = next(name for name in "abcdefgh" if make("2000-01-15", name) == "2000-01-16")
    assert make(value, ahead) == expected


@given(st.text(max_size=30), SUBJECTS)
def test_any_text_is_moved_or_hidden(value: str, subject: str) -> None:
    moved = subject_transform_of(Shift(30), KEYS)(value, subject)
    assert moved == "***" or could_have_made(Shift(30))(moved) or not value.strip()


@given(POSITIONS, st.text(max_size=20), SUBJECTS)
def test_what_does_not_go_by_the_subject_is_the_same_for_all(spec: Spec, value: str, subject: str) -> None:
    assert subject_transform_of(spec, KEYS)(value, subject) == transform_of(spec, KEYS)(value)
    assert not needs_subject(spec)


def test_which_masks_look_like_true_values() -> None:
    assert looks_true(Shift(1))
    assert looks_true(NAMES)
    assert not any(looks_true(spec) for spec in (Pseudonym(), Digest()))


# -- digests


def sm3(data: bytes) -> bytes:
    hashed = hashes.Hash(hashes.SM3())
    hashed.update(data)
    return hashed.finalize()


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        # Source: GB/T 32905-2016, annex A.
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_the_samples_of_the_sm3_standard(message: bytes, digest: str) -> None:
    assert sm3(message).hex() == digest


@given(st.text(min_size=1, max_size=40))
def test_a_digest_with_sm3_is_hmac_over_it(value: str) -> None:
    """Source: RFC 2104, with the hash of GB/T 32905 and its block of 64 bytes."""
    key = derive_key(b"k" * 32, "field digest", "hall", "person_name", "sm3").ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in key) + value.encode())
    number = int.from_bytes(sm3(bytes(byte ^ 0x5C for byte in key) + inner)) >> 126
    expected = "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> 5 * place & 31] for place in range(26))
    assert transform_of(Digest(Hash.SM3), KEYS)(value) == expected
    assert could_have_made(Digest(Hash.SM3))(expected)
    assert transform_of(Digest(), KEYS)(value) != expected


@given(st.text(max_size=40))
def test_a_digest_with_sha_256_is_what_it_was(value: str) -> None:
    """Digests of years lie in other people's systems: they are joined by."""
    key = derive_key(b"k" * 32, "field digest", "hall", "person_name")
    number = int.from_bytes(hmac.digest(key, value.encode(), "sha256")) >> 126
    expected = "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> 5 * place & 31] for place in range(26))
    assert transform_of(Digest(), KEYS)(value) == (expected if value else "")
