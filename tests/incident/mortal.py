"""`python -m tests.incident.mortal FOLDER BOOK LIVES`: walks a case by that playbook to its end, and is killed at so
many writes.
"""

import os
import signal
import sys
import warnings
from collections import Counter
from pathlib import Path

from sqlalchemy import event

from incident.command import Question, Tighten
from incident.draft import CHECK_LIST
from incident.ids import CaseId
from incident.incident import Case
from tests.incident.office import ANSWERS, CHEN, LI, ZHAO, Office, alert, new_database

CASE = CaseId("C-20261123-001")
WHO = {"user.id": "clerk-wang", "service.name": "register", "yingbi.credential": "key:7"}


def walk_on(office: Office) -> Case:
    """Do whatever the case waits for, until it waits for nothing."""
    for _ in range(100):
        office.cases.tick()
        office.perform()
        case = office.cases.get(CASE)
        if case.run_ended and not office.cases.pending():
            return case
        for asked in case.questions:
            if asked.question is not Question.APPROVE_NOTICE:
                office.cases.complete(CASE, asked.key, CHEN, inputs={name: ANSWERS[name] for name in asked.answers})
            elif case.notice.submitted_by is None:
                office.cases.submit_notice(CASE, LI, case.notice.digest, tuple(CHECK_LIST))
            elif case.notice.approved_by is None:
                office.cases.approve_notice(CASE, ZHAO, case.notice.digest)
    raise AssertionError("the case comes to no end")


def asked_for(case: Case) -> Counter[tuple[str, str]]:
    """What was commanded by which step: the numbers of steps side by side follow from who answered first."""
    commands = [issued for issued in case.commands.values() if issued.step]
    return Counter((type(each.command).__name__, case.steps[each.step].name) for each in commands)


class Lives:
    """How often a write may still be struck at."""

    def __init__(self, left: int) -> None:
        self._left = left

    def strike(self, *_: object) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Office):
    """One whose orders are written down, and who may die before the outcome is."""

    lives: Lives

    def _tighten(self, command: Tighten) -> str:
        said = super()._tighten(command)
        with (self.folder / "overlay.log").open("a") as log:
            log.write(f"{command.key} {command.until.isoformat()}\n")
        self.lives.strike()
        return said


def main(folder: Path, book: str, lives: int) -> None:
    warnings.simplefilter("error")
    Mortal.lives = Lives(lives)
    engine = new_database(folder)
    event.listen(engine, "commit", Mortal.lives.strike)
    office = Mortal(folder=folder, engine=engine)
    office.cases.open_or_join(alert(respond=book, group=WHO))
    walk_on(office)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
