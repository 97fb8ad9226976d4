"""What is recorded of an exchange.

An event holds who asked for what, what was decided and which categories of personal data were shown in which form.
It never holds a value of a subject: subjects are digests, paths are templates, reasons are codes. Events are made on
the data path, so they are msgspec structs, which cost a tenth of a frozen dataclass to make.
"""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

EventId = NewType("EventId", str)
"""`<start>-<number>`: unique for ever, short enough to be read out on the phone."""

ExchangeId = NewType("ExchangeId", str)
"""The id of the first event of the exchange."""


class CallerKind(StrEnum):
    """Who asks. Only staff, systems and terminals are recorded in clear; a citizen is a digest."""

    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"
    TERMINAL = "terminal"


class Phase(StrEnum):
    """Which part of its exchange an event records."""

    WHOLE = "whole"
    """The only event of an exchange whose answer was buffered, or that was refused."""
    INTENT = "intent"
    """Before an unsafe method is forwarded; another event follows."""
    OPEN = "open"
    """Before the first byte of a streamed answer."""
    SHOWN = "shown"
    """Before a window of a streamed answer is released."""
    CLOSE = "close"
    """After the last byte of a streamed answer, or when it was cut."""
    PERMIT = "permit"
    """A permit to see more was opened, refused or ended: no exchange, and nothing was shown by it."""


class Verdict(StrEnum):
    """What became of the answer."""

    FORWARD = "forward"
    WITHHOLD = "withhold"


class Disclosure(StrEnum):
    """The most that the answer showed of any subject, weakest first."""

    NONE = "none"
    MASKED = "masked"
    PSEUDONYMOUS = "pseudonymous"
    CLEAR = "clear"


class FieldUse(msgspec.Struct, frozen=True, kw_only=True):
    """What one declared field became in an answer, and why (invariant 4)."""

    name: str
    """As declared, or the pattern of its path; never a key that came from traffic."""
    category: str
    transform: str
    disclosure: Disclosure
    rule: str
    """`file:line` of the rule that decided."""
    grant: str | None
    count: int
    whys: tuple[tuple[str, int], ...] = ()
    """Of what recognisers found: what decided, in words of `policies.formats.found.WHYS`, and how often, in order."""


class PermitState(StrEnum):
    """What became of asking to see more."""

    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    ENDED = "ended"
    """Before its time, by somebody."""


class PermitNote(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says of the permit that it is about."""

    id: str
    state: PermitState
    kind: str
    """`reveal` or `break_glass`."""
    reveal: str = ""
    """The id of the reveal, as the policy declares it; empty where none applied."""
    case: str = ""
    """The number of the case that it was asked for."""
    why: str = ""
    """In the words of who asked, in which no recogniser found personal data."""
    about: str = ""
    """The event that showed the masked record, or empty."""
    subject: str = ""
    """Digest of whose records it opens, or empty."""
    until: datetime | None = None
    """When it ends; for one that was ended, when that was. Aware."""
    by: str = ""
    """The person who ended it early, or empty."""


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """What an event tells besides of its request, while a measure raises the log of whom or what it is about.

    Digests are those of subjects: under the installation's key, and personal data like them.
    """

    by: tuple[str, ...]
    """The ids of the entries of the overlay that raise it."""
    asked: tuple[str, ...] = ()
    """The parameters that were said, each once and as it was declared; what is not declared is `?`."""
    about: tuple[str, ...] = ()
    """Digests of what was said in those that name a record or a value, and of the key in the path: of an identifier,
    that of its subject. It tells whom was asked about, also where nothing was shown. At most 100.
    """
    question: str = ""
    """Digest of method, path, parameters and body: who asks the same anew has the same."""
    client: str = ""
    """Digest of what the caller's program says of itself, or empty: another program with the same credential has
    another."""
    version: str = ""
    """Of HTTP, as `1.1` or `2`."""
    bytes_in: int = 0
    """Octets of the body."""


class AccessEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the log."""

    id: EventId
    at: datetime
    """Aware, UTC."""
    exchange: ExchangeId
    phase: Phase
    system: str
    operation: str
    """Method and path template, or `unknown`."""
    caller: str
    """Staff, system or terminal id in clear; a citizen's digest; empty for nobody."""
    caller_kind: CallerKind
    posts: tuple[str, ...] = ()
    credential: str = ""
    """Which credential was used (`jwt:<issuer>`, `key:<id>`), so that it can be revoked. Never a secret."""
    on_behalf_of: str = ""
    """Digest of the person the caller acts for, or empty."""
    basis: str = ""
    """The number of what allows the caller to act for that person, such as a power of attorney, or empty."""
    purpose: str = ""
    """What the grants that applied are for."""
    purposes: tuple[str, ...] = ()
    """What the credential vouched for, whether a grant asked for it or not: another policy may."""
    attributes: tuple[str, ...] = ()
    """What the credential says of staff, a system or a terminal beside that, as `name=value`; of a citizen nothing."""
    source_ip: str = ""
    verdict: Verdict
    reason: str = ""
    """Code of why it was withheld or refused, or empty."""
    status: int = 0
    """HTTP status that the caller received; 0 where none was sent."""
    format: str = ""
    """How the answer was read (`json`, `html`, `csv`, `text`, `static`); empty where it had no body to read."""
    program: str
    """Digest of the compiled policy in force."""
    overlay: int = 0
    """Generation of the overlay in force."""
    fields: tuple[FieldUse, ...] = ()
    subjects: tuple[str, ...] = ()
    """Digests of the subjects this event discloses, each once; at most 1,000."""
    former_subjects: tuple[str, ...] = ()
    """The same subjects in the same order under the digest key before, for 31 days after another has taken its place.

    Nothing is counted by them.
    """
    left_out: int = 0
    """How many records were left out of the answer, which the caller may not see."""
    disclosure: Disclosure = Disclosure.NONE
    permits: tuple[str, ...] = ()
    """The ids of the permits of the caller for the system that were in force."""
    permit: PermitNote | None = None
    """The permit that the event is about, if it is about one."""
    mark: str = ""
    """The serial that the answer bears (`siem.record.mark`), or empty. In every event of its exchange."""
    limit: str = ""
    """The id of the limit of the policy that withheld the answer or had it masked harder, or empty."""
    raised: Raised | None = None
    """What is recorded besides, where a measure of a case asks for that."""
    bytes_out: int = 0
    duration_ns: int = 0
