"""How passwords are hashed and which are good enough."""

import base64
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from incident.ids import NotPermitted

SHORTEST, LONGEST = 12, 256
"""Characters."""
AT_ONCE = 2
"""Hashing one takes 64 MiB and a processor: strangers who try many must not take the whole machine."""
PATIENCE_S = 10


class Passwords:
    """Hashes and verifies with argon2id. Verifying takes as long where there is no hash to verify against."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = hash_of_nothing(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to be stored. Raises NotPermitted where too many are being hashed."""
        with self._turn():
            return self._hasher.hash(_bytes(password))

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether *password* is the one that was hashed as *stored*; never, where that is None."""
        with self._turn():
            try:
                self._hasher.verify(stored or self._nobody, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether *stored* was made with other parameters than those of now."""
        return self._hasher.check_needs_rehash(stored)

    def _turn(self) -> "_Turn":
        return _Turn(self._free)


class _Turn:
    """Waits for a place among those who hash, and no longer than a person would."""

    def __init__(self, free: threading.BoundedSemaphore) -> None:
        self._free = free

    def __enter__(self) -> None:
        if not self._free.acquire(timeout=PATIENCE_S):
            raise NotPermitted("登录人数过多，请稍后再试", "too many people are signing in: try again in a moment")

    def __exit__(self, *_: object) -> None:
        self._free.release()


def check_new(password: str, name: str) -> None:
    """Return if *password* will do for the account *name*. Raises NotPermitted that says what to do otherwise."""
    normal = _normal(password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise NotPermitted(
            f"密码须为 {SHORTEST} 至 {LONGEST} 个字符，可以是一句话",
            f"a password has {SHORTEST} to {LONGEST} characters; a sentence will do",
        )
    if len(set(normal)) < SHORTEST // 2:
        raise NotPermitted("密码中不同的字符太少", "a password needs more different characters")
    if name.casefold() in normal.casefold():
        raise NotPermitted("密码不能包含账号名", "a password must not hold the name of the account")


def hash_of_nothing(hasher: PasswordHasher) -> str:
    """What takes as long to verify against as a hash by *hasher*, at once: nobody knows a password that fits it."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, made = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${made}"


def _bytes(password: str) -> bytes:
    return _normal(password)[: LONGEST + 1].encode("utf-8", "surrogatepass")


def _normal(password: str) -> str:
    """One spelling, whatever the keyboard. Source: NIST SP 800-63B (NFKC)."""
    return unicodedata.normalize("NFKC", password)
