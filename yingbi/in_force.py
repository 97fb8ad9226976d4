"""What the workers of an installation serve by."""

from policies.keys.key_files import Verifier
from policies.program import Program, RevealRule
from proxy.published import NotPublished, read_current, read_programs
from yingbi.home import Home
from yingbi.kept_programs import KeptPrograms


def programs_in_force(home: Home) -> dict[str, tuple[Program, str]]:
    """By system, the program that workers serve by, and its digest. Raises NotPublished, ValueError and OSError."""
    verifier = Verifier(home.public_key("program").read_bytes())
    return read_programs(home.published, verifier, {}, 0)[0]


class ProgramsInForce:
    """The same, one system at a time: each program is read once, however often it is asked for."""

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
