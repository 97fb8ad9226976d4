"""Reads whose signed tokens are credentials of a system, and where the keys are that check them."""

import re

from policies.parse.grants import ATTRIBUTE
from policies.parse.section import Section
from policies.policy import MOST_ATTRIBUTES
from policies.policy_callers import JwtIssuer, KeySource
from policies.policy_kinds import Kind

KEYS_FROM = ("keys", "discovery", "jwks_uri")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.\[\]:-]{1,200}(/[!-~]{0,400})?")
SKEW_S, MOST_SKEW_S = 30, 300


def parse_issuer(section: Section) -> JwtIssuer | None:
    """The issuer that *section* declares; None where it cannot be read."""
    issuer, audience = section.text("issuer"), section.text("audience")
    keys, source = _keys_of(section)
    posts_claim = section.text("posts_claim", required=False) or "posts"
    attribute_claims = section.texts("attribute_claims", required=False, fits=ATTRIBUTE)
    if len(attribute_claims) > MOST_ATTRIBUTES:
        message = f"`attribute_claims` names more than {MOST_ATTRIBUTES} claims"
        about = f"`attribute_claims` 最多 {MOST_ATTRIBUTES} 项"
        section.find(section.place_of("attribute_claims"), "out-of-range", message, about=about)
    acting_for, acting_basis = _acting(section)
    kind = section.choice("kind", Kind, Kind.STAFF)
    skew_s = section.number("clock_skew_s", least=0, most=MOST_SKEW_S, default=SKEW_S)
    if not (issuer and audience and (keys or source) and kind) or skew_s is None:
        return None
    return JwtIssuer(
        issuer=issuer,
        audience=audience,
        keys=keys,
        source=source,
        posts_claim=posts_claim,
        attribute_claims=attribute_claims,
        acting_for=acting_for,
        acting_basis=acting_basis,
        kind=kind,
        skew_s=skew_s,
        at=section.at,
    )


def _keys_of(section: Section) -> tuple[str, KeySource | None]:
    """The file that the keys are in, or where they are fetched from; exactly one of them is written."""
    keys = section.text("keys", required=False, fits=_FILE) or ""
    addresses = {key: section.text(key, required=False, fits=_ADDRESS) for key in KEYS_FROM[1:]}
    refresh = section.number("refresh_minutes", least=1, most=1440, default=60)
    overlap = section.number("overlap_minutes", least=0, most=1440, default=10)
    written = [key for key in KEYS_FROM if key in section.node.nodes]
    if not written:
        message = f"{section.what} needs one of {', '.join(f'`{key}`' for key in KEYS_FROM)}"
        section.find(section.at, "missing-key", message, about="`keys`、`discovery`、`jwks_uri` 之一")
    elif len(written) > 1:
        message = f"{' and '.join(f'`{key}`' for key in written)} exclude each other: keys come from one place"
        about = f"{'、'.join(f'`{key}`' for key in written)} 只能写一个"
        section.find(section.place_of(written[1]), "wrong-form", message, about=about)
    address = next((address for address in addresses.values() if address), "")
    if not address or refresh is None or overlap is None:
        return keys, None
    return keys, KeySource(
        address=address, is_discovery=bool(addresses["discovery"]), refresh_s=refresh * 60, overlap_s=overlap * 60
    )


def _acting(section: Section) -> tuple[str, str]:
    """The claims that name on whose behalf, and on which basis, a caller acts; empty where none are declared."""
    acting = section.section("acting", required=False)
    if acting is None:
        return "", ""
    claims = acting.text("for", fits=ATTRIBUTE), acting.text("basis", fits=ATTRIBUTE)
    acting.done()
    return claims[0] or "", claims[1] or ""
