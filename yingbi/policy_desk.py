"""What the commands `yingbi policy …` stand on: reading is done here, acting through the console, as a person.

The state database has one writer, the control process. Who acts signs in there as in a browser; so the same rules hold,
and a command cannot do what its person may not.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy.exc import OperationalError

from console.policy.journal import BrokenPolicyJournal
from console.policy.life import PolicyLife, judge
from console.policy.state import Draft, PolicyHistory
from console.policy.store import AlteredFiles
from incident.database import open_database
from policies.findings import Finding
from policies.snapshot import Snapshot, UnfitFiles, read_folder
from yingbi.check import waiting
from yingbi.home import Home
from yingbi.release import Released, life_of
from yingbi.settings import Settings
from yingbi.status import is_supervised
from yingbi.told import hear
from yingbi.visitor import MaybeDone, NotDone, Visitor

IN_FORCE, FOLDER = "in-force", "folder"
_HEADING = "没有完成 Not done "
_MADE = re.compile(r'<output id="made"><code>([\w-]+)</code>')
_REVOKES = re.compile(r'action="/tokens/(\d+)/revoke"')
"""The newest comes first."""


class CannotAct(Exception):
    """Nothing was done, but for MayHaveActed. The message says why, Chinese and English."""


class MayHaveActed(CannotAct):
    """No answer came, and what was asked may have been done. The message says where that is to be seen."""


class NotThere(CannotAct):
    """The console has nothing of the number that was named."""


@dataclass(frozen=True, slots=True)
class Named:
    """A policy that somebody named on the command line."""

    title: str
    snapshot: Snapshot


class PolicyDesk:
    """The policies of one installation, running or not, to read."""

    def __init__(self, home: Home, life: PolicyLife) -> None:
        self._home = home
        self.life = life

    def history(self) -> PolicyHistory:
        """All that has happened."""
        return self.life.history()

    def served(self) -> dict[str, Any]:
        """What the supervisor tells of the policy that workers serve by; nothing where the installation is stopped."""
        policy: dict[str, Any] = hear(self._home.told("supervisor")).get("policy", {})
        return policy if is_supervised(self._home) else {}

    def waiting(self, snapshot: Snapshot, now: datetime) -> list[Finding]:
        """What would keep *snapshot* from coming into force at *now*, were it published: warnings."""
        return waiting(self._home, judge(snapshot, now).loaded.programs, now)

    def named(self, name: str) -> Named:
        """What *name* is: `folder`, `in-force`, the number of a version, or `d` and that of a draft.

        Raises CannotAct.
        """
        history = self.history()
        if name == FOLDER:
            return Named("目录 / the folder", read_folder(self._home.policies))
        if name.startswith("d") and (draft := history.drafts.get(number_in(name[1:]))):
            return Named(f"草稿 / draft {draft.number}", self.life.snapshot(draft.content))
        if name == IN_FORCE and history.current:
            name = str(history.current.number)
        try:
            version = history.version(number_in(name))
        except KeyError:
            raise CannotAct(
                f"没有 `{name}`：可写 folder、in-force、版本号，或 d 加草稿号 / there is none: `folder`, `in-force`,"
                " the number of a version, or `d` and that of a draft"
            ) from None
        return Named(f"第 {version.number} 版 / version {version.number}", self.life.snapshot(version.content))

    def draft(self, name: str) -> Draft:
        """The draft with that number, with or without the `d`. Raises CannotAct."""
        found = self.history().drafts.get(number_in(name.removeprefix("d")))
        if found is None:
            raise CannotAct(f"没有第 {name} 号草稿 / there is no draft {name}: yingbi policy history lists them")
        return found


@contextlib.contextmanager
def policy_desk(home: Home) -> Iterator[PolicyDesk]:
    """The desk of the installation in *home*. Raises CannotAct, also for what goes wrong at it."""
    if not home.state.exists() or not home.private_key("release").exists():
        raise CannotAct(f"`{home.root}` 中还没有策略记录，首次 `yingbi up` 时建立 / no journal yet: yingbi up makes it")
    engine = open_database(f"sqlite:///{home.state}")
    try:
        yield PolicyDesk(home, life_of(home, engine, lambda _: None, Released(home)))
    except BrokenPolicyJournal as broken:
        raise CannotAct(f"{broken.zh}，请审计员先核查 / {broken}: an auditor has to look first") from None
    except AlteredFiles as altered:
        raise CannotAct(f"保存的策略文件被改动过，请审计员先核查 / {altered}") from None
    except UnfitFiles as unfit:
        raise CannotAct(f"{unfit.zh} / {unfit}") from None
    except OperationalError as error:
        raise CannotAct(f"无法读取状态数据库 / cannot read the state database: {error.orig}") from None
    finally:
        engine.dispose()


class Clerk:
    """One person at the console of a running installation."""

    def __init__(self, visitor: Visitor, told_by: str) -> None:
        """*told_by* is the command that tells what has been done."""
        self._visitor = visitor
        self._told_by = told_by

    def act(self, action: str, **given: str) -> str:
        """Send *given* to *action*, and return the path of what came of it.

        Raises CannotAct with what the console said, NotThere.
        """
        return self._told(lambda: self._visitor.act(action, given))

    def token(self, given: Sequence[tuple[str, str]]) -> tuple[int, str]:
        """Make a token for the API as *given*: its number, and what it is known by. Raises as `act` does."""
        page = self._told(lambda: self._visitor.answered("/tokens", given).text)
        made, number = _MADE.search(page), _REVOKES.search(page)
        if made is None or number is None:
            raise MayHaveActed(f"没有读到令牌，请在控制台查看 / no token was read: see {self._told_by}")
        return int(number[1]), made[1]

    def _told[Result](self, act: Callable[[], Result]) -> Result:
        try:
            return act()
        except MaybeDone as problem:
            raise MayHaveActed(
                f"控制台没有答完，可能已经执行：先看 `{self._told_by}`，不要直接重试"
                f" / no answer came ({problem}) and it may have been done: see there before you repeat it"
            ) from None
        except NotDone as problem:
            if problem.status == 403:
                raise CannotAct("您的角色无权进行此操作 / your roles may not do this") from None
            if problem.status == 404:
                raise NotThere("没有这个编号 / there is nothing of that number") from None
            if problem.status == 413:
                raise CannotAct("文件太多或太大 / what was sent is too long") from None
            raise CannotAct(problem.said.removeprefix(_HEADING) or str(problem)) from None

    def draft(self, snapshot: Snapshot, title: str, reason: str) -> int:
        """Make a draft of *snapshot*, and return its number."""
        files = json.dumps(dict(snapshot.files), ensure_ascii=False)
        path = self.act("/policies/drafts", **{"from": "files"}, files=files, title=title, reason=reason)
        return number_in(path.rpartition("/")[2])


@contextlib.contextmanager
def signed_in(
    settings: Settings, name: str, password: Callable[[], str], *, for_policies: bool = True, told_by: str = ""
) -> Iterator[Clerk]:
    """The person whose account is *name*, signed in for as long as it takes. Raises CannotAct.

    *for_policies* there is nothing to act on where the folder is in force. *told_by*: the command that tells what was
    done, where it is another than that of policies or permits.
    """
    home = Home(settings.home)
    if not is_supervised(home):
        raise CannotAct(f"`{home.root}` 没有运行，请先 yingbi up / it does not run: yingbi up starts it")
    if for_policies and not settings.two_people:
        raise CannotAct(
            "本安装没有启用两人审批，策略目录中的文件即为现行策略（two_people = false）"
            " / policies take one person here: the files in the folder are in force"
        )
    visitor = Visitor(settings)
    try:
        try:
            visitor.sign_in(name, password())
        except NotDone as problem:
            raise CannotAct(problem.said.removeprefix(_HEADING) or str(problem)) from None
        try:
            yield Clerk(visitor, told_by or ("yingbi policy history" if for_policies else "yingbi permits list --all"))
        finally:
            with contextlib.suppress(NotDone, MaybeDone, httpx.TransportError):
                visitor.act("/sign-out", {})
    except httpx.TransportError as error:
        raise CannotAct(f"控制台没有应答 / the console does not answer: {type(error).__name__}") from None
    finally:
        visitor.close()


def number_in(text: str) -> int:
    """The number that *text* is; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
