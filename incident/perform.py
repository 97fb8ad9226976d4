"""Carries out the commands that need the world outside the journal: the index, the overlay, the public folder."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

from incident.command import AssessScope, Done, Failed, Lift, Outcome, PublishNotice, ScopeFound, Tighten
from incident.counting import assess
from incident.drill import NOT_DONE
from incident.engine import Clock, OutsideCommand
from incident.notice import PublishedNotice, publish
from incident.scope import Levels
from siem.index.store import EventStore, StoreUnavailable

SEARCH_TIMEOUT = timedelta(seconds=30)
PATIENCE = timedelta(seconds=60)
"""How long a count waits for the index to hold all that was logged; then it counts what there is, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Performs one command at a time. Doing it again, as after a crash, changes nothing."""

    events: EventStore
    published: Path
    """The folder that the bulletin reads."""
    tighten: Callable[[Tighten], str]
    """Publishes an overlay entry whose id is the command's key and says how that went. Raises OSError."""
    lift: Callable[[Lift], str]
    """Publishes the overlay without the entry of that tightening and says how that went. Raises OSError."""
    indexed_until: Callable[[], datetime]
    """Until when the index is known to hold all that was logged."""
    clock: Clock
    sign: Callable[[PublishedNotice], tuple[str, ...]] = lambda notice: ()
    """The signature of each version of a notice, in their order."""
    bars: Callable[[OutsideCommand], bool] = lambda command: False
    """Whether a command may not be performed, as those of drills may not that act outside."""
    canaries: Callable[[], Set[str] | None] = lambda: None
    """The digests of invented people as they are now, or None where the list cannot be read."""
    levels: Callable[[], Levels] = lambda: ()
    """The levels of the policy in force."""

    def perform(self, command: OutsideCommand) -> Outcome | None:
        """How it ended, or None where it cannot be done yet and is to be tried again in a moment."""
        if self.bars(command):
            return Failed(said=NOT_DONE)
        match command:
            case Tighten():
                return self._publish_overlay(lambda: self.tighten(command))
            case Lift():
                return self._publish_overlay(lambda: self.lift(command))
            case AssessScope():
                return self._assess(command)
            case PublishNotice():
                return self._publish(command)
            case _:
                assert_never(command)

    def _publish_overlay(self, publish: Callable[[], str]) -> Outcome | None:
        try:
            return Done(said=publish())
        except OSError:
            return None  # a minute of trying is the playbook's time limit; then a person is asked
        except ValueError as error:
            return Failed(said=str(error))

    def _assess(self, command: AssessScope) -> Outcome | None:
        complete = self.indexed_until() >= command.question.end
        if not complete and self.clock() < command.question.end + PATIENCE:
            return None
        try:
            scope = assess(
                self.events,
                command.question,
                complete=complete,
                timeout=SEARCH_TIMEOUT,
                canaries=self.canaries(),
                levels=self.levels(),
            )
            return ScopeFound(scope=scope)
        except StoreUnavailable:
            return None

    def _publish(self, command: PublishNotice) -> Outcome:
        try:
            publish(self.published, command.notice, self.sign(command.notice))
        except OSError as error:
            return Failed(said=f"无法写入通告 / cannot write the notice: {error.strerror}")
        except ValueError as error:
            return Failed(said=str(error))
        return Done()
