"""What `yingbi log verify` found last, kept for the console. It proves nothing: an auditor runs the command."""

import contextlib
import json
from datetime import datetime
from typing import Any

from console.installation import VerificationState
from deploy.private_file import write_private
from incident.ids import Bilingual
from siem.record.verify import Report, SealFinding
from siem.record.verify_start import Wrong
from yingbi.home import Home
from yingbi.log.verify import said_of
from yingbi.os_account import account
from yingbi.told import hear

MOST_FINDINGS = 50


def note_verified(home: Home, report: Report, at: datetime) -> None:
    """Keep what was found of the log in *home*. Who may not write there leaves it as it was."""
    found: list[Wrong | SealFinding] = [*report.seal_findings, *report.findings]
    facts: dict[str, Any] = {
        "at": at.isoformat(),
        "by": account(),
        "records": report.records,
        "unsealed": report.unsealed.records,
        "unanchored": report.unanchored.records,
        "root_known": report.is_root_known,
        "findings": [said_of(each) for each in found[:MOST_FINDINGS]],
    }
    with contextlib.suppress(OSError):
        write_private(home.verified, json.dumps(facts, ensure_ascii=False).encode())


def verified_in(home: Home) -> VerificationState | None:
    """What was found last; None where nobody has verified, or what was kept cannot be read."""
    try:
        facts = hear(home.verified)
        return VerificationState(
            at=datetime.fromisoformat(facts["at"]),
            by=str(facts["by"]),
            records=int(facts["records"]),
            unsealed=int(facts["unsealed"]),
            unanchored=int(facts["unanchored"]),
            is_root_known=bool(facts["root_known"]),
            findings=tuple(Bilingual(zh=str(zh), en=str(en)) for zh, en in facts["findings"]),
        )
    except (KeyError, ValueError, TypeError):
        return None
