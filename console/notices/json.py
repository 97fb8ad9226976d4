"""The notice of a case as programs read it: the text, where its facts come from, and what keeps it back."""

from collections.abc import Sequence
from typing import Any

from console.cases.json import notice_line
from console.notices.view import hands_of
from incident.codec import encode
from incident.draft import CHECK_LIST, NoticeFact, Problem
from incident.ids import PersonId
from incident.incident import Case
from incident.notice import Content


def notice_json(
    case: Case, facts: Sequence[NoticeFact], problems: Sequence[Problem], person: PersonId
) -> dict[str, Any]:
    """The notice of *case*; *person* is told whether they can be the one who approves it."""
    draft, barred = case.notice.draft, hands_of(case).bars(person)
    return {
        "case": case.id,
        **notice_line(case),
        "template": draft.template if draft else None,
        "content": encode(Content, draft.content) if draft else None,
        "facts": [
            {
                "name": fact.name,
                "zh": fact.value.zh,
                "en": fact.value.en,
                "source": fact.source,
                "doubt": {"zh": fact.doubt.zh, "en": fact.doubt.en} if fact.doubt else None,
            }
            for fact in facts
        ],
        "problems": [{"code": each.code, "zh": each.text.zh, "en": each.text.en} for each in problems],
        "check_list": {name: {"zh": item.zh, "en": item.en} for name, item in CHECK_LIST.items()},
        "barred": {"zh": barred.zh, "en": barred.en} if barred else None,
    }
