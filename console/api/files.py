"""What the API hands out or takes as a file: evidence, lists of persons, the forms of duties, drafts of notices.

INVARIANT 3: what lies nowhere in clear lies in no answer that is kept either: these acts are no `once` of `ApiRoute`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from console.api.cases import ApiCases
from console.api.field import Field, Kind
from console.api.problems import Problem
from console.api.route import ApiRoute, At, act_route
from console.api.schemas import CASE_HANDLED, FORM, PERSON_LISTS, RENDITION, TEMPLATE_LIST
from console.cases.acts import CaseActs
from console.cases.duty_pages import DutyPages
from console.cases.evidence_acts import EvidenceActs
from console.cases.handling_json import person_list_json
from console.cases.pages import CasePages
from console.cases.person_pages import PersonPages
from console.desk import Desk
from console.pages import Pages
from incident.audience import AUDIENCES, Audience, templates_in
from incident.codec import encode
from incident.evidence import Custody
from incident.ids import Bilingual, CaseId, NotPermitted
from incident.marking import Tlp
from incident.rendition import rendition_json
from incident.sheets.sheet import MEDIA_TYPES, Sheet, SheetFormat

type Act = Callable[[Desk, str], Response]

OCTETS, ZIP = "application/octet-stream", "application/zip"
JSON = "json"
_SHEETS = tuple(MEDIA_TYPES.values())
_NUMBER = Field(name="number", en="of the piece, or of the list, within the case", kind=Kind.NUMBER, needed=True)
_RECIPIENT = Field(name="recipient", en="the public age key of who tells them", needed=True)

FILE_ACTS: Mapping[str, tuple[str, str, tuple[Field, ...]]] = {
    "evidence": (
        "addEvidence",
        "Keep a file as evidence, or note the digests of one that is kept elsewhere",
        (
            Field(name="file", en="the file, of at most 32,000,000 octets", kind=Kind.FILE),
            Field(name="origin", en="where it comes from; of what is kept elsewhere, where that is", needed=True),
            Field(name="tlp", en="who may be told of it", needed=True, choices=tuple(Tlp)),
            Field(name="name", en="of what is kept elsewhere"),
            Field(name="size", en="its octets", kind=Kind.NUMBER),
            Field(name="sha256", en="its SHA-256, in hex"),
            Field(name="sm3", en="its SM3, in hex"),
        ),
    ),
    "evidence-move": (
        "moveEvidence",
        "Write down that a piece changed hands or was sealed",
        (
            _NUMBER,
            Field(name="step", en="what became of it", needed=True, choices=tuple(Custody)),
            Field(name="party", en="to or by whom"),
            Field(name="note", en="what else is to be known"),
        ),
    ),
}
PERSON_ACTS: Mapping[str, tuple[str, str, tuple[Field, ...]]] = {
    "": (
        "askPersons",
        "Want a list of the persons to tell",
        (
            Field(name="source", en="the declared system that says who they are", needed=True),
            _RECIPIENT,
            Field(name="masked", en="also those of whom only masked data was shown", choices=("yes", "no")),
            Field(name="reason", en="why", needed=True),
        ),
    ),
    "/agree": ("agreePersons", "Agree, as the second person, to a list for the very key", (_NUMBER, _RECIPIENT)),
    "/stop": ("stopPersons", "Try nothing more for a list", (_NUMBER, Field(name="reason", en="why", needed=True))),
}
_RENDER = (
    Field(name="template", en="its name; that of the case unless given"),
    Field(name="audience", en="whom it is written for; the public unless given", choices=tuple(Audience)),
    Field(name="format", en="json unless given", choices=(JSON, *SheetFormat)),
)


class ApiFiles:
    """Evidence, persons to tell, forms, drafts."""

    def __init__(self, pages: Pages, shown: CasePages, cases: ApiCases) -> None:
        self._evidence, self._persons = EvidenceActs(pages, shown), PersonPages(pages, shown)
        self._forms = DutyPages(pages, shown, CaseActs(pages, shown))
        self._shown, self._cases, self._office = shown, cases, pages.office

    @property
    def routes(self) -> tuple[ApiRoute, ...]:
        """What it answers."""
        case = "/cases/{case}"
        kept: Mapping[str, Act] = {"evidence": self._evidence.add, "evidence-move": self._evidence.move}
        told: Mapping[str, Act] = {
            "": self._persons.ask,
            "/agree": self._persons.agree,
            "/stop": self._persons.stop,
        }
        return (
            *(act_route(f"{case}/{act}", *FILE_ACTS[act], self._then(kept[act]), CASE_HANDLED) for act in FILE_ACTS),
            ApiRoute(
                method="POST",
                path=f"{case}/evidence-open",
                name="openEvidence",
                summary="A piece as a file; that it was opened is recorded first",
                fields=(_NUMBER,),
                files=(OCTETS,),
                once=False,
                run=lambda desk, at: self._evidence.open(desk, at["case"]),
            ),
            ApiRoute(
                method="POST",
                path=f"{case}/evidence-export",
                name="exportEvidence",
                summary="All that is kept as an archive, with manifest and digests",
                files=(ZIP,),
                once=False,
                run=lambda desk, at: self._evidence.export(desk, at["case"]),
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/persons",
                name="persons",
                summary="The lists",
                run=self._lists,
                answers=PERSON_LISTS,
            ),
            *(
                act_route(f"{case}/persons{act}", *PERSON_ACTS[act], self._listed(told[act]), PERSON_LISTS)
                for act in PERSON_ACTS
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/persons/{{number}}/{{part}}",
                name="personsPart",
                summary="One part of a list, encrypted",
                files=(OCTETS,),
                run=lambda desk, at: self._persons.part(desk, at["case"], at["number"], at["part"]),
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/forms/{{form}}",
                name="form",
                summary="A form filled in from the facts: `first` as JSON, or as `first.html`, `.docx`, `.pdf`, `.txt`",
                files=_SHEETS,
                run=self._form,
                answers=FORM,
            ),
            ApiRoute(
                method="GET",
                path=f"{case}/notice/render",
                name="renderNotice",
                summary="What a template makes of the facts, and what stands against publishing it",
                query=_RENDER,
                files=_SHEETS,
                run=self._render,
                answers=RENDITION,
            ),
            ApiRoute(
                method="GET",
                path="/templates",
                name="listTemplates",
                summary="The templates of notices, and whom they can be written for",
                run=self._templates,
                answers=TEMPLATE_LIST,
            ),
        )

    def _then(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["case"])
            return self._cases.handled(at["case"])

        return run

    def _listed(self, act: Act) -> Callable[[Desk, At], Any]:
        def run(desk: Desk, at: At) -> Any:
            act(desk, at["case"])
            return self._lists(desk, at)

        return run

    def _lists(self, desk: Desk, at: At) -> Any:
        case = self._shown.find(at["case"])
        return {
            "case": case.id,
            "lists": [person_list_json(case.id, each) for each in case.person_lists.values()],
            "sources": list(self._office.person_sources()),
        }

    def _form(self, desk: Desk, at: At) -> Any:
        name, _, ending = at["form"].partition(".")
        if ending in ("", JSON):
            return encode(Sheet, self._forms.sheet(at["case"], name))
        return self._forms.form(desk, at["case"], at["form"])

    def _render(self, desk: Desk, at: At) -> Any:
        case, kind = self._shown.find(at["case"]), desk.asked("format") or JSON
        if self._shown.altered(case.id):
            raise NotPermitted(
                "案件记录被改动过，请审计员先核查", "the journal of the case was altered: no draft is made"
            )
        template = desk.asked("template") or self._office.cases.template_of(case.id) or self._office.press_template
        if template not in (known := self._names()):
            said = Bilingual(zh="没有这个模板", en=f"there is no such template; there are {', '.join(known)}")
            raise Problem("field", said, field="template")
        try:
            audience = Audience(desk.asked("audience") or Audience.PUBLIC)
            made = self._office.cases.rendition(CaseId(case.id), template, audience)
        except ValueError as why:
            zh, _, en = str(why).partition(" / ")
            raise Problem("field", Bilingual(zh=zh, en=en or zh), field="template") from None
        if kind == JSON:
            return rendition_json(made)
        named = f'attachment; filename="{case.notice_id}-{audience}.{kind}"'
        data = self._office.notice_file(made, kind)
        return Response(data, media_type=MEDIA_TYPES[SheetFormat(kind)], headers={"content-disposition": named})

    def _templates(self, desk: Desk, at: At) -> Any:
        audiences = {each.value: {"zh": name.zh, "en": name.en} for each, name in AUDIENCES.items()}
        return {"templates": list(self._names()), "audiences": audiences}

    def _names(self) -> tuple[str, ...]:
        return templates_in(self._office.cases.rules.press.templates)
