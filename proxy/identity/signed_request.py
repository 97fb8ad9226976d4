"""Signed requests as credentials: HTTP Message Signatures (RFC 9421) with `hmac-sha256`, in one small profile.

A signature covers what is asked, whole, and covers nothing else, so that there is nothing to choose and nothing to
leave out: `@method`, `@authority`, `@path`, `@query`, `content-digest`, and `content-type` where there is one. It says
when it was made, and a nonce; that neither counts twice is seen to by `nonces.py`.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from policies.keys.signing_key import signing_key
from policies.program import Program
from proxy.identity.api_keys import caller_of
from proxy.identity.caller import BadCredential, Caller
from proxy.message import Headers, Request

WINDOW_S = 60
"""How far the clock of who signs may differ from ours, either way."""
SHOWN_IN = frozenset({"signature", "signature-input"})
"""A request with either of these headers is signed, or badly signed: it is never one without a credential."""

_LABEL = r"([a-z][a-z0-9_.*-]{0,31})"
_PARAMETER = r';(created)=([0-9]{1,12})|;(nonce|keyid|alg)="([^"\\]{0,128})"'
_INPUT = re.compile(rf"{_LABEL}=(\(([^()]*)\)(.*))", re.DOTALL)
_EACH = re.compile(_PARAMETER)
_ALL = re.compile(f"(?:{_PARAMETER})*")
_SIGNATURE = re.compile(rf"{_LABEL}=:([A-Za-z0-9+/]{{43}}=):")
_NONCE = re.compile(r"[A-Za-z0-9+/=_-]{16,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What a request says of its signature, and what is signed; its content is what the signed digest says."""

    key_id: str
    created: int
    """POSIX time in seconds."""
    nonce: str
    base: bytes
    """What the signature is made of. Source: RFC 9421, 2.5."""
    mac: str
    """The signature, in base64 as it came: it has one spelling."""


class Signatures:
    """The signatures that one system takes. *secret* is the installation's."""

    def __init__(self, program: Program, secret: bytes) -> None:
        self._keys = {
            rule.id: (rule.until, signing_key(secret, rule.caller, rule.id, rule.hmac), caller_of(rule))
            for rule in program.keys
            if rule.hmac
        }

    def caller(self, signed: SignedRequest, now: float) -> Caller:
        """Who has signed, at the POSIX time *now*. Raises BadCredential."""
        if abs(now - signed.created) > WINDOW_S:
            raise BadCredential
        return self.signer(signed, now)

    def signer(self, signed: SignedRequest, now: float) -> Caller:
        """Whose key has signed, long ago or not, which counts at the POSIX time *now*. Raises BadCredential."""
        until, key, caller = self._keys.get(signed.key_id, (0.0, b"", None))
        if caller is None or now >= until:
            raise BadCredential
        mac = base64.b64encode(hmac.digest(key, signed.base, "sha256")).decode()
        if not hmac.compare_digest(mac, signed.mac):
            raise BadCredential
        return caller


def signed_request_in(request: Request, target: str, body: bytes) -> SignedRequest:
    """The signature of *request*, whose *target* and *body* are as they came. Raises BadCredential."""
    said, shown = (_INPUT.fullmatch(_only(request.headers, "signature-input")), _only(request.headers, "signature"))
    signature = _SIGNATURE.fullmatch(shown)
    if said is None or signature is None or said[1] != signature[1]:
        raise BadCredential
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if _only(request.headers, "content-digest") != f"sha-256=:{digest}:":
        raise BadCredential
    covered = _covered(request, target)
    if said[3].split(" ") != [f'"{name}"' for name in covered]:
        raise BadCredential
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    key_id, created, nonce = _parameters(said[4])
    return SignedRequest(
        key_id=key_id,
        created=created,
        nonce=nonce,
        base="\n".join([*lines, f'"@signature-params": {said[2]}']).encode("utf-8", "surrogateescape"),
        mac=signature[2],
    )


def _covered(request: Request, target: str) -> dict[str, str]:
    """What a signature covers, in order. Source: RFC 9421, 2.1 and 2.2."""
    path, _, query = target.partition("?")
    covered = {
        "@method": request.method,
        "@authority": request.authority.lower().removesuffix(":443"),
        "@path": path,
        "@query": f"?{query}",
        "content-digest": _only(request.headers, "content-digest"),
    }
    if "content-type" in request.headers:
        covered["content-type"] = _only(request.headers, "content-type")
    return covered


def _parameters(written: str) -> tuple[str, int, str]:
    """Key id, time and nonce among the parameters of a signature. Raises BadCredential."""
    pairs = [(number or text, made or said) for number, made, text, said in _EACH.findall(written)]
    said = dict(pairs)
    if not _ALL.fullmatch(written) or len(said) != len(pairs) or not {"created", "nonce", "keyid"} <= said.keys():
        raise BadCredential
    if said.get("alg", "hmac-sha256") != "hmac-sha256" or not _NONCE.fullmatch(said["nonce"]):
        raise BadCredential
    return said["keyid"], int(said["created"]), said["nonce"]


def _only(headers: Headers, name: str) -> str:
    """The value of the header *name*. Raises BadCredential where there is not exactly one."""
    values = headers.get(name, [])
    if len(values) != 1:
        raise BadCredential
    return values[0].strip(" \t")
