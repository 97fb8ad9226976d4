"""Looks for ways round the gateway: places where a system behind answers to whoever does not come through it.

What is looked at is only whether something answers HTTP there; nothing is sent but `GET /`, and nothing of the answer
is kept. From the machine of the gateway a system on another machine can always be reached: whether callers can, too,
shows only where callers are.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import psutil

TIMEOUT_S = 2.0


class Way(StrEnum):
    """How the gateway is passed by."""

    LISTENS_OUTSIDE = "listens_outside"
    """The system is on this machine and answers at addresses that others can reach."""
    REACHED_FROM_HERE = "reached_from_here"
    """The system answers to this machine, which stands where callers do."""
    NAME_LEADS_PAST = "name_leads_past"
    """The name that callers use leads to the system, not to the gateway."""


@dataclass(frozen=True, slots=True)
class Bypass:
    """A way round the gateway."""

    way: Way
    address: str
    """Where the system answers: `10.0.0.5:8000`, or the name and the address it stands for."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found of one system."""

    bypasses: tuple[Bypass, ...]
    is_elsewhere: bool
    """Whether the system is on another machine, so that only a look from where callers are can tell."""


def own_addresses() -> frozenset[str]:
    """The IP addresses of this machine."""
    return frozenset(
        address.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in (socket.AF_INET, socket.AF_INET6)
    )


def probe(upstream: str, hosts: Iterable[str], own: frozenset[str], *, as_caller: bool) -> Probed:
    """The ways round the gateway to the system at *upstream*, which callers know by *hosts*.

    *own* are the addresses of this machine. *as_caller*: this machine stands where callers do.
    """
    split = urlsplit(upstream)
    port = split.port or (443 if split.scheme == "https" else 80)
    addresses = resolve(split.hostname or "")
    named = {host: resolve(host) for host in hosts}
    here = [address for address in addresses if address in own or ipaddress.ip_address(address).is_loopback]
    elsewhere = [address for address in addresses if address not in here]
    if as_caller:
        # Where the system shares the gateway's machine, it is looked for wherever the names of callers lead.
        places = elsewhere or sorted({address for led in named.values() for address in led if address not in own})
        way = Way.REACHED_FROM_HERE
    else:
        places = sorted(address for address in own if not _is_only_ours(address)) if here else []
        way = Way.LISTENS_OUTSIDE
    found = [Bypass(way, _place(address, port)) for address in places if answers(split.scheme, address, port)]
    if not as_caller or port in (80, 443):  # the machine that a name leads to may be the gateway's as well
        led = ((host, address) for host, known in named.items() for address in known if address in elsewhere)
        found += [Bypass(Way.NAME_LEADS_PAST, f"{host} → {address}") for host, address in led]
    return Probed(tuple(found), is_elsewhere=not here and not as_caller)


def resolve(host: str) -> list[str]:
    """The addresses that *host* stands for, none where it stands for none."""
    try:
        known = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(address[0]).partition("%")[0] for *_, address in known})


def answers(scheme: str, address: str, port: int) -> bool:
    """Whether something at *address* answers HTTP, or HTTPS to somebody without a certificate, within two seconds."""
    connection: http.client.HTTPConnection
    if scheme == "https":
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE  # who answers is not asked: that it does is
        connection = http.client.HTTPSConnection(address, port, timeout=TIMEOUT_S, context=anybody)
    else:
        connection = http.client.HTTPConnection(address, port, timeout=TIMEOUT_S)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/", headers={"User-Agent": "yingbi-coverage"})
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True


def _is_only_ours(address: str) -> bool:
    """Whether nobody but this machine can reach *address*."""
    known = ipaddress.ip_address(address)
    return known.is_loopback or known.is_link_local


def _place(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
