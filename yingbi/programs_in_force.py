"""The programs that workers serve by now, for the control process: read from where they are published."""

from policies.keys import Verifier
from policies.program import Program, RevealRule
from proxy.published import NotPublished, read_current
from yingbi.home import Home
from yingbi.kept_programs import KeptPrograms


class ProgramsInForce:
    """The program in force of each system in *home*."""

    def __init__(self, home: Home) -> None:
        self._published = home.published
        self._verifier = Verifier(home.public_key("program").read_bytes())
        self._kept = KeptPrograms(home)

    def digest_of(self, system: str) -> str:
        """The digest of the program of *system*; empty where there is none."""
        try:
            digests, _ = read_current(self._published, self._verifier)
        except NotPublished:
            return ""
        return digests.get(system, "")

    def of(self, system: str) -> Program | None:
        """The program of *system*; None where there is none that is as it was signed."""
        return self._kept.of(self.digest_of(system))

    def reveals(self, system: str) -> tuple[RevealRule, ...]:
        """What callers may ask to see more of in *system*."""
        program = self.of(system)
        return program.reveals if program else ()
