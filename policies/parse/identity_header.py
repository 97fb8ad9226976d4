"""Reads by which header a system behind is told who asks."""

import re
from enum import StrEnum

from policies.parse.section import Section
from policies.policy_callers import IdentityHeader

DEFAULT = "Yingbi-Identity"
HEADER_NAME = re.compile(r"(?i:yingbi|x)(?:-[A-Za-z0-9]{1,40}){1,6}")
"""A name of an application's own: none that a standard or another gateway gives a meaning to."""
_TAKEN = re.compile(r"(?i:x-forwarded-.*|x-api-key|yingbi-event)")


class Citizens(StrEnum):
    """How a system behind is told which citizen asks."""

    DIGEST = "digest"
    """As the log has it."""
    AS_SAID = "as-said"
    """As the credential has it."""


def parse_identity_header(identity: Section, system: str) -> IdentityHeader | None:
    """What stands under `header`, for the system called *system*; None where nothing does."""
    section = identity.section("header", required=False)
    if section is None:
        return None
    name = section.text("name", required=False, fits=HEADER_NAME) or DEFAULT
    if _TAKEN.fullmatch(name):
        message = f"`{name}` is written or dropped by the gateway already: name another header"
        section.find(section.place_of("name"), "header-taken", message, about=f"`{name}`")
    audience = section.text("audience", required=False) or system
    anonymous = section.flag("anonymous", default=True)
    citizens = section.choice("citizens", Citizens, Citizens.DIGEST)
    section.done()
    return IdentityHeader(
        name=name,
        audience=audience,
        anonymous=anonymous,
        names_citizens=citizens is Citizens.AS_SAID,
        at=section.at,
    )
