"""What an operator can set: two variables of the environment, and `yingbi.toml` in the data directory."""

import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path

import msgspec

from incident.ids import Bilingual
from proxy.identity_keys import ISSUER
from siem.detect.escalation import Escalation
from siem.detect.precision import REVIEW_BELOW
from siem.notify.channel import Channel, wrong_with
from siem.record.verify import LEAST_KEPT
from yingbi.handling_settings import Drill, GoalMinutes
from yingbi.handling_settings import wrong_with as wrong_with_drills

HOME = "YINGBI_HOME"
"""Names the data directory; `./var` by default."""
PORT_BASE = "YINGBI_PORT_BASE"
"""The first of the ports; 8443 by default."""
SHARING_KEPT = timedelta(days=1096)
PROBES = ("127.0.0.0/8", "::1/128")
FILE = "yingbi.toml"
DEFAULT_BASE = 8443
INDEX_DAYS = 184
"""The longest six months: for less no log of the network may be kept (网络安全法)."""
_HIGHEST = 65535 - 30
_ISSUER = re.compile(r"[!-~]{1,200}")
_COLLECTOR = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._/-]*")
_DATABASE = re.compile(r"postgresql://[\w-]+@([\w.,:\[\]-]+/[\w-]+|/[\w-]+\?host=/[\w./-]+(&port=[0-9]{1,5})?)")
_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
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


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who publishes notices, and where people can ask. What is empty has to be filled in before a notice can go out."""

    unit_zh: str = ""
    unit_en: str = ""
    phone: str = ""

    @property
    def unit(self) -> Bilingual:
        """The name of the unit."""
        return Bilingual(zh=self.unit_zh, en=self.unit_en)


class Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where others reach what listens on this machine only, by way of a proxy in front. Empty: they do not."""

    console: str = ""
    bulletin: str = ""

    def __post_init__(self) -> None:
        for name, address in (("console", self.console), ("bulletin", self.bulletin)):
            if address and not _ORIGIN.fullmatch(address):
                raise ValueError(f"`{name}` is an address such as https://notices.example.gov.cn, without a path")


class Capacity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each worker takes on and how long it waits: see `proxy.worker_settings.WorkerSettings`."""

    exchanges: int = 256
    connections: int = 2048
    source_share: float = 0.5
    late_ms: int = 500
    request_s: int = 60
    reader_s: int = 60
    leave_s: int = 0
    drain_s: int = 5
    handover_s: int = 10

    def __post_init__(self) -> None:
        for name, least, most in _BOUNDS:
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"`capacity.{name}` is a number between {least} and {most}")
        if not 0 < self.source_share <= 1:
            raise ValueError("`capacity.source_share` is a part: more than 0, and 1 at most")


_BOUNDS = (
    ("exchanges", 1, 100_000),
    ("connections", 1, 100_000),
    ("late_ms", 10, 60_000),
    ("request_s", 1, 3600),
    ("reader_s", 1, 3600),
    ("leave_s", 0, 300),
    ("drain_s", 0, 300),
    ("handover_s", 0, 300),
)


class Traces(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where exchanges are sent as OpenTelemetry spans."""

    endpoint: str = ""
    """Of a collector, for OTLP over HTTP in JSON; empty: nothing is sent anywhere."""

    def __post_init__(self) -> None:
        if self.endpoint and not _COLLECTOR.fullmatch(self.endpoint):
            raise ValueError("`traces.endpoint` is an address such as http://127.0.0.1:4318/v1/traces")


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the access log is sealed."""

    flush_ms: int = 100
    """So long after an event was written it is on the disk at the latest; 0: before what it records is shown."""
    seal_every_s: int = 60
    anchors: tuple[str, ...] = ()
    """Folders or files of second parties that are told of the seals."""
    copies: str = ""
    """A folder on another machine that sealed segments are copied to; empty: none are copied, and none ever let go."""
    keep_days: int = 184
    """How long events are kept on this machine, where they are copied."""
    sharing_systems: tuple[str, ...] = ()
    """The systems by which data is shared with others."""
    sharing_keep_days: int = 1096

    def __post_init__(self) -> None:
        if not 0 <= self.flush_ms <= 10_000:
            raise ValueError("`log.flush_ms` is a number between 0 and 10000")
        if not 1 <= self.seal_every_s <= 3600:
            raise ValueError("`log.seal_every_s` is a number between 1 and 3600")
        if not all(Path(place).is_absolute() for place in self.anchors):
            raise ValueError("`log.anchors` are whole paths, such as /mnt/audit/yingbi")
        if self.copies and not Path(self.copies).is_absolute():
            raise ValueError("`log.copies` is a whole path, such as /mnt/archive/yingbi")
        if not LEAST_KEPT.days <= self.keep_days <= 36_500:
            raise ValueError(f"`log.keep_days` is at least {LEAST_KEPT.days}: six months, as the law asks for")
        if not SHARING_KEPT.days <= self.sharing_keep_days <= 36_500:
            raise ValueError(f"`log.sharing_keep_days` is at least {SHARING_KEPT.days}: three years")


class Alerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an alert waits for somebody, and which rules are proposed for review."""

    critical_minutes: int = 15
    """Within which somebody has to acknowledge an alert of that level; 0: nobody has to. So are the next three."""
    high_minutes: int = 60
    medium_hours: int = 8
    """Of working time: 9 to 17 on workdays."""
    low_hours: int = 0
    """Of working time."""
    review_below: int = REVIEW_BELOW
    """Percent: a rule that is right less often, by ten alerts at least, is proposed for review."""

    def __post_init__(self) -> None:
        for name, most in (
            ("critical_minutes", 1440),
            ("high_minutes", 1440),
            ("medium_hours", 400),
            ("low_hours", 400),
        ):
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"`alerts.{name}` is a number between 0 and {most}")
        if not 0 <= self.review_below <= 100:
            raise ValueError("`alerts.review_below` is a percentage, from 0 to 100")

    @property
    def escalation(self) -> Escalation:
        """The limits, as the life of an alert has them."""
        return Escalation(
            critical=timedelta(minutes=self.critical_minutes),
            high=timedelta(minutes=self.high_minutes),
            medium=timedelta(hours=self.medium_hours),
            low=timedelta(hours=self.low_hours),
        )


class Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told of alerts, and of the pipeline where it stands still."""

    channels: tuple[Channel, ...] = ()
    ca: str = ""
    """PEM file of the authorities that all channels and the heartbeat are certified by; empty: those of the machine."""
    heartbeat_file: str = ""
    """A file of the data directory that holds the address which is asked each minute while all is well."""
    heartbeat_env: str = ""
    """The variable of the environment that holds it."""
    heartbeat_method: str = "GET"
    still_s: int = 120
    """So long index, detector or a process may stand still."""
    anchor_s: int = 900
    """So long the log may grow without being sealed, or seals be made that no second party takes."""
    quiet_min: int = 60
    """So long nothing may happen in working hours, where something usually does; 0: for ever."""

    def __post_init__(self) -> None:
        if wrong := wrong_with(self.channels):
            raise ValueError(wrong)
        if self.heartbeat_file and self.heartbeat_env:
            raise ValueError("`notify` has either `heartbeat_file` or `heartbeat_env`")
        if self.heartbeat_file.startswith("/") or ".." in self.heartbeat_file:
            raise ValueError("`notify.heartbeat_file` is a path in the data directory")
        if self.heartbeat_method not in ("GET", "POST"):
            raise ValueError("`notify.heartbeat_method` is GET or POST")
        for name, least, most in (("still_s", 20, 3600), ("anchor_s", 60, 86_400), ("quiet_min", 0, 600)):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"`notify.{name}` is a number between {least} and {most}")


class Notices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How public notices are written."""

    templates: str = "notice-templates"
    """A folder in the data directory: the installation's own templates."""

    def __post_init__(self) -> None:
        if not self.templates or self.templates.startswith("/") or ".." in self.templates:
            raise ValueError("`notices.templates` is a folder in the data directory")


class Subscribers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told of public notices, beside the feeds."""

    on: bool = False
    """Whether anybody is: offices by their webhooks, and everybody by mail where a server is set."""
    mail_file: str = ""
    """A file of the data directory that holds the Apprise address of the mail server, with `from` and no recipient."""
    mail_env: str = ""
    """The variable of the environment that holds it."""

    def __post_init__(self) -> None:
        if self.mail_file and self.mail_env:
            raise ValueError("`subscribers` has either `mail_file` or `mail_env`")
        if self.mail_file.startswith("/") or ".." in self.mail_file:
            raise ValueError("`subscribers.mail_file` is a path in the data directory")

    @property
    def by_mail(self) -> bool:
        """Whether the public site takes addresses."""
        return self.on and bool(self.mail_file or self.mail_env)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`yingbi.toml`."""

    host: str = "127.0.0.1"
    workers: int = 2
    index: Index = Index.SQLITE
    index_days: int = INDEX_DAYS
    elasticsearch: tuple[str, ...] = ()
    demo: bool = True
    two_people: bool = True
    upstream_ca: str = ""
    issuers_ca: str = ""
    quota_database: str = ""
    quota_database_ca: str = ""
    refuse_other_hosts: bool = False
    hsts_days: int = 365
    certificate_days: int = 30
    root_key_days: int = 365
    identity_issuer: str = ISSUER
    contact: Contact = Contact()
    addresses: Addresses = Addresses()
    capacity: Capacity = Capacity()
    traces: Traces = Traces()
    log: Log = Log()
    alerts: Alerts = Alerts()
    notify: Notify = Notify()
    drills: tuple[Drill, ...] = ()
    goals: GoalMinutes = GoalMinutes()
    notices: Notices = Notices()
    subscribers: Subscribers = Subscribers()
    probes: tuple[str, ...] = PROBES

    def __post_init__(self) -> None:
        if wrong := wrong_with_drills(self.drills):
            raise ValueError(wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is set."""

    home: Path
    """Absolute."""
    ports: Ports = field(default_factory=Ports)
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
    contact: Contact = field(default_factory=Contact)
    addresses: Addresses = field(default_factory=Addresses)
    capacity: Capacity = field(default_factory=Capacity)
    traces: Traces = field(default_factory=Traces)
    log: Log = field(default_factory=Log)
    alerts: Alerts = field(default_factory=Alerts)
    notify: Notify = field(default_factory=Notify)
    drills: tuple[Drill, ...] = ()
    """Those that are planned."""
    goals: GoalMinutes = field(default_factory=GoalMinutes)
    notices: Notices = field(default_factory=Notices)
    subscribers: Subscribers = field(default_factory=Subscribers)
    probes: tuple[str, ...] = PROBES
    """The networks from which may be asked whether a worker answers and whether it is ready."""

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
    if file.upstream_ca:
        _check_authority(home, "upstream_ca", file.upstream_ca)
    if file.issuers_ca:
        _check_authority(home, "issuers_ca", file.issuers_ca)
    if file.quota_database and not _DATABASE.fullmatch(file.quota_database):
        raise WrongSettings(
            f"`{FILE}`：`quota_database` 形如 / is an address such as postgresql://yingbi_quota@db.example.gov.cn/yingbi_quota,"
            f" 口令放在 / without its password, which lies in `keys/quota-database.password`"
        )
    if file.quota_database_ca:
        _check_authority(home, "quota_database_ca", file.quota_database_ca)
    if file.notify.ca:
        _check_authority(home, "notify.ca", file.notify.ca)
    return Settings(
        home=home,
        ports=Ports(int(text)),
        host=file.host,
        workers=file.workers,
        index=file.index,
        index_days=file.index_days,
        elasticsearch=file.elasticsearch,
        demo=file.demo,
        two_people=file.two_people,
        upstream_ca=str(home / file.upstream_ca) if file.upstream_ca else "",
        issuers_ca=str(home / file.issuers_ca) if file.issuers_ca else "",
        quota_database=file.quota_database,
        quota_database_ca=str(home / file.quota_database_ca) if file.quota_database_ca else "",
        refuse_other_hosts=file.refuse_other_hosts,
        hsts_days=file.hsts_days,
        certificate_days=file.certificate_days,
        root_key_days=file.root_key_days,
        identity_issuer=file.identity_issuer,
        contact=file.contact,
        addresses=file.addresses,
        capacity=file.capacity,
        traces=file.traces,
        log=file.log,
        alerts=file.alerts,
        notify=file.notify,
        drills=file.drills,
        goals=file.goals,
        notices=file.notices,
        subscribers=file.subscribers,
        probes=_networks(file.probes),
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


def _read_file(path: Path) -> _File:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_File, strict=True)
    except FileNotFoundError:
        return _File()
    except OSError as error:
        raise WrongSettings(f"无法读取 `{path}` / cannot read it: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise WrongSettings(f"`{path}`: {error}") from None
