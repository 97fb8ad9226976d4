"""What reads like a token or a handle of ours, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import DataKey, DataKeys
from policies.transforms.handle import Handles
from policies.transforms.keyed import FieldKeys
from policies.transforms.ours import OurTokens
from policies.transforms.sealed import shown_tokens
from policies.transforms.spec import Encrypt, EncryptWith, Token
from tests.policies.compiled import DATA_KEYS

OTHER_KEYS = DataKeys("77777777", {"77777777": DataKey("77777777", b"o" * 32)})
OURS = OurTokens(DATA_KEYS)
SPECS = (Token(), Encrypt(EncryptWith.AES), Encrypt(EncryptWith.SM4))
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
WAYS = {
    "as it is": "{}",
    "within a text": "见 {}，谢谢",
    "behind a letter": "x{}y",
    "behind a colon": "住址:{}",
}
texts = st.text(min_size=1, max_size=30)


def shown(value: str, keys: DataKeys) -> list[str]:
    fields = FieldKeys(b"", "people", "address", keys)
    handle = Handles(keys, "people").of("wu", 1_800_000_000).handle(value, "key", "resident")
    return [handle, *(shown_tokens(spec, fields).make(value) for spec in SPECS)]


@pytest.mark.parametrize("keys", [DATA_KEYS, OTHER_KEYS], ids=["of this system", "of another"])
@pytest.mark.parametrize("way", WAYS)
@given(value=texts)
def test_what_was_shown_is_known_in_any_case_and_width(way: str, keys: DataKeys, value: str) -> None:
    for token in shown(value, keys):
        for written in (token, token.upper(), token.translate(FULL_WIDTH), "\u200b".join(token), token + "\u0301"):
            assert OURS.stand_in(WAYS[way].format(written))


@given(texts, st.data())
def test_what_was_cut_or_altered_is_known_by_the_key_that_it_names(value: str, data: st.DataObject) -> None:
    handle, *tokens = shown(value, DATA_KEYS)
    for token in tokens:
        assert OURS.stand_in(token[: data.draw(st.integers(len("d1.0a1b2c3d"), len(token)))])
        assert OURS.stand_in(token[data.draw(st.integers(0, len("d1."))) :])
        assert OURS.stand_in(f"z9{token[2:]}")
        place = data.draw(st.integers(0, len(token)))
        assert OURS.stand_in(f"{token[:place]}\r\n {token[place:]}")
    assert OURS.stand_in(handle[: data.draw(st.integers(len("yb~AQobLD"), len(handle)))])


NOT_OURS = {
    "a version": "v1.deadbeef.js",
    "a host": "d1.deadbeef.example.org",
    "a hash in a file's name": "/static/app-d1.3f6a9c02.js",
    "what is too short of another key": "d1.77777777.kYx",
    "words": "see s1. Deadbeef. Something long without any stop follows here",
    "a JSON Web Token": f"eyJhbGciOiJIUzI1NiJ9.{'a' * 40}.{'b' * 43}",
    "an amount": "0.12",
    "the id of a key alone": "0a1b2c3d",
    "a sentence": "陈杰涛，住文三路1号。~",
    "a Git commit": "3f6a9c02e1d4f5a6b7c8d9e0f1a2b3c4d5e6f708",
}


@pytest.mark.parametrize("case", NOT_OURS)
def test_what_was_never_ours_is_left_alone(case: str) -> None:
    assert not OURS.stand_in(NOT_OURS[case])


@given(st.text(max_size=200))
def test_no_text_reads_like_one_by_chance(text: str) -> None:
    assert not OURS.stand_in(text)
