"""What befalls the installation meanwhile: workers killed, stopped and renewed, policies published, callers blocked."""

import os
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle

from incident.command import Containment, Lift, Tighten
from incident.ids import ENGINE, CaseId, CommandKey, PersonId
from policies.keys.key_files import Signer
from proxy.board import Board
from tests.installation import Installation
from tests.soak.callers import Heard
from yingbi.home import Home
from yingbi.publish.overlay import OverlayPublisher
from yingbi.told import hear

KEPT = "worker-0"
"""Is never killed once its memory is measured."""
STOPPED_S = 1.5


def pids(home: Home) -> dict[str, int]:
    """The processes of an installation by name."""
    told = hear(home.told("supervisor"))
    return {each["name"]: each["pid"] for each in told.get("processes", [])} | {"supervisor": told.get("pid", 0)}


@dataclass
class Disturbances:
    """One after another, at a steady pace."""

    running: Installation
    heard: Heard
    blocked: str
    """A caller who is blocked and let in again."""
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._home = Home(self.running.home)
        self._overlays = OverlayPublisher(
            folder=self._home.published,
            board=Board(self._home.board),
            signer=Signer(self._home.private_key("overlay")),
            clock=lambda: datetime.now(UTC),
        )
        self._tightened: Tighten | None = None

    def go_on(self, pause_s: float) -> None:
        """Until it is over, something every *pause_s*."""
        acts = cycle((self.kill, self.tighten, self.stop, self.publish, self.lift))
        while not self.heard.over.wait(pause_s):
            act = next(acts)
            act()
            self.done.append(act.__name__)

    def kill(self) -> None:
        """SIGKILL for a worker."""
        if pid := pids(self._home).get("worker-1"):
            self.heard.killed_s = time.monotonic()
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """SIGSTOP for a worker, and SIGCONT after a while."""
        if pid := pids(self._home).get(KEPT):
            os.kill(pid, signal.SIGSTOP)
            self.heard.over.wait(STOPPED_S)
            os.kill(pid, signal.SIGCONT)

    def publish(self) -> None:
        """Another policy: the same with another remark."""
        system = self._home.policies / "systems" / "register.yaml"
        lines = [line for line in system.read_text("utf-8").splitlines() if not line.startswith("# soak")]
        written = system.with_suffix(".part")
        written.write_text("\n".join([*lines, f"# soak {len(self.done)}", ""]), "utf-8")
        written.replace(system)

    def reload(self) -> None:
        """Every worker renewed."""
        done = self.running.run("reload")
        assert done.returncode == 0, done.stderr
        self.done.append("reload")

    def tighten(self) -> None:
        """Nobody serves a caller any more."""
        self._tightened = Tighten(
            key=CommandKey(f"soak-{len(self.done)}"),
            case=CaseId("C-20261126-001"),
            kind=Containment.BLOCK_CALLER,
            target=self.blocked,
            until=datetime.now(UTC) + timedelta(hours=1),
            reason="soak",
            by=ENGINE,
        )
        self._overlays.tighten(self._tightened)

    def lift(self) -> None:
        """And he is served again."""
        if self._tightened is None:
            return
        self._overlays.lift(
            Lift(
                key=CommandKey(f"{self._tightened.key}-lifted"),
                case=self._tightened.case,
                tightening=self._tightened,
                at=datetime.now(UTC),
                reason="soak",
                asked_by=PersonId("P-001"),
                agreed_by=PersonId("P-002"),
            )
        )
