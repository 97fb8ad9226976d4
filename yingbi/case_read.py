"""One case for a command, from its journal, which is verified entry by entry."""

from sqlalchemy.exc import OperationalError

from incident.database import open_database
from incident.ids import CaseId
from incident.incident import Case
from incident.journal import BrokenJournal, verify
from incident.replay import replay
from incident.store import CaseStore
from yingbi.home import Home


class CannotTell(Exception):
    """What a case is cannot be told. The message says why, Chinese and English."""


def case_in(home: Home, case: str) -> Case:
    """The *case* of the installation in *home*, whether it runs or not. Raises CannotTell, also if restricted."""
    if not home.state.exists():
        raise CannotTell(
            f"`{home.root}` 中还没有案件，`yingbi up` 时建立 / no cases yet: yingbi up makes their database"
        )
    engine = open_database(f"sqlite:///{home.state}")
    try:
        entries = CaseStore(engine).journal_of(CaseId(case))
        verify(entries)
    except OperationalError as error:
        raise CannotTell(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    except (BrokenJournal, ValueError):
        raise CannotTell(
            f"案件 `{case}` 的日志与写入时不同，请审计员先核查"
            f" / the journal of `{case}` is not as it was written: an auditor has to look first"
        ) from None
    finally:
        engine.dispose()
    if not entries:
        raise CannotTell(f"没有案件 `{case}` / there is no such case")
    return open_to_all(replay(entries))


def open_to_all(case: Case) -> Case:
    """*case*. Raises CannotTell where only named persons may open it: nobody signs in to these commands."""
    if case.handling.restricted:
        raise CannotTell(
            f"案件 `{case.id}` 限制查看，请被点名的人登录控制台"
            f" / `{case.id}` is restricted: who is named opens it in the console"
        )
    return case
