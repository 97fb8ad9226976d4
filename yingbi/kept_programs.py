"""Programs of the past: kept by their digest as long as the log that names them, so that it can be explained."""

from functools import lru_cache

from policies.keys.key_files import BadSignature, Verifier
from policies.program import BadProgram, Program, read_program
from yingbi.home import Home

MOST_READ = 64
"""Programs that are held at a time."""


class KeptPrograms:
    """The programs that were ever published in *home*."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._read = lru_cache(MOST_READ)(self._from_file)

    def of(self, digest: str) -> Program | None:
        """The program with this digest; None where it is gone, or not as it was signed."""
        return self._read(digest) if digest.isalnum() else None

    def _from_file(self, digest: str) -> Program | None:
        try:
            data = (self._home.published / "programs" / f"{digest}.json").read_bytes()
            program, found = read_program(data, Verifier(self._home.public_key("program").read_bytes()))
        except (OSError, BadProgram, BadSignature):
            return None
        return program if found == digest else None
