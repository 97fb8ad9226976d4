"""Reads which certificates of callers count, and by which names in them callers are known."""

import re

from policies.parse.section import Section
from policies.policy_callers import Certificates, UpstreamTls

# A name is known as it stands in the certificate: a URI letter by letter, a host in lower case. Both outlast a renewal,
# as a serial number or the digest of a key does not. Source: RFC 5280, 4.2.1.6; SPIFFE X.509-SVID, 2.
CERTIFICATE_NAME = re.compile(
    r"uri:[a-z][a-z0-9+.-]{0,30}:[!-~]{1,200}|dns:(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def parse_certificates(identity: Section) -> Certificates | None:
    """What stands under `certificates`; None where none are asked for."""
    section = identity.section("certificates", required=False)
    if section is None:
        return None
    authority, required = section.name("authority"), section.flag("required", default=True)
    section.done()
    return Certificates(authority=authority, required=required) if authority else None


def parse_certificate_name(key: Section) -> tuple[str | None, str | None]:
    """The name in the certificate of a key, and its authority; neither where the key is of another kind."""
    name = key.text("certificate", required=False, fits=CERTIFICATE_NAME)
    return name, key.name("authority") if "certificate" in key.node.nodes else None


def parse_upstream_tls(file: Section, upstream: str) -> UpstreamTls:
    """How TLS is spoken with the system at *upstream*."""
    section = file.section("upstream_tls", required=False)
    if section is None:
        return UpstreamTls()
    made = UpstreamTls(
        authority=section.name("authority", required=False) or "",
        certificate=section.name("certificate", required=False) or "",
        server_name=section.text("server_name", required=False, fits=HOST) or "",
        http2=section.flag("http2", default=False),
    )
    section.done()
    if upstream.startswith("http:"):
        message = "`upstream_tls` is for a system that is asked over `https`: its `upstream` is one of `http`"
        about = "`upstream_tls` 只用于 `https` 的后端，这里的 `upstream` 是 `http`"
        file.find(file.place_of("upstream_tls"), "tls-in-clear", message, about=about)
    return made
