"""A rendition as a file: HTML, Word, PDF, text or JSON."""

import json
from collections.abc import Iterator

from bulletin.feeds import plain_text
from bulletin.pages import Pages
from bulletin.wording import Site
from incident.audience import AUDIENCES, Audience
from incident.drill import MARK
from incident.notice import blocks
from incident.rendition import Rendition, rendition_json
from incident.sheets.file import file_of
from incident.sheets.sheet import Block, Bullets, Heading, Paragraph, Sheet, SheetFormat


def notice_file(rendition: Rendition, form: str, site: Site) -> bytes:
    """The file of *rendition* in the format *form*, which says itself that it is a draft."""
    match form:
        case "json":
            return (json.dumps(rendition_json(rendition), ensure_ascii=False, indent=2) + "\n").encode()
        case "txt":
            return text_of(rendition).encode()
        case "docx" | "pdf":
            return file_of(_sheet(rendition), SheetFormat(form))
        case _:
            return Pages(site).alone(
                rendition.case.notice_id,
                rendition.draft.content,
                _mark(rendition),
                chinese=rendition.chinese,
                english=rendition.english,
                large=rendition.audience is Audience.PLAIN,
            )


def _sheet(rendition: Rendition) -> Sheet:
    content = rendition.draft.content
    found: list[Block] = list(_blocks(content.body_zh)) if rendition.chinese else []
    if rendition.english:
        found += [Heading(content.title_en)] if rendition.chinese else []
        found += _blocks(content.body_en)
    return Sheet(
        title=content.title_zh if rendition.chinese else content.title_en,
        blocks=tuple(found),
        made_at=rendition.made_at,
        marks=(_mark(rendition),),
        footer=f"{rendition.case.notice_id}",
        language="zh-CN" if rendition.chinese else "en",
    )


def _blocks(body: str) -> Iterator[Block]:
    for block in blocks(body):
        match block.kind:
            case "heading":
                yield Heading(block.lines[0])
            case "list":
                yield Bullets(block.lines)
            case "paragraph":
                yield Paragraph("\n".join(block.lines))


def text_of(rendition: Rendition) -> str:
    """The whole text without markup, title first."""
    content = rendition.draft.content
    parts = [(content.title_zh, content.body_zh)] if rendition.chinese else []
    parts += [(content.title_en, content.body_en)] if rendition.english else []
    return "\n\n".join(f"{title}\n\n{plain_text(body)}" for title, body in parts) + "\n"


def _mark(rendition: Rendition) -> str:
    name = AUDIENCES[rendition.audience]
    missing = len(rendition.problems)
    state = f"，有 {missing} 个问题，不能发布 / {missing} problems, not to be published" if missing else ""
    drill = f"{MARK.zh}，不发布 / {MARK.en}, published nowhere。" if rendition.case.drill else ""
    return f"{drill}草稿：{name.zh} / Draft: {name.en}{state}"
