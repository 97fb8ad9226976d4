"""Signs what is sent to a bot of Feishu that is set to take nothing without a signature.

Source: Feishu Open Platform, "Custom bot usage guide", on signature verification: HMAC-SHA256 over nothing, under the
time in seconds, a line feed and the secret; a signature counts for an hour.
"""

import base64
import hmac
import json
from datetime import datetime


def signed(body: bytes, secret: str, at: datetime) -> bytes:
    """The JSON object *body* with the time *at* and the signature under *secret*. Raises ValueError for another."""
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("what is signed is a JSON object")
    stamp = str(int(at.timestamp()))
    made = hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")
    told = {"timestamp": stamp, "sign": base64.b64encode(made).decode(), **said}
    return json.dumps(told, ensure_ascii=False).encode()
