"""What officers do with policies, form by form. The rules are `console.policy.acts`'."""

from collections.abc import Callable
from enum import StrEnum
from urllib.parse import quote

from starlette.responses import Response

from console.desk import Admitted, Desk
from console.forms import LONGEST_LINE, Mistyped, Typed
from console.pages import Pages
from console.policy.life import fit
from console.policy.pages import PolicyPages
from console.policy.state import Version
from console.policy.view import files_typed
from incident.ids import NotPermitted, PersonId
from policies.snapshot import Snapshot, snapshot_of


class FromWhere(StrEnum):
    """What a draft begins as, where it is no version of a number."""

    IN_FORCE = "in-force"
    FOLDER = "folder"
    SENT = "files"
    """The files that come with the form, as JSON."""


class PolicyForms:
    """Forms for officers."""

    def __init__(self, pages: Pages, shown: PolicyPages) -> None:
        self._pages = pages
        self._shown = shown
        self._life = pages.office.policies

    def draft(self, desk: Admitted) -> Response:
        """Begin a draft."""
        made: list[int] = []

        def act() -> None:
            title = desk.form.needed("title", most=LONGEST_LINE)
            reason = desk.form.needed("reason")
            made.append(self._life.draft(desk.person, self._begun(desk.form), title, reason))

        try:
            act()
        except NotPermitted as why:
            return self._shown.index(desk.handed_back("draft", why))
        return self._pages.go(f"/policies/drafts/{made[0]}", "policy-drafted")

    def file(self, desk: Admitted, draft: str) -> Response:
        """Change, add or take away one file of a draft."""
        _, found = self._shown.find(draft)
        form = desk.form

        def act() -> None:
            name = form.needed("name", most=LONGEST_LINE)
            files = dict(self._life.snapshot(found.content).files)
            if form.get("act") == "remove":
                if name not in files:
                    raise Mistyped("name", "草稿中没有这个文件", "the draft has no such file")
                del files[name]
            else:
                text = form.get("yaml")
                files[name] = text if text.endswith("\n") or not text else f"{text}\n"
            self._life.edit(desk.person, found.number, form.get("content"), fit(lambda: snapshot_of(files)))

        removed = form.get("act") == "remove"
        back = f"/policies/drafts/{found.number}"
        return self._pages.carry_out(
            desk,
            "file",
            act,
            done="policy-edited",
            back=back if removed else f"{back}/file?name={quote(form.get('name'))}",
            again=lambda handed_back: self._shown.draft_file(handed_back, draft),
        )

    def files(self, desk: Admitted, draft: str) -> Response:
        """Put other files in the place of all files of a draft."""
        _, found = self._shown.find(draft)

        def act() -> None:
            self._life.edit(desk.person, found.number, desk.form.get("content"), self._begun(desk.form))

        return self._do(desk, draft, "files", act, "policy-edited")

    def submit(self, desk: Admitted, draft: str) -> Response:
        """Answer for the exact files."""
        return self._do(desk, draft, "submit", lambda: self._life.submit(*self._of(desk, draft)), "policy-submitted")

    def approve(self, desk: Admitted, draft: str) -> Response:
        """Approve the exact files."""
        return self._do(desk, draft, "approve", lambda: self._life.approve(*self._of(desk, draft)), "policy-approved")

    def publish(self, desk: Admitted, draft: str) -> Response:
        """Put the approved files in force."""
        return self._do(desk, draft, "publish", lambda: self._life.publish(*self._of(desk, draft)), "policy-published")

    def rebase(self, desk: Admitted, draft: str) -> Response:
        """Bring the draft onto the version in force."""

        def act() -> None:
            self._life.rebase(*self._of(desk, draft), keep=desk.form.get("keep") == "yes")

        return self._do(desk, draft, "rebase", act, "policy-rebased")

    def withdraw(self, desk: Admitted, draft: str) -> Response:
        """Give the draft up."""
        _, found = self._shown.find(draft)

        def act() -> None:
            self._life.withdraw(desk.person, found.number, desk.form.needed("reason"))

        return self._do(desk, draft, "withdraw", act, "policy-withdrawn")

    def roll_back(self, desk: Admitted) -> Response:
        """Put a version from before in force again."""

        def act() -> None:
            to = desk.form.number("to", least=1, most=10**8)
            seen = desk.form.number("seen", least=0, most=10**8)
            self._life.roll_back(desk.person, to, seen, desk.form.needed("reason"))

        return self._pages.carry_out(
            desk, "roll-back", act, done="policy-rolled-back", back="/policies", again=self._shown.index
        )

    def _begun(self, form: Typed) -> Snapshot:
        match form.get("from"):
            case FromWhere.FOLDER:
                return fit(self._folder)
            case FromWhere.SENT:
                return files_typed(form)
            case FromWhere.IN_FORCE:
                return self._version(self._life.history().current)
            case text:
                return self._version(self._numbered(text))

    def _folder(self) -> Snapshot:
        try:
            return self._pages.office.folder()
        except OSError:
            raise NotPermitted("策略目录读不出来", "the folder of policies cannot be read") from None

    def _numbered(self, text: str) -> Version | None:
        try:
            return self._life.history().version(int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0)
        except KeyError:
            return None

    def _version(self, version: Version | None) -> Snapshot:
        if version is None:
            raise Mistyped("from", "请选择一项", "one of the choices has to be taken")
        return self._life.snapshot(version.content)

    def _of(self, desk: Desk, draft: str) -> tuple[PersonId, int, str]:
        return desk.person, self._shown.find(draft)[1].number, desk.form.get("content")

    def _do(self, desk: Desk, draft: str, form: str, act: Callable[[], None], done: str) -> Response:
        _, found = self._shown.find(draft)
        return self._pages.carry_out(
            desk,
            form,
            act,
            done=done,
            back=f"/policies/drafts/{found.number}",
            again=lambda handed_back: self._shown.draft(handed_back, draft),
        )
