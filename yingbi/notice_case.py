"""A case as its verified journal tells it, and the press of the installation, for commands that fill in notices."""

from sqlalchemy.exc import OperationalError

from incident.database import open_database
from incident.ids import CaseId
from incident.incident import Case
from incident.ledger import Ledger
from incident.recheck import JournalCheck
from incident.store import CaseStore
from incident.wording import Press
from policies.release import NotReleased
from yingbi.clock import now
from yingbi.home import Home
from yingbi.policy_source import UnreadableFolder, source_of
from yingbi.press import press_of
from yingbi.settings import Settings


class CannotTell(Exception):
    """What a notice would say cannot be told. The message says why, Chinese and English."""


def case_in(home: Home, name: str) -> Case:
    """The case *name*, read from its journal, which was verified entry by entry. Raises CannotTell."""
    if not home.state.exists():
        raise CannotTell(f"`{home.root}` 中还没有案件，`yingbi up` 时建立 / no cases yet: yingbi up makes the database")
    engine = open_database(f"sqlite:///{home.state}")
    try:
        store = CaseStore(engine)
        check = JournalCheck(store)
        check.go_on(lambda: None)
        if broken := check.broken.get(CaseId(name)):
            raise CannotTell(
                f"案件记录被改动过：{broken.zh}，请审计员先核查 / {broken.en}: an auditor has to look first"
            )
        return Ledger(store).get(CaseId(name))
    except KeyError:
        raise CannotTell(f"没有案件 `{name}` / there is no such case") from None
    except OperationalError as error:
        raise CannotTell(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    finally:
        engine.dispose()


def press_in(settings: Settings) -> Press:
    """How notices are written here, with the titles of the policy in force. Raises CannotTell."""
    try:
        taken = source_of(settings, "notice").take(now())
    except (NotReleased, UnreadableFolder, OSError) as error:
        raise CannotTell(f"无法读取生效的策略 / the policy in force cannot be read: {error}") from None
    return press_of(settings, taken.loaded.policy)
