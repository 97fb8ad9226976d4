"""The policies: what is in force, its history, the drafts; `console.policy.forms` is what their forms do."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.desk import Admitted, Desk
from console.pages import Pages, sheet
from console.policy.acts import MOST_WAITING
from console.policy.journal import BrokenPolicyJournal
from console.policy.state import ENDED, Draft, PolicyHistory, Version
from console.policy.store import AlteredFiles
from console.policy.view import bars, compared, errors_in, is_behind
from incident.ids import Bilingual
from policies.findings import Finding
from policies.snapshot import Snapshot, UnfitFiles

MOST_LISTED = 200
ON_ONE_PAGE = 20
MOST_ENTRIES = 60
"""Of the journal on the page; `yingbi policy history --json` has what it adds up to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder of policies beside what is in force."""

    snapshot: Snapshot | None
    """None where no policy is made of what lies there."""
    problem: Bilingual | None
    differs: bool


class PolicyPages:
    """Pages to read, for officers and auditors."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office
        self._life = pages.office.policies

    def index(self, desk: Admitted) -> Response:
        """What is in force, the drafts, the versions before, and what is wrong with the files."""
        policy = self._office.state().policy
        try:
            history, altered = self._life.history(), None
        except BrokenPolicyJournal as broken:
            history, altered = PolicyHistory(), Bilingual(zh=broken.zh, en=str(broken))
        folder = self._folder(history) if policy.two_people else None
        shown = sheet(tuple(reversed(history.versions)), desk.page, ON_ONE_PAGE)
        if shown is None:
            raise HTTPException(404)
        return self._pages.page(
            desk,
            "policies.html.j2",
            policy=policy,
            altered=altered,
            history=history,
            shown=shown,
            folder=folder,
            beginnings=_beginnings(desk, folder),
            ended=history.ended[:ON_ONE_PAGE],
            entries=tuple(reversed(history.entries[-MOST_ENTRIES:])),
            ways_back=[(str(number), _titled(history.version(number))) for number in history.ways_back],
            writes=desk.may("POST", "/policies/drafts") and policy.two_people and not altered,
            most=MOST_LISTED,
            most_waiting=MOST_WAITING,
        )

    def draft(self, desk: Admitted, draft: str) -> Response:
        """One draft, with what the check finds and what it would change."""
        history, found = self.find(draft)
        current = history.current
        assert current is not None
        base = history.version(found.base)
        ended = found.standing in ENDED
        compared_with = base if ended or is_behind(found, history) else current
        return self._pages.page(
            desk,
            "policy_draft.html.j2",
            most=MOST_LISTED,
            draft=found,
            base=base,
            current=current,
            compared_with=compared_with,
            difference=compared(self._life, compared_with.content, found.content),
            findings=self._life.judged(found.content).findings,
            errors=errors_in(self._life.judged(found.content).findings),
            names=sorted(self._life.snapshot(found.content).files),
            barred=bars(found, desk.person),
            behind=not ended and is_behind(found, history),
            rehearsal=self._office.rehearsal_of(found),
            ended=ended,
            writes=desk.may("POST", "/policies/drafts") and not ended,
            done_by=[each for each in history.entries if getattr(each.fact, "draft", 0) == found.number],
        )

    def draft_file(self, desk: Admitted, draft: str) -> Response:
        """One file of a draft, to read or to edit, with what the check finds in it."""
        _, found = self.find(draft)
        name = desk.form.get("name") or desk.asked("name")
        files = self._life.snapshot(found.content).files
        findings = self._life.judged(found.content).findings
        return self._pages.page(
            desk,
            "policy_file.html.j2",
            most=MOST_LISTED,
            draft=found,
            version=None,
            name=name,
            exists=name in files,
            text=files.get(name, ""),
            findings=[each for each in findings if each.at.file == name],
            others=len([each for each in findings if each.at.file != name]),
            writes=desk.may("POST", "/policies/drafts") and found.standing not in ENDED,
        )

    def version(self, desk: Admitted, version: str) -> Response:
        """One version: who agreed on it, and what it changed."""
        history, found = self._find_version(version)
        before = history.version(found.number - 1) if found.number > 1 else None
        return self._pages.page(
            desk,
            "policy_version.html.j2",
            most=MOST_LISTED,
            version=found,
            before=before,
            current=history.current,
            difference=compared(self._life, before.content, found.content) if before else None,
            names=sorted(self._life.snapshot(found.content).files),
            way_back=found.number in history.ways_back,
            writes=desk.may("POST", "/policies/drafts") and self._office.state().policy.two_people,
        )

    def version_file(self, desk: Admitted, version: str) -> Response:
        """One file of a version, to read."""
        _, found = self._find_version(version)
        name = desk.asked("name")
        files = self._life.snapshot(found.content).files
        if name not in files:
            raise HTTPException(404)
        findings: list[Finding] = []
        return self._pages.page(
            desk,
            "policy_file.html.j2",
            most=MOST_LISTED,
            draft=None,
            version=found,
            name=name,
            exists=True,
            text=files[name],
            findings=findings,
            others=0,
            writes=False,
        )

    def find(self, number: str) -> tuple[PolicyHistory, Draft]:
        """The draft of that number. Raises HTTPException where there is none."""
        history = self._life.history()
        found = history.drafts.get(_number(number))
        if found is None:
            raise HTTPException(404)
        return history, found

    def _find_version(self, number: str) -> tuple[PolicyHistory, Version]:
        history = self._life.history()
        try:
            return history, history.version(_number(number))
        except KeyError:
            raise HTTPException(404) from None

    def _folder(self, history: PolicyHistory) -> Folder:
        try:
            snapshot = self._office.folder()
        except UnfitFiles as unfit:
            return Folder(snapshot=None, problem=Bilingual(zh=unfit.zh, en=str(unfit)), differs=True)
        except OSError:
            problem = Bilingual(zh="策略目录读不出来", en="the folder of policies cannot be read")
            return Folder(snapshot=None, problem=problem, differs=True)
        current = history.current
        return Folder(snapshot=snapshot, problem=None, differs=bool(current and snapshot.digest != current.content))


def altered_page(pages: Pages, desk: Desk | None, broken: BrokenPolicyJournal | AlteredFiles) -> Response:
    """What stands in the place of a page that would be made from altered records."""
    zh = broken.zh if isinstance(broken, BrokenPolicyJournal) else "保存的策略文件被改动过"
    what = Bilingual(zh=f"{zh}，请保全现场，通知审计员", en=f"{broken}: keep everything as it is, and tell an auditor")
    return pages.error(503, what, desk)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _titled(version: Version) -> str:
    return f"第 {version.number} 版" + (f"：{version.title}" if version.title else "")


def _beginnings(desk: Desk, folder: Folder | None) -> list[tuple[str, str]]:
    """What a draft may begin as: the choices of the form, the one included that it was handed back with."""
    found = [("in-force", "现行版本 / the version in force")]
    if folder and folder.differs and not folder.problem:
        found.append(("folder", "策略目录中的文件 / the files in the folder"))
    chosen = desk.slip.typed.get("from") if desk.slip else ""
    if number := _number(chosen):
        found.append((chosen, f"第 {number} 版 / version {number}"))
    return found
