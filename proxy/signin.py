"""The gateway's own pages, where a person signs in with a credential and out again.

A browser cannot send a header of ours, so the credential becomes a cookie that only this host gets and no script reads.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from proxy.identity.caller import COOKIE, LONGEST_TOKEN, BadCredential
from proxy.message import Request
from proxy.system import System

PREFIX = "/.yingbi/"
SIGN_IN = PREFIX + "sign-in"
SIGN_OUT = PREFIX + "sign-out"
JWKS = PREFIX + "jwks.json"
"""By which systems behind check what the gateway tells them of who asks: see `identity_header.py`."""

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>登录 · {system}</title>
<style>
body {{ margin: 0; font: 1.125rem/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }}
body {{ color: #1b1f24; background: #f5f6f8 }}
main {{ max-width: 30rem; margin: 3rem auto; padding: 2rem; background: #fff; border-top: .4rem solid #0b4a8f }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem }}
label, p {{ display: block; margin: 0 0 .5rem }}
input {{ box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #59616b }}
button {{ margin-top: 1rem; padding: .6rem 1.5rem; font: inherit; color: #fff; background: #0b4a8f; border: 0 }}
.wrong {{ color: #a4161a; font-weight: bold }}
.en {{ color: #4a5058; font-size: 1rem }}
</style>
</head>
<body>
<main>
<h1>登录 {system}</h1>
{wrong}<form method="post" action="{action}" autocomplete="off">
<label for="credential">访问凭证 <span class="en" lang="en">Credential</span></label>
<input id="credential" name="credential" type="password" required autofocus>
<button>登录 Sign in</button>
</form>
</main>
</body>
</html>
"""
_WRONG = '<p class="wrong" role="alert">凭证无效或已过期 / The credential is not valid, or no longer</p>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What the gateway itself answers."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    reason: str = ""
    """One of `reasons.REASONS` where what was asked for was refused."""


def answer(request: Request, body: bytes, system: System, now: float, jwks: Callable[[], bytes]) -> OwnAnswer | None:
    """The answer to a request under `PREFIX` at the POSIX time *now*; None where there is no such page.

    *jwks* gives the document with the gateway's own keys.
    """
    title = f"{system.program.title_zh} {system.program.title_en}"
    match request.method, request.path:
        case "GET", path if path == SIGN_IN:
            return _page(title, 200)
        case "GET", path if path == JWKS:
            return OwnAnswer(status=200, headers=((b"content-type", b"application/jwk-set+json"),), body=jwks())
        case "POST", path if path == SIGN_IN:
            credential = _credential_in(body) if _is_from_here(request) else ""
            try:
                if not credential or len(credential) > LONGEST_TOKEN:
                    raise BadCredential
                system.identity.caller(credential, now)
            except BadCredential:
                return _page(title, 401, wrong=True)
            return _redirect("/", f"{COOKIE}={credential}; Path=/; Secure; HttpOnly; SameSite=Lax")
        case (("GET" | "POST"), path) if path == SIGN_OUT:
            return _redirect(SIGN_IN, f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        case _:
            return None


def _credential_in(body: bytes) -> str:
    values = parse_qs(body.decode("ascii", "replace")).get("credential", [])
    return values[0].strip() if len(values) == 1 and values[0].isascii() and ";" not in values[0] else ""


def _is_from_here(request: Request) -> bool:
    """Whether the form was ours: nobody is signed in by a page of somebody else's."""
    origins = request.headers.get("origin", [])
    return not origins or origins == [f"https://{request.authority}"]


def _page(title: str, status: int, *, wrong: bool = False) -> OwnAnswer:
    body = _PAGE.format(system=html.escape(title), wrong=_WRONG if wrong else "", action=SIGN_IN).encode()
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
        (b"x-frame-options", b"DENY"),
    )
    return OwnAnswer(status=status, headers=headers, body=body, reason="bad_credential" if wrong else "")


def _redirect(location: str, cookie: str) -> OwnAnswer:
    return OwnAnswer(status=303, headers=((b"location", location.encode()), (b"set-cookie", cookie.encode())))
