"""FF1, a cipher whose result is written in the letters of what it encrypts. Source: NIST SP 800-38G, 5.1.

FF3 is not here: it was broken, and NIST withdrew it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

FEWEST_POSSIBILITIES = 1_000_000
"""Fewer could be tried one by one. Source: SP 800-38G revision 1, 4.3."""
LONGEST = 256
"""Letters of one value. The standard allows more; nothing that is one value has more."""
_ROUNDS = 10
_BLOCK = 16
_ALL_BITS = (1 << 8 * _BLOCK) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What is the same for all values of a length, with tweaks of a length."""

    left: int
    """Numerals of the first half."""
    right: int
    sizes: tuple[int, int]
    """How many values each half may have."""
    width: int
    """Bytes of the longer half."""
    begun: int
    """The cipher of the block that says all this."""
    first: int
    """How many bytes stand before the blocks that change with the round: they hold nothing but the tweak and zeros."""
    pad: int
    """How many zeros stand behind the tweak."""
    shifts: tuple[int, ...]
    """How many bits stand behind each of the blocks that change."""
    more: int
    """How many blocks the result of a round takes beyond the first."""
    unwanted: int
    """How many bits at the end of these belong to no result."""


class Ff1:
    """FF1 over numerals from 0 to *radix* - 1, under an AES *key* of 16, 24 or 32 bytes."""

    def __init__(self, key: bytes, radix: int) -> None:
        if not 2 <= radix <= 2**16:
            raise ValueError("a radix is from 2 to 65536")
        self.radix = radix
        # FF1 is made of single blocks (CIPH in the standard), and for one block this mode is the cipher itself.
        self._block = Cipher(AES(key), ECB()).encryptor().update  # noqa: S305
        self._form = lru_cache(maxsize=64)(self._form_of)

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
        form = self._form(len(numerals), len(tweak))
        cipher, radix, left, width = self._cipher, self.radix, form.left, form.width
        # All but the last blocks are the same in each round.
        state, kept = form.begun, tweak[: form.first]
        for place in range(0, form.first, _BLOCK):
            state = cipher(state ^ int.from_bytes(kept[place : place + _BLOCK].ljust(_BLOCK, b"\0")))
        rest = int.from_bytes(tweak[form.first :]) << 8 * (form.pad + 1 + width)
        # In even rounds the first half takes the round's result, in odd ones the second.
        halves = [_number(numerals[:left], radix), _number(numerals[left:], radix)]
        for number in rounds:
            changed, other = number & 1, 1 - (number & 1)
            data = rest | number << 8 * width | halves[other]
            mixed = state
            for shift in form.shifts:
                mixed = cipher(mixed ^ (data >> shift & _ALL_BITS))
            if form.more:
                mixed = self._longer(mixed, form.more)
            halves[changed] = (halves[changed] + sign * (mixed >> form.unwanted)) % form.sizes[changed]
        return _numerals(halves[0], left, radix) + _numerals(halves[1], form.right, radix)

    def _cipher(self, block: int) -> int:
        return int.from_bytes(self._block(block.to_bytes(_BLOCK)))

    def _longer(self, state: int, more: int) -> int:
        """*state* with so many blocks *more* behind it."""
        out = state
        for counter in range(1, more + 1):
            out = out << 8 * _BLOCK | self._cipher(state ^ counter)
        return out

    def _form_of(self, length: int, tweak_length: int) -> _Form:
        if not self.fits(length):
            raise ValueError("too few possibilities, or too many letters")
        left = length // 2
        right = length - left
        sizes = self.radix**left, self.radix**right
        width = -(-(sizes[1] - 1).bit_length() // 8)
        wanted = 4 * -(-width // 4) + 4
        blocks = -(-wanted // _BLOCK)
        head = b"\1\2\1" + self.radix.to_bytes(3) + bytes((10, left & 255))
        last = -(-(width + 1) // _BLOCK)  # blocks that hold something of the round
        pad = -(tweak_length + width + 1) % _BLOCK
        return _Form(
            left=left,
            right=right,
            sizes=sizes,
            width=width,
            begun=self._cipher(int.from_bytes(head + length.to_bytes(4) + tweak_length.to_bytes(4))),
            first=tweak_length + pad + 1 + width - last * _BLOCK,
            pad=pad,
            shifts=tuple(8 * _BLOCK * place for place in range(last - 1, -1, -1)),
            more=blocks - 1,
            unwanted=8 * (blocks * _BLOCK - wanted),
        )

    def __reduce__(self) -> str:
        raise TypeError("a cipher holds a key and is not pickled")


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
