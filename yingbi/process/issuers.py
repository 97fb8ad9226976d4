"""`python -m yingbi.process.issuers SETTINGS`: fetches the keys of issuers of tokens.

Beside it only the siem process asks anybody outside, where a look-up of cases is declared. It holds the key of what it
publishes, and no other.
"""

import os
import signal
import ssl
import sys
import threading
from collections.abc import Mapping

from policies.keys.key_files import Signer, Verifier
from policies.program import Program
from policies.program_callers import SourceRule
from proxy.board import Board
from proxy.published import NotPublished, read_programs
from yingbi.home import Home
from yingbi.issuer_desk import IssuerDesk, Place, sources_in
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.told import tell


class Sources:
    """What is to be fetched by the programs in force: read anew where others were published."""

    def __init__(self, home: Home, board: Board) -> None:
        self._home = home
        self._board = board
        self._verifier = Verifier(home.public_key("program").read_bytes())
        self._programs: dict[str, tuple[Program, str]] = {}
        self._seen = -1
        self._sources: Mapping[Place, SourceRule] = {}

    def __call__(self) -> Mapping[Place, SourceRule]:
        """By issuer and address. What was in force last stays where the programs cannot be read."""
        generation = self._board.programs
        if generation != self._seen:
            try:
                self._programs, _ = read_programs(self._home.published, self._verifier, self._programs, 0)
            except NotPublished:
                return self._sources
            self._seen = generation
            self._sources = sources_in(program for program, _ in self._programs.values())
        return self._sources


def trusted_by(settings: Settings) -> ssl.SSLContext:
    """The authorities that certify issuers; in the demo, the installation's own as well."""
    context = ssl.create_default_context(cafile=settings.issuers_ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.demo:
        context.load_verify_locations(cafile=Home(settings.home).authority)
    return context


def main(settings: Settings) -> None:
    """Fetch and publish until asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    home = Home(settings.home)
    board = Board(home.board)
    desk = IssuerDesk(
        folder=home.published,
        board=board,
        signer=Signer(home.private_key("issuers")),
        trusted=trusted_by(settings),
        sources=Sources(home, board),
    )
    told: dict[str, object] = {}

    def say() -> None:
        nonlocal told
        facts = {"pid": os.getpid(), "issuers": desk.facts()}
        if facts != told:
            tell(home.told("issuers"), facts)
            told = facts

    desk.run(stop, say)


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
