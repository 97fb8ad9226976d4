from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.tables import METADATA
from incident.handling_book import HandlingBook
from incident.ids import PersonId
from incident.marking import CaseRole
from tests.console import bureau as bureaus
from tests.console.alerts.invented import Ward
from tests.console.bureau import CHEN, LI, Bureau
from tests.console.permits.invented import broken_glass, opened
from tests.console.policies import WORDED, with_text
from tests.incident.office import TEN, new_database


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """One that a test may do with what it likes."""
    with bureaus.opened(tmp_path) as bureau:
        yield bureau


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One that all tests of a module read: a case that waits for its notice, one that asks, a refused exchange.

    A drill with a task and an action.

    A list of persons to tell of the first, of which a part is there.

    A permit that is in force, and one of two hours ago that broke the glass.

    A rule that somebody proposes instead of one that comes with us.

    A playbook of others that somebody proposes.

    A search that everybody may open, and one of the on-call staff alone.

    And two versions of the policy, and a draft that waits for another officer.
    """
    with bureaus.opened(tmp_path_factory.mktemp("archive")) as bureau:
        bureau.listed(bureau.to_the_draft())
        bureau.open(bureau.leak(persons=120, caller="clerk-zhou", rule="bulk_reads"))
        drill = bureau.office.cases.open_drill("夜间演练", "low", CHEN, book="bulk-retrieval", once="1")
        book = HandlingBook(bureau.office.cases)
        book.give_role(drill, CHEN, CaseRole.LEAD, [CHEN])
        book.set_task(drill, CHEN, "核对通讯录", LI, TEN + timedelta(days=1))
        book.set_task(drill, CHEN, "换掉共用口令", CHEN, TEN + timedelta(days=30), lasting=True)
        bureau.withhold()
        bureau.permits.note(broken_glass(TEN - timedelta(hours=2)), TEN - timedelta(hours=2))
        bureau.permits.note(opened(TEN - timedelta(minutes=5), about="6YQ3K0M9ZT-1"), TEN - timedelta(minutes=5))
        bureau.searches.save(PersonId("p-qian"), "窗口昨天的拦截", "span=yesterday&outcome=withhold", shared=True)
        bureau.searches.save(CHEN, "王的记录", "span=week&caller=clerk-wang", shared=False)
        bureau.lives.published(WORDED)
        bureau.lives.submitted(with_text("2027", "2028", of=WORDED))
        bureau.propose_more_reads()
        bureau.propose_a_playbook()
        yield bureau


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Alerts, and the journal of what became of them."""
    engine = new_database(tmp_path)
    METADATA.create_all(engine)
    ward = Ward(tmp_path, engine)
    yield ward
    ward.alerts.close()
    engine.dispose()
