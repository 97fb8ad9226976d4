"""A new key for a caller, and the lines of `callers.yaml` by which it counts."""

import base64
import secrets
from pathlib import Path

from policies.keys.key_files import read_secret
from policies.keys.signing_key import signing_key
from proxy.identity.caller import KEY_PREFIX, hash_key
from yingbi.home import Home

KEY_BYTES, SALT_BYTES = 24, 16


def new_api_key(key_id: str, until: str) -> tuple[str, list[str]]:
    """A key that is shown as it is, and its lines."""
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    return key, _lines(key_id, "sha256", hash_key(key), until)


def new_signing_key(root: Path, caller: str, key_id: str, until: str) -> tuple[str, list[str]]:
    """A key of *caller* to sign requests with, in base64, and its lines.

    Raises OSError or ValueError where the secret of the installation at *root* cannot be read.
    """
    salt = secrets.token_hex(SALT_BYTES)
    key = signing_key(read_secret(Home(root).private_key("fields")), caller, key_id, salt)
    return base64.b64encode(key).decode(), _lines(key_id, "hmac", salt, until)


def _lines(key_id: str, kind: str, value: str, until: str) -> list[str]:
    return [f"      - id: {key_id}", f'        {kind}: "{value}"', f"        until: {until}"]
