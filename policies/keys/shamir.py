"""Shamir's secret sharing, byte by byte over GF(2^8).

A secret is the value at 0 of a random polynomial, and each share its value at another place. Any *threshold* shares
give the polynomial; fewer are consistent with every secret, each with as many polynomials, so they tell nothing.

Source: A. Shamir, How to share a secret, CACM 22 (1979); the field is that of AES (FIPS 197, 4.2). Tables are looked up
by secret bytes: this is for a ceremony, not for a machine that somebody else can measure.
"""

import secrets
from collections.abc import Callable, Mapping

_POLYNOMIAL = 0x11B


def _tables() -> tuple[list[int], list[int]]:
    powers, logarithms, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logarithms[value] = exponent
        doubled = value << 1
        value ^= doubled ^ _POLYNOMIAL if doubled > 0xFF else doubled  # three times itself: 3 generates the field
    return powers, logarithms


_POWERS, _LOGARITHMS = _tables()


def multiplied(one: int, other: int) -> int:
    """The product in GF(2^8)."""
    return _POWERS[_LOGARITHMS[one] + _LOGARITHMS[other]] if one and other else 0


def divided(one: int, other: int) -> int:
    """The quotient in GF(2^8). Raises ZeroDivisionError."""
    if not other:
        raise ZeroDivisionError
    return _POWERS[_LOGARITHMS[one] + 255 - _LOGARITHMS[other]] if one else 0


def split(
    secret: bytes, *, threshold: int, count: int, random: Callable[[int], bytes] = secrets.token_bytes
) -> dict[int, bytes]:
    """*count* shares of *secret* by number, from 1; any *threshold* of them restore it. *random* gives n bytes."""
    if not 1 <= threshold <= count <= 255:
        raise ValueError("a secret is shared among 1 to 255, and no more are needed than there are")
    coefficients = [secret, *(random(len(secret)) for _ in range(threshold - 1))]
    return {
        number: bytes(_value(place, number) for place in zip(*coefficients, strict=True))
        for number in range(1, count + 1)
    }


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret of which *shares* are as many as are needed. With others than those it is any bytes at all.

    Raises ValueError where they cannot be shares of one secret.
    """
    lengths = {len(share) for share in shares.values()}
    if len(lengths) != 1 or not all(0 < number < 256 for number in shares):
        raise ValueError("these are no shares of one secret")
    weights = {number: _weight(number, shares) for number in shares}
    secret = bytearray(*lengths)
    for number, share in shares.items():
        for place in range(len(secret)):
            secret[place] ^= multiplied(share[place], weights[number])
    return bytes(secret)


def _value(coefficients: tuple[int, ...], at: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = multiplied(value, at) ^ coefficient
    return value


def _weight(number: int, shares: Mapping[int, bytes]) -> int:
    """What the share *number* counts for at 0 (Lagrange)."""
    weight = 1
    for other in shares:
        if other != number:
            weight = multiplied(weight, divided(other, other ^ number))
    return weight
