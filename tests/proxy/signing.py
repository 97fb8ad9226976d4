"""Requests signed as RFC 9421 says, for tests: written from the standard, not from what checks them."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from itertools import count

CALLER, KEY_ID, SALT = "batch", "K-9", "5a" * 16
"""A caller of the good policy, and the key that it signs with."""
_NUMBERS = count()


@dataclass(frozen=True, kw_only=True)
class Signing:
    """One request to be signed with *key*. What is None is left out."""

    key: bytes
    method: str = "GET"
    authority: str = "people.localhost"
    target: str = "/people"
    body: bytes = b""
    content_type: str | None = None
    created: int | None = field(default_factory=lambda: int(time.time()))
    nonce: str | None = field(default_factory=lambda: f"{secrets.token_hex(12)}-{next(_NUMBERS)}")
    key_id: str | None = KEY_ID
    algorithm: str | None = "hmac-sha256"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers to send, by lower-case name."""
        digest = f"sha-256=:{_base64(hashlib.sha256(self.body).digest())}:"
        path, mark, query = self.target.partition("?")
        parts = {
            "@method": self.method,
            "@authority": self.authority,
            "@path": path,
            "@query": mark + query or "?",
            "content-digest": digest,
        }
        if self.content_type is not None:
            parts["content-type"] = self.content_type
        said = "(" + " ".join(f'"{name}"' for name in parts) + ")" + "".join(self._parameters())
        base = "".join(f'"{name}": {value}\n' for name, value in parts.items()) + f'"@signature-params": {said}'
        mac = hmac.new(self.key, base.encode(), hashlib.sha256).digest()
        typed = (("content-type", self.content_type),) if self.content_type is not None else ()
        return (
            *typed,
            ("content-digest", digest),
            ("signature-input", f"sig={said}"),
            ("signature", f"sig=:{_base64(mac)}:"),
        )

    def _parameters(self) -> list[str]:
        texts = {"nonce": self.nonce, "keyid": self.key_id, "alg": self.algorithm}
        created = [f";created={self.created}"] if self.created is not None else []
        return [*created, *(f';{name}="{text}"' for name, text in texts.items() if text is not None)]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
