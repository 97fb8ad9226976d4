import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.shamir import combine, divided, multiplied, split


def by_hand(one: int, other: int) -> int:
    """The product in GF(2^8), as FIPS 197, 4.2 defines it: slow and obvious."""
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    for bit in reversed(range(8, 15)):
        if product >> bit & 1:
            product ^= 0x11B << bit - 8
    return product


def test_the_field_is_that_of_aes() -> None:
    assert multiplied(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert multiplied(0x57, 0x13) == 0xFE  # FIPS 197, 4.2.1
    assert all(multiplied(one, other) == by_hand(one, other) for one in range(256) for other in range(256))
    assert all(divided(multiplied(one, other), other) == one for one in range(256) for other in range(1, 256))
    with pytest.raises(ZeroDivisionError):
        divided(1, 0)


def test_a_share_is_the_polynomial_at_its_number() -> None:
    shares = split(b"\x57\x00", threshold=2, count=3, random=lambda length: b"\x83\x01")
    assert shares == {number: bytes([0x57 ^ by_hand(0x83, number), number]) for number in (1, 2, 3)}


@given(st.binary(min_size=1, max_size=40), st.data())
def test_as_many_as_are_needed_restore_it_whichever_they_are(secret: bytes, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    threshold = data.draw(st.integers(1, count))
    shares = split(secret, threshold=threshold, count=count)
    for enough in range(threshold, count + 1):
        for numbers in itertools.combinations(shares, enough):
            assert combine({number: shares[number] for number in numbers}) == secret


def share_of(secret: int, chosen: int, number: int) -> int:
    return split(bytes([secret]), threshold=2, count=3, random=lambda length: bytes([chosen]))[number][0]


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("share", [0, 1, 0x53, 0xFF])
def test_one_share_is_consistent_with_every_secret_equally(number: int, share: int) -> None:
    """Over all secrets and all random choices: each secret leads to this share in exactly one way."""
    ways = [[share_of(secret, chosen, number) for chosen in range(256)].count(share) for secret in range(0, 256, 17)]
    assert set(ways) == {1}


@given(secret=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32), number=st.integers(1, 3))
def test_with_one_share_every_key_could_be_the_one(secret: bytes, other: bytes, number: int) -> None:
    """For any other key there is a second share with which this one restores that."""
    share = split(secret, threshold=2, count=3)[number]
    second = number % 3 + 1
    slope = bytes(divided(one ^ two, number) for one, two in zip(share, other, strict=True))
    made = split(other, threshold=2, count=3, random=lambda length: slope)
    assert made[number] == share
    assert combine({number: share, second: made[second]}) == other


@pytest.mark.parametrize("shares", [{}, {1: b"a", 2: b"ab"}, {0: b"a", 1: b"b"}, {1: b"a", 256: b"b"}])
def test_what_cannot_be_shares_is_refused(shares: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="no shares"):
        combine(shares)


@pytest.mark.parametrize(("threshold", "count"), [(0, 3), (4, 3), (2, 256)])
def test_what_cannot_be_shared_so_is_refused(threshold: int, count: int) -> None:
    with pytest.raises(ValueError, match="shared"):
        split(b"a", threshold=threshold, count=count)
