"""Which spellings of an identifier are one person's and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.digest import Digester, canonical, is_exact

ID_NO = "11010519491231002X"


@pytest.mark.parametrize(
    "identifier",
    [
        ID_NO,
        "110105-19491231-002x",
        " 110105194912310 02X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105491231002",
        "110105 491231 002",
        "13800138000",
        "+8613800138000",
        "0086 138-0013-8000",
        "138 0013 8000",
        "123",
        "LI",
        "张三丰",
    ],
)
def test_recognised_numbers_and_canonical_identifiers_are_exact(identifier: str) -> None:
    assert is_exact(identifier)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "-",
        "1-23",
        "12-3",
        " 123",
        "１２３",
        "li",
        "l-i",
        "8613800138000",
        "1-3800138000",
        "138\u200b00138000",
        "110105-19491231-0025",
    ],
)
def test_what_the_canonical_form_alters_is_not(identifier: str) -> None:
    assert not is_exact(identifier)


@given(st.text("0123-Aa \u200bＡ", max_size=5), st.text("0123-Aa \u200bＡ", max_size=5))
def test_two_exact_identifiers_with_one_canonical_form_are_one(one: str, other: str) -> None:
    if is_exact(one) and is_exact(other) and canonical(one) == canonical(other):
        assert one == other


@given(st.text("0123456789Xxa -１Ａ", min_size=15, max_size=20))
def test_a_digest_is_that_of_the_canonical_form(identifier: str) -> None:
    digester = Digester("e", bytes(32))
    spelled = canonical(identifier)
    assert spelled == canonical(spelled) == canonical(f" {identifier}-")
    assert digester(identifier) == digester(spelled) == digester.each((f" {identifier}-",))[0]
