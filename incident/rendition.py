"""A template filled in from a case for one audience, with everything that stands against showing it to anybody.

Nothing is recorded and nothing published: this is what `yingbi notice render` tells.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from incident.audience import AUDIENCES, Audience
from incident.draft import Draft, NoticeFact, Problem, Scan
from incident.draft_problems import problems_of
from incident.drill import marked_draft
from incident.ids import Bilingual
from incident.incident import Case
from incident.notice import STAGE_NAMES, digest_of
from incident.wording import COUNTED, Press, headline_of, text_for, write_draft

_NEEDS_SECTIONS = frozenset({Audience.PUBLIC, Audience.ENGLISH, Audience.PLAIN})
"""What a script or a post says is no notice by law, and has a shape of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """What a template makes of a case."""

    case: Case
    audience: Audience
    draft: Draft
    """Its content is what the audience reads; the Chinese and the English of a public notice."""
    problems: tuple[Problem, ...]
    made_at: datetime

    @property
    def english(self) -> bool:
        """Whether English comes with it."""
        return self.audience in (Audience.PUBLIC, Audience.ENGLISH)

    @property
    def chinese(self) -> bool:
        """Whether it is in Chinese, alone or with a summary in English."""
        return self.audience is not Audience.ENGLISH


def rendition_of(case: Case, template: str, audience: Audience, press: Press, scan: Scan, now: datetime) -> Rendition:
    """What *template* tells *audience* of *case* at *now*. Raises ValueError where the template cannot be used."""
    draft = write_draft(case, template, press, now)
    if audience not in (Audience.PUBLIC, Audience.ENGLISH):
        title, body = text_for(audience, case, template, draft.facts, press)
        draft = replace(draft, content=replace(draft.content, title_zh=title, body_zh=body))
    if case.drill:
        draft = marked_draft(draft)
    problems = problems_of(draft, draft.facts, scan, headline=headline_of(case), never_named=case.never_named)
    if audience not in _NEEDS_SECTIONS:
        problems = tuple(each for each in problems if each.code != "lacking-section")
    return Rendition(case=case, audience=audience, draft=draft, problems=problems, made_at=now)


def markup_of(rendition: Rendition) -> str:
    """The whole text, in the light markup of notices: `# `, `## ` and `- `."""
    content = rendition.draft.content
    parts = []
    if rendition.chinese:
        parts.append(f"# {content.title_zh}\n\n{content.body_zh.strip()}\n")
    if rendition.english:
        parts.append(f"# {content.title_en}\n\n{content.body_en.strip()}\n")
    return "\n".join(parts)


def rendition_json(rendition: Rendition) -> dict[str, Any]:
    """The same for programs: the text, and each fact with where it comes from and what is in doubt."""
    case, content = rendition.case, rendition.draft.content
    return {
        "case": case.id,
        "drill": case.drill,
        "notice": case.notice_id,
        "template": rendition.draft.template,
        "audience": rendition.audience.value,
        "audience_name": _both(AUDIENCES[rendition.audience]),
        "made_at": rendition.made_at.isoformat(),
        "journal_entry": case.last.number,
        "journal_chain": case.last.chain,
        "stage": {"code": content.stage.value, **_both(STAGE_NAMES[content.stage])},
        "grade": _both(content.grade) if content.grade else None,
        "title": {"zh": content.title_zh, "en": content.title_en if rendition.english else None},
        "body": {
            "zh": content.body_zh if rendition.chinese else None,
            "en": content.body_en if rendition.english else None,
        },
        "digest": digest_of(content),
        "publishable": not rendition.problems and not case.drill,
        "problems": [{"code": each.code, **_both(each.text)} for each in rendition.problems],
        "facts": [_fact_json(fact, case) for fact in rendition.draft.facts],
    }


def _fact_json(fact: NoticeFact, case: Case) -> dict[str, Any]:
    counted = fact.name in COUNTED and case.scope is not None and fact.source == f"{case.id}#{case.scope_entry}"
    return {
        "name": fact.name,
        "label": _both(fact.label),
        "value": _both(fact.value) if fact.value.zh else None,
        "source": fact.source or None,
        "query": _query_json(case) if counted else None,
        "doubt": _both(fact.doubt) if fact.doubt else None,
    }


def _query_json(case: Case) -> dict[str, Any]:
    """What the log was asked for. Whom it was asked about is told by number: a caller may be a citizen."""
    assert case.scope is not None
    question = case.scope.question
    return {
        "entry": case.scope_entry,
        "start": question.start.isoformat(),
        "end": question.end.isoformat(),
        "where": {field: len(values) for field, values in sorted(question.where.items())},
        "absent": list(question.absent),
        "events": case.scope.events,
        "persons_sha256": case.scope.persons_hash,
        "cautions": [caution.value for caution in case.scope.cautions],
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
