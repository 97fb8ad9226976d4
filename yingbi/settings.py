"""What an operator can set: two variables of the environment, and `yingbi.toml` in the data directory."""

import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path

import msgspec
from msgspec import structs

from proxy.identity.header_keys import ISSUER
from yingbi.handling_settings import Drill, GoalMinutes
from yingbi.handling_settings import wrong_with as wrong_with_drills
from yingbi.settings_tables import Addresses, Alerts, Capacity, Contact, Log, Notices, Notify, Subscribers, Traces

HOME = "YINGBI_HOME"
"""Names the data directory; `./var` by default."""
PORT_BASE = "YINGBI_PORT_BASE"
"""The first of the ports; 8443 by default."""
PROBES = ("127.0.0.0/8", "::1/128")
FILE = "yingbi.toml"
DEFAULT_BASE = 8443
INDEX_DAYS = 184
"""The longest six months: for less no log of the network may be kept (网络安全法)."""
_HIGHEST = 65535 - 30
_AUTHORITIES = ("upstream_ca", "issuers_ca", "quota_database_ca")
"""Settings that name a PEM file in the data directory."""
_ISSUER = re.compile(r"[!-~]{1,200}")
_DATABASE = re.compile(r"postgresql://[\w-]+@([\w.,:\[\]-]+/[\w-]+|/[\w-]+\?host=/[\w./-]+(&port=[0-9]{1,5})?)")
_NODE = re.compile(r"https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class WrongSettings(Exception):
    """Something is set that cannot be. The message says what, and what it may be."""


class Index(StrEnum):
    """What keeps the index of events."""

    SQLITE = "sqlite"
    ELASTICSEARCH = "elasticsearch"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens: all of it moves with the base."""

    gateway: int = DEFAULT_BASE

    def __post_init__(self) -> None:
        if not 1 <= self.gateway <= _HIGHEST:
            raise WrongSettings(f"`{PORT_BASE}` 是 1 至 {_HIGHEST} 的端口 / is a port between 1 and {_HIGHEST}")

    @property
    def console(self) -> int:
        """Of the console."""
        return self.gateway + 1

    @property
    def bulletin(self) -> int:
        """Of the public notices."""
        return self.gateway + 2

    @property
    def metrics(self) -> int:
        """Of the figures for Prometheus."""
        return self.gateway + 3

    @property
    def register(self) -> int:
        """Of the demo register, behind the gateway."""
        return self.gateway + 10

    @property
    def hall(self) -> int:
        """Of the demo hall, behind the gateway."""
        return self.gateway + 11

    @property
    def identity(self) -> int:
        """Of the demo identity provider."""
        return self.gateway + 12

    @property
    def search(self) -> int:
        """Of the Elasticsearch node."""
        return self.gateway + 20

    @property
    def search_transport(self) -> int:
        """Where Elasticsearch nodes would meet."""
        return self.gateway + 21


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`yingbi.toml`."""

    host: str = "127.0.0.1"
    """The address that the gateway listens on; everything else listens on the loopback interface."""
    workers: int = 2
    index: Index = Index.SQLITE
    index_days: int = INDEX_DAYS
    """So many days, beside today, the index keeps events; the log keeps them for longer."""
    elasticsearch: tuple[str, ...] = ()
    """The nodes of a cluster that somebody else runs; empty: the installation runs a node of its own."""
    demo: bool = True
    """Whether the demo systems and their people belong to the installation."""
    two_people: bool = True
    """Whether a policy comes into force only once another person has approved it; else as soon as a file is saved."""
    upstream_ca: str = ""
    """PEM file of the authority that systems behind are certified by; empty: those that the machine trusts."""
    issuers_ca: str = ""
    """The same for issuers of tokens whose keys are fetched."""
    quota_database: str = ""
    """The PostgreSQL database that several hosts keep the quota in; empty: this host keeps its own in a file."""
    quota_database_ca: str = ""
    """The same as `upstream_ca`, for that database."""
    refuse_other_hosts: bool = False
    """Whether TLS is refused to who asks for a host that no certificate is for, or for none."""
    hsts_days: int = 365
    """So long browsers shall reach systems by TLS alone; 0: they are not told to."""
    certificate_days: int = 30
    """So long before a certificate ends `yingbi check` says so."""
    root_key_days: int = 365
    """So old the root key may become before `yingbi check` says so."""
    identity_issuer: str = ISSUER
    """As who the gateway signs what it tells systems behind of callers."""
    contact: Contact = Contact()
    addresses: Addresses = Addresses()
    capacity: Capacity = Capacity()
    traces: Traces = Traces()
    log: Log = Log()
    alerts: Alerts = Alerts()
    notify: Notify = Notify()
    drills: tuple[Drill, ...] = ()
    """Those that are planned."""
    goals: GoalMinutes = GoalMinutes()
    notices: Notices = Notices()
    subscribers: Subscribers = Subscribers()
    probes: tuple[str, ...] = PROBES
    """The networks from which may be asked whether a worker answers and whether it is ready."""

    def __post_init__(self) -> None:
        if wrong := wrong_with_drills(self.drills):
            raise ValueError(wrong)


class Settings(File, frozen=True, kw_only=True):
    """Everything that is set. Names of files are whole paths, and networks are written as `ipaddress` writes them."""

    home: Path
    """Absolute."""
    ports: Ports = Ports()

    @property
    def console_url(self) -> str:
        """Where staff find the console."""
        return self.addresses.console or f"https://localhost:{self.ports.console}"

    @property
    def bulletin_url(self) -> str:
        """Where the public finds the notices."""
        return self.addresses.bulletin or f"https://localhost:{self.ports.bulletin}"


def write_settings(settings: Settings) -> str:
    """*settings* as one argument of a command: what a process is started with does not change under it."""
    return msgspec.json.encode(settings, enc_hook=str).decode()


def settings_of(argument: str) -> Settings:
    """The settings that `write_settings` wrote. Raises msgspec.DecodeError."""
    return msgspec.json.decode(argument, type=Settings, dec_hook=lambda kind, value: kind(value))


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force. Raises WrongSettings."""
    home = Path(environment.get(HOME) or "var").absolute()
    text = environment.get(PORT_BASE) or str(DEFAULT_BASE)
    if not (text.isascii() and text.isdigit()):
        raise WrongSettings(f"`{PORT_BASE}` 是数字，第一个端口 / is a number, the first of the ports")
    file = _read_file(home / FILE)
    if not 1 <= file.workers <= 64:
        raise WrongSettings(f"`{FILE}`：`workers` 是 1 至 64 的数字 / is a number between 1 and 64")
    if not INDEX_DAYS <= file.index_days <= 3660:
        raise WrongSettings(
            f"`{FILE}`：`index_days` 是 {INDEX_DAYS}（六个月）至 3660 的数字 / is a number between {INDEX_DAYS}"
            " (six months) and 3660"
        )
    if not all(_NODE.fullmatch(url) for url in file.elasticsearch) or _twice(file.elasticsearch):
        raise WrongSettings(
            f"`{FILE}`：`elasticsearch` 列出各节点，每个一次，带端口 / names each node once, with its port,"
            ' such as ["https://es-1.example.gov.cn:9200", "https://es-2.example.gov.cn:9200"]'
        )
    if file.root_key_days < 1:
        raise WrongSettings(f"`{FILE}`：`root_key_days` 至少是 1 / is at least 1")
    if not _ISSUER.fullmatch(file.identity_issuer):
        raise WrongSettings(
            f"`{FILE}`：`identity_issuer` 是一个名称或网址，不含空白 / is a name or an address, without blanks"
        )
    if not 0 <= file.hsts_days <= 3650:
        raise WrongSettings(f"`{FILE}`：`hsts_days` 是 0 至 3650 的数字 / is a number between 0 and 3650")
    if not 1 <= file.certificate_days <= 3650:
        raise WrongSettings(f"`{FILE}`：`certificate_days` 是 1 至 3650 的数字 / is a number between 1 and 3650")
    _check_host(file.host)
    if file.quota_database and not _DATABASE.fullmatch(file.quota_database):
        raise WrongSettings(
            f"`{FILE}`：`quota_database` 形如 / is an address such as postgresql://yingbi_quota@db.example.gov.cn/yingbi_quota,"
            f" 口令放在 / without its password, which lies in `keys/quota-database.password`"
        )
    within = (("notify.ca", file.notify.ca), ("log.anchor_ca", file.log.anchor_ca))
    for name, authority in (*((name, getattr(file, name)) for name in _AUTHORITIES), *within):
        if authority:
            _check_authority(home, name, authority)
    return Settings(
        home=home,
        ports=Ports(int(text)),
        **structs.asdict(file)
        | {name: str(home / named) for name in _AUTHORITIES if (named := getattr(file, name))}
        | {"probes": _networks(file.probes)},
    )


def _twice(names: tuple[str, ...]) -> bool:
    return len(set(names)) < len(names)


def _networks(named: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(name)) for name in named)
    except ValueError:
        raise WrongSettings(f"`{FILE}`：`probes` 是网络地址 / are networks, such as 10.0.0.0/8") from None


def _check_host(host: str) -> None:
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise WrongSettings(
            f"`{FILE}`：`host` 须是本机的地址 / is an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        ) from None


def _check_authority(home: Path, setting: str, name: str) -> None:
    try:
        ssl.create_default_context(cafile=home / name)
    except OSError as error:  # ssl.SSLError is one
        why = "is no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise WrongSettings(f"`{FILE}`：`{setting}` 指的 `{home / name}` 无法使用 / cannot be used: {why}") from None


def _read_file(path: Path) -> File:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=File, strict=True)
    except FileNotFoundError:
        return File()
    except OSError as error:
        raise WrongSettings(f"无法读取 `{path}` / cannot read it: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise WrongSettings(f"`{path}`: {error}") from None
