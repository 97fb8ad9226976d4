"""The keys that callers sign requests with: made from the installation's secret, so that none is kept anywhere.

A policy holds only a salt. With another salt, another caller or another id it is another key.
"""

import re

from policies.keys.data_keys import derive_key

SALT = re.compile(r"[0-9a-f]{32}")
"""What stands in a policy: 16 random bytes in lower-case hex."""


def signing_key(secret: bytes, caller: str, key_id: str, salt: str) -> bytes:
    """The 32 bytes that *caller* signs with by the key *key_id*, from the installation's *secret*."""
    return derive_key(secret, "request signature", caller, key_id, salt)
