"""Bytes that one process writes for itself or for others of its installation, and nobody else can make."""

import hmac


def authenticated(body: bytes, key: bytes, label: bytes) -> bytes:
    """*body* with its code; `checked` takes it back with the same *key* and *label* only."""
    return hmac.digest(key, label + body, "sha256").hex().encode() + b"\n" + body


def checked(data: bytes, key: bytes, label: bytes) -> bytes:
    """The body in *data*. Raises ValueError where it is not what was written."""
    told, _, body = data.partition(b"\n")
    if not hmac.compare_digest(told, hmac.digest(key, label + body, "sha256").hex().encode()):
        raise ValueError("not what this installation has written")
    return body
