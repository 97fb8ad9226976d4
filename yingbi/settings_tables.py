"""The tables of `yingbi.toml`, each with what may stand in it. What may not is a ValueError that says so."""

import re
from datetime import timedelta
from pathlib import Path

import msgspec

from incident.ids import Bilingual
from siem.detect.escalation import Escalation
from siem.detect.precision import REVIEW_BELOW
from siem.notify.channel import Channel, wrong_with
from siem.record.anchor import index_place
from siem.record.verify import LEAST_KEPT

SHARING_KEPT = timedelta(days=1096)
_COLLECTOR = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._/-]*")
_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


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
    quota_ms: int = 100

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
    ("quota_ms", 10, 5000),
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
    """Folders, files or indices of second parties that are told of the seals."""
    anchor_ca: str = ""
    """PEM file of the authority that the clusters of those indices are certified by."""
    anchor_login_file: str = ""
    """A file of the data directory, closed to others: `name:password` of the user there who may add, and no more."""
    anchor_mail_file: str = ""
    """A file of the data directory, closed to others, that holds the Apprise address of a mailbox that is told too."""
    anchor_mail_min: int = 10
    """It is told as often at most."""
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
        indices = [place for place in self.anchors if index_place(place)]
        if not all(Path(place).is_absolute() or place in indices for place in self.anchors):
            raise ValueError(
                "`log.anchors` are whole paths, such as /mnt/audit/yingbi, or indices, such as"
                " https://audit.example.gov.cn:9200/anchors"
            )
        if indices and not (self.anchor_ca and self.anchor_login_file):
            raise ValueError("`log.anchor_ca` and `log.anchor_login_file` belong to an index of anchors")
        for name in ("anchor_ca", "anchor_login_file", "anchor_mail_file"):
            if (path := getattr(self, name)).startswith("/") or ".." in path:
                raise ValueError(f"`log.{name}` is a path in the data directory")
        if not 1 <= self.anchor_mail_min <= 1440:
            raise ValueError("`log.anchor_mail_min` is a number between 1 and 1440")
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
