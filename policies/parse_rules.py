"""Reads the three files that are about people: the catalogue of categories, the grants, the callers with their keys."""

import re
from dataclasses import dataclass, field

from policies.parse_transforms import parse_spec, spec_of
from policies.policy import (
    LEAST_CANDIDATES,
    Caller,
    Category,
    Elsewhere,
    Grant,
    Key,
    Kind,
    Level,
    Meaning,
    OnWrite,
    Title,
)
from policies.section import NAME, Section
from policies.transforms.spec import Spec

_GRANT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_CALLER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,126}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the catalogue says."""

    categories: dict[str, Category | None] = field(default_factory=dict)
    """By name; None for one that is there and cannot be read."""
    least_candidates: int = LEAST_CANDIDATES


def parse_catalogue(file: Section) -> Catalogue:
    """The catalogue in *file*."""
    least = file.number("least_candidates", least=1, most=1_000_000, default=LEAST_CANDIDATES) or LEAST_CANDIDATES
    categories: dict[str, Category | None] = {}
    for name, at, node in file.entries("categories"):
        categories[name] = None
        if not NAME.fullmatch(name):
            file.find(
                at,
                "wrong-form",
                f"`{name[:80]}` is no valid name of a category",
                about=f"`{name[:80]}` 不能作种类的名称",
            )
        section = file.section_of(node, f"category `{name}`")
        if section is None:
            continue
        title = parse_title(section, "title")
        level = section.choice("level", Level)
        sensitive = section.flag("sensitive", default=False)
        mask = parse_spec(section, "mask")
        on_write = section.choice("on_write", OnWrite, OnWrite.REFUSE)
        elsewhere = section.choice("elsewhere", Elsewhere, Elsewhere.HIDE)
        meaning = section.choice("is", Meaning, Meaning.OTHER)
        section.done()
        if title and level and mask and on_write and elsewhere and meaning:
            categories[name] = Category(
                name=name,
                title=title,
                level=level,
                sensitive=sensitive,
                mask=mask,
                on_write=on_write,
                elsewhere=elsewhere,
                meaning=meaning,
                at=at,
            )
    return Catalogue(categories, least)


def parse_grants(file: Section) -> list[Grant]:
    """The grants of a file, in order."""
    return file.sections("grants", "a grant", _grant)


def parse_callers(file: Section) -> list[Caller]:
    """The callers of a file, in order."""
    return file.sections("callers", "a caller", _caller)


def parse_title(section: Section, key: str, *, required: bool = True) -> Title | None:
    """A name for people in both languages."""
    inner = section.section(key, required=required)
    if inner is None:
        return None
    zh, en = inner.text("zh"), inner.text("en")
    inner.done()
    return Title(zh, en) if zh and en else None


def _grant(section: Section) -> Grant | None:
    name = section.text("id", fits=_GRANT_ID)
    who = section.section("who")
    posts = who.names("posts", required=False) if who else ()
    callers = who.texts("callers", required=False, fits=_CALLER_ID) if who else ()
    if who is not None:
        who.done()
        if not posts and not callers:
            section.find(
                who.at, "missing-key", "`who` needs `posts` or `callers`", about="`who` 需要 `posts` 或 `callers`"
            )
    systems = section.names("systems")
    sees: dict[str, Spec] = {}
    for category, _, node in section.entries("sees"):
        spec = spec_of(section, node)
        if spec is not None:
            sees[category] = spec
    purpose, until = section.name("purpose"), section.moment("until")
    reason, approved_by = section.text("reason"), section.text("approved_by")
    if not (name and purpose and until and reason and approved_by):
        return None
    return Grant(
        id=name,
        posts=posts,
        callers=callers,
        systems=systems,
        sees=sees,
        purpose=purpose,
        until=until,
        reason=reason,
        approved_by=approved_by,
        at=section.at,
    )


def _caller(section: Section) -> Caller | None:
    name = section.text("id", fits=_CALLER_ID)
    kind = section.choice("kind", Kind)
    posts = section.names("posts", required=False)
    purposes = section.names("purposes", required=False)
    keys = section.sections("keys", "a key", _key)
    if not name or not kind:
        return None
    return Caller(id=name, kind=kind, posts=posts, purposes=purposes, keys=tuple(keys), at=section.at)


def _key(section: Section) -> Key | None:
    name = section.text("id", fits=_GRANT_ID)
    sha256 = section.text("sha256", fits=_SHA256)
    until = section.moment("until")
    return Key(id=name, sha256=sha256, until=until, at=section.at) if name and sha256 and until else None
