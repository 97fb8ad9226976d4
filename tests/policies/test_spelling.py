import pytest
from datasette.utils import tilde_decode, tilde_encode  # type: ignore[import-untyped]
from django.contrib.admin.utils import quote, unquote
from hypothesis import example, given
from hypothesis import strategies as st

from policies.spelling import Spelling, read, spelled

KEYS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(KEYS, st.sampled_from(Spelling))
@example("陈/杰", Spelling.TILDE)
@example("%2F~2F_2F+ ", Spelling.TILDE)
@example("a_2Fb", Spelling.UNDERSCORE)
def test_what_is_spelled_is_read(key: str, spelling: Spelling) -> None:
    assert read(spelled(key, spelling), spelling) == key


@given(KEYS)
@example('":/_#?;@&=+$,"[]<>%\n\\')
@example("x~y.z é 11010519491231002X")
def test_it_is_spelled_as_the_applications_do(key: str) -> None:
    assert spelled(key, Spelling.TILDE) == tilde_encode(key)
    assert read(tilde_encode(key), Spelling.TILDE) == tilde_decode(tilde_encode(key)) == key
    assert spelled(key, Spelling.UNDERSCORE) == quote(key)
    assert read(quote(key), Spelling.UNDERSCORE) == unquote(quote(key)) == key


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("a,b", Spelling.TILDE),  # two keys
        ("a~2", Spelling.TILDE),
        ("a~2f", Spelling.TILDE),
        ("a~41", Spelling.TILDE),
        ("~FF", Spelling.TILDE),
        ("a%2Fb", Spelling.TILDE),
        ("a b", Spelling.TILDE),
        ("a/b", Spelling.UNDERSCORE),
        ("a_2fb", Spelling.UNDERSCORE),
        ("a_41", Spelling.UNDERSCORE),
        ("a_", Spelling.UNDERSCORE),
    ],
)
def test_what_no_key_is_spelled_like_is_none(written: str, spelling: Spelling) -> None:
    with pytest.raises(ValueError, match="spelled"):
        read(written, spelling)
