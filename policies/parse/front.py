"""Reads which front proxies a system takes at their word."""

import ipaddress
import re

from policies.parse.grants import GRANT_ID, parse_networks
from policies.parse.section import Section
from policies.policy_callers import FrontProxy
from policies.policy_kinds import Kind

_SHA256 = re.compile(r"[0-9a-f]{64}")


def parse_front_proxies(identity: Section) -> tuple[FrontProxy, ...]:
    """Those under `front_proxies`, in order."""
    return tuple(identity.sections("front_proxies", "a front proxy", _front_proxy, required=False))


def _front_proxy(section: Section) -> FrontProxy | None:
    name = section.text("id", fits=GRANT_ID)
    section.node_of("networks")
    networks = parse_networks(section) or ()
    at = section.place_of("networks")
    if not networks and "networks" in section.node.nodes:
        section.find(at, "empty", "`networks` is empty", about="`networks`")
    for network in networks:
        if ipaddress.ip_network(network).prefixlen == 0:
            message = f"`{network}` is every address: name those of the proxy"
            section.find(at, "out-of-range", message, about=f"`{network}` 是所有地址，请只写前置代理的")
    sha256 = section.text("sha256", fits=_SHA256)
    purposes = section.names("purposes", required=False)
    kind = section.choice("kind", Kind, Kind.STAFF)
    until = section.moment("until")
    if not (name and networks and sha256 and kind and until):
        return None
    return FrontProxy(
        id=name, networks=networks, sha256=sha256, purposes=purposes, kind=kind, until=until, at=section.at
    )
