"""How the installation stands: plain data that the composition root fills in and the console only shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from incident.ids import Bilingual
from policies.findings import Finding, Severity
from policies.overlay import OverlayEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemState:
    """One system behind the gateway, as its program in force has it."""

    name: str
    title_zh: str
    title_en: str
    hosts: tuple[str, ...]
    state: str
    """`learning` or `enforcing`."""
    digest: str
    """Of the program."""
    operations: int
    """How many are declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """The programs in force, and what is wrong with the files they are made from."""

    generation: int
    """0 where none was ever published."""
    version: int = 0
    """Of the policy that two people agreed on; 0 where the folder is in force."""
    two_people: bool = True
    """Whether a policy takes another person's approval."""
    versions: Mapping[int, int] = field(default_factory=dict)
    """By generation of the programs, the version that they were made from, as far as that is known."""
    published_at: datetime | None
    checked_at: datetime | None
    systems: tuple[SystemState, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the files from taking effect: as long as there is one, the old programs stay in force."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowState:
    """A draft that runs beside the programs in force and decides nothing."""

    generation: int
    exchanges: int
    """That both were asked about."""
    failures: int
    disagreements: int
    """Kinds of differences, each of which may have come often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """One process of the data plane. The numbers are totals since it started, the last three the present ones."""

    name: str
    pid: int
    alive: bool
    serving: bool
    """Whether its lease holds; if not, it withholds all personal data."""
    requests: int
    withheld: int
    failures: int
    live: int
    """Exchanges under way."""
    programs: int
    """Generation of the programs it serves by."""
    overlay: int
    """Generation of the overlay it serves by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingState:
    """How far the log has come into the index."""

    index: str
    """`sqlite` or `elasticsearch`."""
    behind_bytes: int
    refused: int
    """Events that the index cannot take: they are in the log and in no search."""
    broken: Mapping[str, str]
    """The starts of the log whose chain breaks, and where."""
    trouble: str
    """Why the last attempt failed, or empty."""
    rules_trouble: str = ""
    """Which detection rules are not applied, and why, or empty."""
    indexed_until: datetime | None
    """Until when the index is known to hold all that was logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """What was found when the log and the journals were looked at again."""

    all_at: datetime | None = None
    """When all of them were looked at last; None before the first time is over."""
    checked_at: datetime | None = None
    """When what had been added since was."""
    log: Mapping[str, Bilingual] = field(default_factory=dict)
    """The starts of the log that are not as they were written, and where."""
    journals: Mapping[str, Bilingual] = field(default_factory=dict)
    """The cases whose journal is not as it was written, and where."""
    policies: Bilingual | None = None
    """Where the journal of policies is not as it was written."""
    permits: Bilingual | None = None
    """Where that of permits is not."""
    alerts: Bilingual | None = None
    """Where that of alerts is not."""
    playbooks: Bilingual | None = None
    """Where that of playbooks of others is not."""
    rules: Bilingual | None = None
    """Where that of detection rules is not."""
    searches: Bilingual | None = None
    """Where that of searches and exports is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorState:
    """What one second party holds of the seals."""

    place: str
    seal: int
    """The last that it took since the sealer started; 0 for none."""
    at: datetime | None
    trouble: str
    """Why it took none the last time, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationState:
    """What `yingbi log verify` found the last time that it was run on this log."""

    at: datetime
    by: str
    """The account of the machine."""
    records: int
    unsealed: int
    unanchored: int
    """Records that nothing vouches for, and those that nobody else does."""
    is_root_known: bool
    findings: tuple[Bilingual, ...]
    """What is not as it was written; nothing where all is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How far the log is sealed, and who else holds the seals."""

    number: int = 0
    """Of the last seal; 0: none was told of."""
    at: datetime | None = None
    fingerprint: str = ""
    """Of the key of the first seal."""
    trouble: str = ""
    """Why it could not be sealed, or empty."""
    keeping: str = ""
    """Why what is sealed could not be compressed, copied or let go, or empty."""
    anchors: tuple[AnchorState, ...] = ()
    verified: VerificationState | None = None

    @property
    def anchored_at(self) -> datetime | None:
        """Up to when somebody else vouches for the log; None where nobody does."""
        return max((anchor.at for anchor in self.anchors if anchor.at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVersion:
    """The version of the policy that a program was made from."""

    number: int
    drafted_by: tuple[str, ...]
    approved_by: str
    """Empty where nobody has: it was taken over as it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemKeys:
    """The keyring of one system: ids and times, never a key."""

    name: str
    wrong: str = ""
    """Why it cannot be used, or empty."""
    current: str = ""
    made_at: datetime | None = None
    old: int = 0
    revoked: int = 0
    proved: bool = False
    """Whether an escrowed backup was proved to hold the current key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """The keys of the installation."""

    wrong: str = ""
    root: str = ""
    """Which root key wraps the others; empty where there is none."""
    root_made_at: datetime | None = None
    proved_at: datetime | None = None
    """When an escrowed backup was last opened in a test."""
    systems: tuple[SystemKeys, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Everything about the machinery that a page may show."""

    policy: PolicyState
    workers: tuple[WorkerState, ...]
    shipping: ShippingState
    records: RecordState = RecordState()
    seals: SealState = SealState()
    keys: KeyState | None = None
    """None while nobody has told of them."""
    shadow: ShadowState | None = None
    """None where no draft runs."""
    pipeline: tuple[Bilingual, ...] = ()
    """What stands still, and which channels people are not told by: a sentence each."""
    overlay: tuple[OverlayEntry, ...]
    """Those of the past included; what is in force is decided by their time."""
    addresses: Mapping[str, str]
    """Of the gateway, the console, the public site and so on, by name; of systems, by what readers call them."""
