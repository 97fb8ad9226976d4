"""The journals that the control process keeps beside the cases, opened with the keys that sign them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from console.alerts.book import AlertBook, Due
from console.permits.book import PermitBook
from console.playbooks.book import PlaybookBook
from console.rules.book import RuleBook
from console.sealed_journal import BrokenJournal
from console.search.book import SearchBook
from incident.ids import Bilingual
from policies.keys.key_files import Signer
from yingbi.clock import now
from yingbi.home import Home
from yingbi.playbook_shelf import PlaybookFolder
from yingbi.rule_desk import lists_of
from yingbi.rules import SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Who asked to see what whole, what was done about alerts, and which rules, playbooks and searches there are."""

    permits: PermitBook
    alerts: AlertBook
    rules: RuleBook
    playbooks: PlaybookBook
    searches: SearchBook


def open_books(home: Home, engine: Engine, check_text: Callable[[str], None], due: Due) -> Books:
    """The books of the installation in *home*, whose database is behind *engine*.

    *check_text* raises for what nobody may write into a record; *due* says by when an alert is to be acknowledged.
    """
    permits, release = Signer(home.private_key("permits")), Signer(home.private_key("release"))
    return Books(
        permits=PermitBook(engine, permits, now, check_text=check_text),
        alerts=AlertBook(engine, Signer(home.private_key("alerts")), now, due=due, check_text=check_text),
        rules=RuleBook(
            engine, release, now, shipped=SHIPPED, own=home.rules, lists=lists_of(home), check_text=check_text
        ),
        playbooks=PlaybookBook(engine, release, now, PlaybookFolder(home, now), check_text=check_text),
        searches=SearchBook(engine, permits, now, check_text=check_text),
    )


def said_of(broken: BrokenJournal | None) -> Bilingual | None:
    """Where a journal is not as it was written, where that is so."""
    return Bilingual(zh=broken.zh, en=str(broken)) if broken else None
