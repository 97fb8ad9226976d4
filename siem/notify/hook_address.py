"""Where a webhook of others may be, and the secret that is shared with it. Whoever asks for one posts nothing yet."""

import base64
import secrets
from urllib.parse import urlsplit

from siem.notify.secret import WrongAddress, is_here

PREFIX = "whsec_"
SECRET_BYTES = 32
LONGEST_URL = 1000


def new_secret() -> str:
    """A secret to share, as Standard Webhooks spells it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_url(url: str) -> None:
    """Return if *url* may be posted to. Raises WrongAddress, without the address in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ("https", "http") or len(url) > LONGEST_URL or len(url.split()) != 1:
        raise WrongAddress("地址以 https:// 开头 / the address begins with https://")
    if parts.username or parts.password or parts.fragment:
        raise WrongAddress("地址里不写口令和 # / the address has neither a password nor a fragment")
    if parts.scheme == "http" and not is_here(host):
        raise WrongAddress("不加密的只限本机，请用 https:// / without TLS it is an address of this machine")
