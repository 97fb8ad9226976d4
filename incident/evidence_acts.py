"""What persons may do with evidence: each act is the facts that it adds, or NotPermitted with the reason."""

import re
from datetime import datetime, timedelta

from incident.acts import needs_open
from incident.blank import is_blank
from incident.evidence import Custody, Evidence, digests
from incident.facts.handling import EvidenceAdded, EvidenceMoved, EvidenceOpened
from incident.ids import NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact
from incident.marking import Tlp

KEEP = timedelta(days=3 * 365 + 1)
"""So long a file is kept as evidence. The installation's own limit: no law sets one."""
MOST_MEGABYTES = 20
"""Of a file that is kept. Forms and messages say this number."""
MOST_BYTES = MOST_MEGABYTES * 1_000_000
_SHA256, _SM3 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{64}|")


def add(case: Case, name: str, data: bytes, origin: str, tlp: Tlp, now: datetime) -> tuple[Fact, ...]:
    """A file of *data* that the installation keeps from now on."""
    needs_open(case)
    if not data or len(data) > MOST_BYTES:
        raise NotPermitted(
            f"文件须有内容，最大 {MOST_MEGABYTES} MB；更大的请在别处保管，只登记摘要",
            f"a file has content, {MOST_MEGABYTES} MB at most: of a larger one, note the digests",
        )
    sha256, sm3 = digests(data)
    return (_added(case, name, len(data), sha256, sm3, origin, tlp, now, kept=True),)


def note(
    case: Case, name: str, size: int, sha256: str, sm3: str, origin: str, tlp: Tlp, now: datetime
) -> tuple[Fact, ...]:
    """The digests of a file that is kept elsewhere; *origin* says where."""
    needs_open(case)
    sha256, sm3 = sha256.strip().lower(), sm3.strip().lower()
    if not _SHA256.fullmatch(sha256) or not _SM3.fullmatch(sm3):
        raise NotPermitted("摘要是 64 位十六进制数", "a digest has 64 hexadecimal digits")
    return (_added(case, name, size, sha256, sm3, origin, tlp, now, kept=False),)


def _added(
    case: Case, name: str, size: int, sha256: str, sm3: str, origin: str, tlp: Tlp, now: datetime, *, kept: bool
) -> EvidenceAdded:
    if is_blank(name) or is_blank(origin):
        raise NotPermitted("请填写名称和来源", "a name, and where it comes from, are needed")
    return EvidenceAdded(
        evidence=len(case.handling.evidence) + 1,
        name=name,
        size=size,
        sha256=sha256,
        sm3=sm3,
        origin=origin,
        tlp=tlp,
        kept=kept,
        keep_until=now + KEEP,
    )


def move(case: Case, number: int, step: Custody, party: str, note_: str) -> tuple[Fact, ...]:
    """Write down that it changed hands or was sealed. That goes on after the case was closed."""
    find(case, number)
    if is_blank(party):
        raise NotPermitted("请填写交给谁、由谁封存或归还谁", "it has to be said to or by whom")
    return (EvidenceMoved(evidence=number, step=step, party=party, note=note_),)


def may_read(case: Case, person: PersonId, *, audits: bool) -> bool:
    """Whether *person* may open the evidence: who has a role in the case, who added some, an auditor."""
    given = any(person in held for held in case.handling.roles.values())
    return audits or given or any(each.by.id == person for each in case.handling.evidence.values())


def opened(case: Case, number: int, *, intact: bool) -> tuple[Fact, ...]:
    """That it was taken out and compared."""
    find(case, number)
    return (EvidenceOpened(evidence=number, intact=intact),)


def find(case: Case, number: int) -> Evidence:
    """The piece of that number. Raises NotPermitted where there is none."""
    found = case.handling.evidence.get(number)
    if found is None:
        raise NotPermitted("没有这件证据", "there is no such evidence")
    return found


def needs_exportable(case: Case) -> None:
    """Return if something of *case* may be given to others. Raises NotPermitted where it is marked RED."""
    if case.handling.tlp is Tlp.RED:
        raise NotPermitted("案件标为 TLP:RED，不能导出给他人", "the case is marked TLP:RED: nothing of it is exported")
    if red := [each.number for each in case.handling.evidence.values() if each.tlp is Tlp.RED]:
        raise NotPermitted(
            f"证据 {'、'.join(map(str, red))} 标为 TLP:RED，不能导出给他人",
            f"evidence {', '.join(map(str, red))} is marked TLP:RED: it is not exported",
        )
