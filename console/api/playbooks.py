"""Playbooks in the API: what is wrong with one, and which way it takes, before any incident. Nothing is done."""

from collections.abc import Mapping
from typing import Any

from console.api.field import Field, Kind
from console.api.problems import Problem
from console.api.route import ApiRoute, At
from console.api.schemas import DRY_RUN, PLAYBOOK_CHECK
from console.desk import Desk
from console.office import Office
from console.way_json import way_json
from incident.dry_run import dry_run
from incident.graph import read_texts
from incident.ids import Bilingual
from incident.signing import Trust

_FILE = "file:"
_FILES = Field(
    name="files", en="the texts of CACAO playbooks by file name", kind=Kind.BY_NAME, prefix=_FILE, needed=True
)
_VAR = "var:"
_FIRST = Field(name="main", en="the name of the file that is run", needed=True)


class ApiPlaybooks:
    """Checking, and trying."""

    def __init__(self, office: Office) -> None:
        self._cases = office.cases

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        tried = (
            _FILES,
            _FIRST,
            Field(name="variables", en="values, also as outputs of steps", kind=Kind.BY_NAME, prefix=_VAR),
            Field(name="fail", en="steps that fail: names or ids", kind=Kind.TEXTS),
        )
        return (
            ApiRoute(
                method="POST",
                path="/playbooks/check",
                name="checkPlaybooks",
                summary="What is wrong with playbooks",
                run=self._check,
                fields=(_FILES,),
                answers=PLAYBOOK_CHECK,
                once=False,
            ),
            ApiRoute(
                method="POST",
                path="/playbooks/dry-run",
                name="tryPlaybook",
                summary="Which way a playbook takes, without doing anything",
                run=self._try,
                answers=DRY_RUN,
                fields=tried,
                once=False,
            ),
        )

    def _check(self, desk: Desk, at: At) -> Any:
        known, trust = self._cases.rules.books.values(), Trust(now=self._cases.now())
        books, findings = read_texts(_files(desk), known, trust)
        return {
            "playbooks": [
                {"file": file, "id": book.id, "name": book.name, "steps": len(book.steps)}
                for file, book in books.items()
            ],
            "findings": [
                {"file": each.file, "line": each.line, "code": each.code, "message": each.message} for each in findings
            ],
        }

    def _try(self, desk: Desk, at: At) -> Any:
        known = self._cases.rules.books.values()
        books, findings = read_texts(_files(desk), known, Trust(now=self._cases.now()))
        main = books.get(desk.form.get("main"))
        if findings or main is None:
            said = str(findings[0]) if findings else "there is no such file"
            raise Problem("field", Bilingual(zh="预案有误，请先检查", en=said), field="files" if findings else "main")
        variables = desk.form.starting(_VAR)
        try:
            way = dry_run(main, [*known, *books.values()], variables=variables, failing=desk.form.several("fail"))
        except ValueError as problem:
            raise Problem("field", Bilingual(zh="变量或步骤不对", en=str(problem)), field="variables") from None
        return way_json(way)


def _files(desk: Desk) -> Mapping[str, str]:
    return {name[len(_FILE) :]: texts[0] for name, texts in desk.form.fields.items() if name.startswith(_FILE)}
