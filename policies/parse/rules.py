"""Reads the two files that are about people: the catalogue of categories, and the callers with their keys."""

import re
from dataclasses import dataclass, field

from policies.keys.signing_key import SALT
from policies.parse.certificates import parse_certificate_name
from policies.parse.grants import CALLER_ID, GRANT_ID, parse_attributes
from policies.parse.section import NAME, Section
from policies.parse.transforms import parse_spec, parse_transforms
from policies.policy import LEAST_CANDIDATES, Caller, Category, Key
from policies.policy_kinds import Elsewhere, Gravity, Harmed, Kind, Level, Meaning, OnWrite
from policies.title import Title
from policies.transforms.spec import Spec

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the catalogue says."""

    categories: dict[str, Category | None] = field(default_factory=dict)
    """By name; None for one that is there and cannot be read."""
    least_candidates: int = LEAST_CANDIDATES
    transforms: dict[str, Spec | None] = field(default_factory=dict)
    """By name; None for one that is there and cannot be read."""


def parse_catalogue(file: Section) -> Catalogue:
    """The catalogue in *file*."""
    least = file.number("least_candidates", least=1, most=1_000_000, default=LEAST_CANDIDATES) or LEAST_CANDIDATES
    transforms = parse_transforms(file)
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
        harm = _harm(section)
        mask = parse_spec(section, "mask", required=False)
        if "mask" not in section.node.nodes:
            message = f"nobody has said what values of `{name[:80]}` become: write a `mask`"
            section.find(section.at, "category-without-transform", message, about=f"`{name[:80]}` 需要 `mask`")
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
                harm=harm,
                mask=mask,
                on_write=on_write,
                elsewhere=elsewhere,
                meaning=meaning,
                at=at,
            )
    return Catalogue(categories, least, transforms)


def _harm(section: Section) -> dict[Harmed, Gravity]:
    """Who is harmed how gravely, under `harm`."""
    inner = section.section("harm", required=False)
    if inner is None:
        return {}
    found = {}
    for harmed in Harmed:
        gravity = inner.choice(harmed, Gravity) if harmed in inner.node.nodes else None
        if gravity is not None:
            found[harmed] = gravity
        inner.node_of(harmed, required=False)
    inner.done()
    return found


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


def _caller(section: Section) -> Caller | None:
    name = section.text("id", fits=CALLER_ID)
    kind = section.choice("kind", Kind)
    posts = section.names("posts", required=False)
    purposes = section.names("purposes", required=False)
    attributes = parse_attributes(section, "attributes")
    keys = section.sections("keys", "a key", _key)
    if not name or not kind:
        return None
    return Caller(
        id=name,
        kind=kind,
        posts=posts,
        purposes=purposes,
        attributes=attributes,
        keys=tuple(keys),
        at=section.at,
    )


def _key(section: Section) -> Key | None:
    name = section.text("id", fits=GRANT_ID)
    sha256 = section.text("sha256", required=False, fits=_SHA256)
    salt = section.text("hmac", required=False, fits=SALT)
    until = section.moment("until")
    certificate, authority = parse_certificate_name(section)
    written = [key for key in ("sha256", "hmac", "certificate") if key in section.node.nodes]
    if len(written) != 1:
        message = "a key has one of `sha256` (it is shown as it is), `hmac` (it signs requests) and `certificate`"
        about = "密钥需要 `sha256`（直接出示）、`hmac`（用来签名）或 `certificate`（客户端证书），只写一个"
        section.find(section.at, "wrong-form" if written else "missing-key", message, about=about)
    if not name or not until or not (sha256 or salt or (certificate and authority)):
        return None
    return Key(
        id=name,
        sha256=sha256 or "",
        hmac=salt or "",
        certificate=certificate or "",
        authority=authority or "",
        until=until,
        at=section.at,
    )
