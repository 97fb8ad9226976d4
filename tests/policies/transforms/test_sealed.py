import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import BadToken, DataKey, DataKeys
from policies.keys.rewrap import Counts, Rewrap
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import could_have_made, opener_of, transform_of
from policies.transforms.sealed import TOKEN, stored_tokens
from policies.transforms.spec import Encrypt, EncryptWith, Redact, Token, form_of

OLD, NEW = DataKey("0000000a", b"a" * 32), DataKey("0000000b", b"b" * 32)
BEFORE, AFTER = DataKeys(OLD.id, {OLD.id: OLD}), DataKeys(NEW.id, {OLD.id: OLD, NEW.id: NEW})
type Spec = Token | Encrypt
SPECS: list[Spec] = [Token(), Encrypt(EncryptWith.AES), Encrypt(EncryptWith.SM4)]


def keys(data: DataKeys | None = BEFORE, system: str = "hall", category: str = "mobile") -> FieldKeys:
    return FieldKeys(b"k" * 32, system, category, data)


@given(st.sampled_from(SPECS), st.text(max_size=40))
def test_a_token_opens_for_who_was_shown_it(spec: Spec, value: str) -> None:
    shown, opened = transform_of(spec, keys()), opener_of(spec, keys())
    assert opened is not None
    token = shown(value)
    assert opened(token) == opened(f" {token} ".replace("  ", "")) == value
    assert (shown(value) == token) == (isinstance(spec, Token) or not value)
    if value:
        assert value not in token or len(value) < 4
        assert TOKEN.fullmatch(token)
        assert could_have_made(spec)(token)
        assert len(token) == len(shown(value))


@pytest.mark.parametrize("spec", SPECS)
def test_a_token_opens_nowhere_else(spec: Spec) -> None:
    token = transform_of(spec, keys())("13800138000")
    for other in (keys(system="portal"), keys(category="name"), keys(DataKeys(NEW.id, {NEW.id: NEW}))):
        opened = opener_of(spec, other)
        assert opened is not None
        with pytest.raises(BadToken) as refused:
            opened(token)
        assert str(refused.value) == ""
    for other_spec in SPECS:
        opened = opener_of(other_spec, keys())
        assert opened is not None
        if other_spec != spec:
            with pytest.raises(BadToken):
                opened(token)
    with pytest.raises(BadToken):
        stored_tokens(spec, keys(), "person.mobile").open(token)


@pytest.mark.parametrize("spec", SPECS)
def test_what_an_old_key_made_opens_until_it_is_revoked(spec: Spec) -> None:
    token = transform_of(spec, keys(BEFORE))("张三")
    after, opened = transform_of(spec, keys(AFTER)), opener_of(spec, keys(AFTER))
    assert opened is not None
    assert opened(token) == opened(after("张三")) == "张三"
    assert after("张三").split(".")[1] == NEW.id


def test_lengths_tell_little() -> None:
    shown = transform_of(Token(), keys())
    assert len({len(shown("张" * length)) for length in range(1, 6)}) == 1


def test_what_is_no_token_is_a_new_value_and_without_keys_there_is_none() -> None:
    opened = opener_of(Token(), keys())
    assert opened is not None
    assert opened("13800138000") == "13800138000"
    assert opener_of(Redact(), keys()) is None
    assert opener_of(Token(), keys(None)) is None
    assert transform_of(Token(), keys(None))("13800138000") == "***"
    with pytest.raises(ValueError, match="data keys"):
        stored_tokens(Token(), keys(None), "person.mobile")


@pytest.mark.parametrize("spec", SPECS)
def test_a_stored_value_belongs_to_its_field(spec: Spec) -> None:
    of_mobile = stored_tokens(spec, keys(), "person.mobile")
    stored = of_mobile.make("13800138000")
    assert of_mobile.open(stored) == "13800138000"
    assert of_mobile.make("") == of_mobile.open("") == ""
    for elsewhere in (
        stored_tokens(spec, keys(), "person.name"),
        stored_tokens(spec, keys(system="x"), "person.mobile"),
    ):
        with pytest.raises(BadToken):
            elsewhere.open(stored)
    with pytest.raises(BadToken):
        of_mobile.open("13800138000")


def test_what_they_still_say() -> None:
    assert [form_of(spec) for spec in SPECS] == ["pseudonymous", "none", "none"]


@pytest.mark.parametrize("spec", SPECS)
def test_what_a_system_stores_is_rewrapped_in_its_exported_rows(spec: Spec) -> None:
    """After that equal values are found again: the current key makes what is searched for."""
    old, new = stored_tokens(spec, keys(BEFORE), "person.mobile"), stored_tokens(spec, keys(AFTER), "person.mobile")
    counts = Counts()
    row = Rewrap(AFTER, "hall", {}, "person", counts, {"person.mobile"}).row
    stored = old.make("13800138000")
    again = row(f"7,{stored}\r\n".encode(), [("7", "id"), (stored, "mobile")]).decode().strip().split(",")[1]
    assert new.open(again) == "13800138000"
    assert (again == new.make("13800138000")) == isinstance(spec, Token)
    assert (counts.made_anew, counts.failed) == (1, 0)
