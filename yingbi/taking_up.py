"""Whether a version of the policy that was released has been taken up: by the supervisor, and by every worker."""

import threading
import time
from datetime import datetime
from enum import Enum, auto

from policies.findings import Severity
from yingbi.home import Home
from yingbi.release import Released
from yingbi.standing import processes_of
from yingbi.told import hear

LIMIT_S = 30.0
"""The lease of a worker (`proxy.worker_settings`): one that has read nothing for longer shows no personal data."""
_LOOK_S = 0.05


class TakenUp(Enum):
    """What has become of a version."""

    BY_ALL = auto()
    REFUSED = auto()
    """The supervisor has looked at it, found errors, and goes on by the one before."""
    NOT_YET = auto()


def taken_up(home: Home, version: int, limit_s: float = LIMIT_S) -> TakenUp:
    """What has become of *version*; looked at until it is taken up or refused, for at most *limit_s* seconds."""
    deadline, pause = time.monotonic() + limit_s, threading.Event()
    released = Released(home)
    while (found := _look(home, released, version)) is TakenUp.NOT_YET and time.monotonic() < deadline:
        pause.wait(_LOOK_S)
    return found


def _look(home: Home, released: Released, version: int) -> TakenUp:
    policy = hear(home.told("supervisor")).get("policy", {})
    if policy.get("version") == version:
        workers = [each for each in processes_of(home) if "programs" in each]
        by_all = all(each["programs"] == policy["generation"] for each in workers)
        return TakenUp.BY_ALL if by_all else TakenUp.NOT_YET
    errors = any(finding["severity"] == Severity.ERROR for finding in policy.get("findings", ()))
    if not errors or not policy["checked_at"]:
        return TakenUp.NOT_YET
    release = released.now()
    is_this = release is not None and release.version == version
    looked_at = datetime.fromisoformat(policy["checked_at"]).timestamp()
    return TakenUp.REFUSED if is_this and looked_at > home.release.stat().st_mtime else TakenUp.NOT_YET
