"""Webhooks of others, who can tell by a signature that it was us. The body is the same octets at each attempt.

Source: Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature`, HMAC-SHA256).
"""

import base64
import binascii
import hashlib
import hmac
from http import HTTPStatus

import requests

from siem.notify.delivery import Outcome
from siem.notify.hook_address import PREFIX, check_url
from siem.notify.secret import Secret
from siem.notify.wire import WatchedSession, seconds_in, trouble_of

TIMEOUT_S = 10.0
_LASTING = range(400, 500)
_NOT_LASTING = (401, 403, 404, 408, 429)
"""About the address or the moment, and not about what was sent."""


def signature_of(secret: str, key: str, at: int, body: bytes) -> str:
    """What proves that *body* is ours and of that second. Raises ValueError where *secret* is none."""
    try:
        shared = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("not a secret of a webhook") from None
    made = hmac.new(shared, b"%s.%d.%s" % (key.encode(), at, body), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


class Webhook:
    """One place of somebody else. Follows no redirection and keeps nothing of what is answered but the status."""

    def __init__(self, url: Secret, secret: Secret) -> None:
        """Raises WrongAddress."""
        check_url(url.reveal())
        self._url = url
        self._secret = secret

    def post(self, body: bytes, key: str, at: int) -> Outcome:
        """What becomes of *body*, sent under *key* at the second *at*."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Yingbi",
            "webhook-id": key,
            "webhook-timestamp": str(at),
            "webhook-signature": signature_of(self._secret.reveal(), key, at, body),
        }
        try:
            with (
                WatchedSession() as session,
                session.post(self._url.reveal(), body, headers=headers, timeout=TIMEOUT_S, stream=True) as answer,
            ):
                status, wait_s = answer.status_code, seconds_in(answer.headers.get("Retry-After", ""))
        except requests.RequestException as error:
            return Outcome(delivered=False, result=trouble_of(error))
        lasting = status in _LASTING and status not in _NOT_LASTING
        return Outcome(
            delivered=HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES,
            result=f"HTTP {status}",
            refused=lasting,
            retry_after_s=wait_s,
        )
