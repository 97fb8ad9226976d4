"""FF1, a cipher whose result is written in the letters of what it encrypts. Source: NIST SP 800-38G, 5.1.

FF3 is not here: it was broken, and NIST withdrew it.
"""

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

FEWEST_POSSIBILITIES = 1_000_000
"""Fewer could be tried one by one. Source: SP 800-38G revision 1, 4.3."""
LONGEST = 256
"""Letters of one value. The standard allows more; nothing that is one value has more."""
_ROUNDS = 10
_BLOCK = 16


class Ff1:
    """FF1 over numerals from 0 to *radix* - 1, under an AES *key* of 16, 24 or 32 bytes."""

    def __init__(self, key: bytes, radix: int) -> None:
        if not 2 <= radix <= 2**16:
            raise ValueError("a radix is from 2 to 65536")
        self.radix = radix
        # FF1 is made of single blocks (CIPH in the standard), and for one block this mode is the cipher itself.
        self._block = Cipher(AES(key), ECB()).encryptor().update  # noqa: S305

    def fits(self, length: int) -> bool:
        """Whether so many numerals have possibilities enough, and are not too many."""
        return 2 <= length <= LONGEST and self.radix**length >= FEWEST_POSSIBILITIES

    def encrypt(self, numerals: Sequence[int], tweak: bytes = b"") -> list[int]:
        """What *numerals* become under *tweak*. Raises ValueError where they do not fit."""
        return self._run(numerals, tweak, range(_ROUNDS), 1)

    def decrypt(self, numerals: Sequence[int], tweak: bytes = b"") -> list[int]:
        """What `encrypt` has made *numerals* of. Raises ValueError where they do not fit."""
        return self._run(numerals, tweak, range(_ROUNDS - 1, -1, -1), -1)

    def _run(self, numerals: Sequence[int], tweak: bytes, rounds: range, sign: int) -> list[int]:
        radix, length = self.radix, len(numerals)
        if not self.fits(length):
            raise ValueError("too few possibilities, or too many letters")
        left = length // 2
        right = length - left
        sizes = radix**left, radix**right
        width = -(-(sizes[1] - 1).bit_length() // 8)  # bytes of the longer half
        wanted = 4 * -(-width // 4) + 4
        head = b"\1\2\1" + radix.to_bytes(3) + bytes((10, left & 255)) + length.to_bytes(4) + len(tweak).to_bytes(4)
        begun = self._block(head)
        padded = tweak + bytes(-(len(tweak) + width + 1) % _BLOCK)
        # In even rounds the first half takes the round's result, in odd ones the second.
        halves = [_number(numerals[:left], radix), _number(numerals[left:], radix)]
        for number in rounds:
            changed, other = number & 1, 1 - (number & 1)
            mixed = self._mixed(begun, padded + bytes((number,)) + halves[other].to_bytes(width), wanted)
            halves[changed] = (halves[changed] + sign * mixed) % sizes[changed]
        return _numerals(halves[0], left, radix) + _numerals(halves[1], right, radix)

    def _mixed(self, state: bytes, data: bytes, wanted: int) -> int:
        for place in range(0, len(data), _BLOCK):
            state = self._block(_xor(state, data[place : place + _BLOCK]))
        out = state
        for counter in range(1, -(-wanted // _BLOCK)):
            out += self._block(_xor(state, counter.to_bytes(_BLOCK)))
        return int.from_bytes(out[:wanted])

    def __reduce__(self) -> str:
        raise TypeError("a cipher holds a key and is not pickled")


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(_BLOCK)


def _number(numerals: Sequence[int], radix: int) -> int:
    number = 0
    for numeral in numerals:
        number = number * radix + numeral
    return number


def _numerals(number: int, length: int, radix: int) -> list[int]:
    made = [0] * length
    for place in range(length - 1, -1, -1):
        number, made[place] = divmod(number, radix)
    return made
