"""Whom a notice is written for, and the templates it is written by: ours, and an installation's own in their place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import StrEnum
from pathlib import Path

from jinja2 import TemplateError

from incident.ids import Bilingual
from incident.reading import Finding
from incident.template import BadTemplate, check, explain, fill_in, names_in, uses_layout

SHIPPED = Path(__file__).parent / "notices"
_LAYOUTS = SHIPPED / "layouts"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}", re.ASCII)
_LANGUAGES = ("zh", "en")


class Audience(StrEnum):
    """Who reads or hears it."""

    PUBLIC = "public"
    PLAIN = "plain"
    HOTLINE = "hotline"
    WECHAT = "wechat"
    ENGLISH = "english"


AUDIENCES: Mapping[Audience, Bilingual] = {
    Audience.PUBLIC: Bilingual(zh="公众通告", en="the public notice"),
    Audience.PLAIN: Bilingual(zh="大字简明版", en="in plain words and large type"),
    Audience.HOTLINE: Bilingual(zh="12345 热线答复口径", en="what the hotline answers"),
    Audience.WECHAT: Bilingual(zh="公众号文稿", en="for an official account"),
    Audience.ENGLISH: Bilingual(zh="英文摘要", en="the summary in English"),
}
_LAYOUT_OF = {
    Audience.PUBLIC: "public.zh.j2",
    Audience.PLAIN: "plain.zh.j2",
    Audience.HOTLINE: "hotline.zh.j2",
    Audience.WECHAT: "wechat.zh.j2",
    Audience.ENGLISH: "public.en.j2",
}


def templates_in(own: Path) -> tuple[str, ...]:
    """The names of all templates, those of the folder *own* included."""
    return names_in((own, SHIPPED), "zh")


def render(
    own: Path, name: str, audience: Audience, facts: Mapping[str, str], choices: Mapping[str, object]
) -> tuple[str, str]:
    """Title and body of what the template *name* says to *audience*.

    A template of the folder *own* stands in the place of ours. Raises BadTemplate, which names file and line.
    """
    language = "en" if audience is Audience.ENGLISH else "zh"
    file, source = _read(own, name, language)
    if flaws := check(source, facts.keys()):
        raise _bad(file, f"{flaws[0].line}: {flaws[0].message}")
    if audience not in (Audience.PUBLIC, Audience.ENGLISH) and not uses_layout(source):
        raise _bad(file, f"1: it is a whole text for the public, and has no words for `{audience}`")
    try:
        text = fill_in(source, (_LAYOUTS / _LAYOUT_OF[audience]).read_text("utf-8"), facts, choices)
    except (TemplateError, TypeError) as error:
        raise _bad(file, explain(error)) from None
    title, _, body = text.strip().partition("\n")
    if not title.startswith("# "):
        raise _bad(file, "1: it must begin with `# ` and the title")
    return title[2:].strip(), re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def check_templates(own: Path, facts: Set[str]) -> tuple[Finding, ...]:
    """All that is wrong with the templates of the folder *own*, by file and line. Raises OSError."""
    return tuple(sorted(_findings(own, facts))) if own.is_dir() else ()


def _findings(own: Path, facts: Set[str]) -> Iterator[Finding]:
    files = sorted(path for path in own.iterdir() if path.suffix == ".j2")
    names = {path.name for path in files}
    for path in files:
        name, _, language = path.name.removesuffix(".j2").rpartition(".")
        if not _NAME.fullmatch(name) or language not in _LANGUAGES:
            yield _finding(path, "name", "is called like `lost-card.zh.j2`, with a small Latin name")
            continue
        other = f"{name}.{'en' if language == 'zh' else 'zh'}.j2"
        if other not in names and not (SHIPPED / other).exists():
            yield _finding(path, "one-language", f"`{other}` is missing: a notice is in Chinese and English")
        try:
            source = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            yield _finding(path, "not-text", "the file is not UTF-8")
            continue
        flaws = check(source, facts)
        yield from (Finding(file=path.name, line=flaw.line, code=flaw.code, message=flaw.message) for flaw in flaws)
        if not flaws and not uses_layout(source) and not source.lstrip().startswith("# "):
            yield _finding(path, "no-title", "it must begin with `# ` and the title")


def _finding(path: Path, code: str, message: str) -> Finding:
    return Finding(file=path.name, line=1, code=code, message=message)


def _read(own: Path, name: str, language: str) -> tuple[str, str]:
    file = f"{name}.{language}.j2"
    if _NAME.fullmatch(name):
        for folder in (own, SHIPPED):
            try:
                return file, (folder / file).read_bytes().decode("utf-8-sig")
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError) as error:
                raise _bad(file, f"it cannot be read: {type(error).__name__}") from None
    raise _bad(file, f"there is no such template; there are {_listed(templates_in(own))}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _bad(file: str, why: str) -> BadTemplate:
    return BadTemplate(f"模板 {file} 无法填写 / the template `{file}` cannot be filled in: {why}")
