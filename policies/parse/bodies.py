"""Reads what the bodies of an operation hold, by format, as packs and systems declare it."""

import re

from policies.documents.registry import NAMES
from policies.operations import Bodies, Documents, Element, Headings, HtmlBody, Signed, Target
from policies.parse.events import parse_events
from policies.parse.files import parse_files
from policies.parse.section import NAME, POINTER, Section, nearest
from policies.parse.targets import NAME_OR_RECORD, parse_target
from policies.parse.templates import check_template
from policies.parse.xml import parse_xml
from policies.parse.yaml_tree import Items, Scalar

_NAME_OR_VARIABLE = re.compile(rf"{NAME.pattern}|\{{\w+\}}")
_ELEMENT = re.compile(r"[a-z][a-z0-9-]{0,30}")
_CLASS = re.compile(r"[A-Za-z0-9_{}-]{1,80}")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9-]{0,60}")
_OWN_CONTROL = re.compile(r"[A-Za-z0-9_{}.\[\]-]{1,80}")


def parse_bodies(section: Section, key: str, *, page: str = "html") -> Bodies:
    """The bodies declared under *key*, by format. *page* is the key of pages there; of forms, where they are sent."""
    inner = section.section(key, required=False)
    if inner is None:
        return Bodies()
    sent = page == "form"  # nothing but JSON, XML, forms and files is sent on
    bodies = Bodies(
        json=parse_json(inner),
        html=_page(inner, page),
        csv=None if sent else inner.text("csv", required=False, fits=NAME_OR_RECORD),
        text=None if sent else inner.text("text", required=False, fits=NAME),
        ndjson=None if sent else parse_json(inner, "ndjson"),
        xml=parse_xml(inner, sent=sent),
        multipart=False if sent else inner.flag("multipart", default=False),
        documents=None if sent else _documents(inner),
        file=parse_files(inner, "file") if sent else None,
        events=None if sent else parse_events(inner, "events", parse_json),
    )
    inner.done()
    return bodies


def _documents(section: Section) -> Documents | None:
    node = section.node_of("documents", required=False)
    if node is None:
        return None
    if isinstance(node, Items):
        return Documents(formats=_formats(section, "documents"), at=node.at)
    inner = section.section_of(node, "`documents`")
    if inner is None:
        return None
    record = inner.text("record", required=False, fits=NAME_OR_RECORD)
    signed = inner.choice("signed", Signed, Signed.WITHHOLD) or Signed.WITHHOLD
    documents = Documents(formats=_formats(inner, "formats"), record=record or "", signed=signed, at=node.at)
    inner.done()
    return documents


def _formats(section: Section, key: str) -> tuple[str, ...]:
    formats = section.texts(key)
    for name in formats:
        if name not in NAMES:
            message = f"`{name[:80]}` is no format of documents: one of {', '.join(NAMES)}{nearest(name, NAMES)}"
            about = f"`{name[:80]}` 应是 {'、'.join(NAMES)} 之一"
            section.find(section.place_of(key), "unknown-choice", message, about=about)
    if not formats:
        section.find(section.place_of(key), "empty", f"`{key}` names no format", about=f"`{key}`")
    return formats


def parse_json(section: Section, key: str = "json") -> tuple[Target, ...] | None:
    """What stands in JSON, as declared under *key*; None where nothing is."""
    node = section.node_of(key, required=False)
    if node is None:
        return None
    if isinstance(node, Scalar):
        record = section.text_of(node, key, NAME_OR_RECORD)
        return (Target(path="", record=record, at=node.at),) if record else ()
    targets = []
    for path, at, inner in section.entries(key):
        if not POINTER.fullmatch(path):
            section.find(
                at,
                "wrong-form",
                f"`{path[:80]}` is no JSON Pointer of up to 64 steps: it begins with `/` or is empty",
                about=f"`{path[:80]}` 应以 `/` 开头或是空的，不超过 64 段",
            )
            continue
        target = parse_target(section, path, at, inner)
        if target is not None:
            targets.append(target)
    return tuple(targets)


def _page(section: Section, key: str) -> HtmlBody | None:
    node = section.node_of(key, required=False)
    if node is None:
        return None
    if isinstance(node, Scalar):
        if node.text != "scan":
            section.find(
                node.at,
                "unknown-choice",
                f"`{key}` is `scan`, or says what the elements hold",
                about=f"`{key}` 应是 `scan`，或说明各元素装的是什么",
            )
        return HtmlBody(scanned=True, at=node.at)
    inner = section.section_of(node, f"`{key}`")
    if inner is None:
        return None
    controls = inner.text("controls", required=False, fits=_CLASS)
    check_template(inner, inner.place_of("controls"), controls or "", ("field",))
    own = inner.texts("own_controls", required=False, fits=_OWN_CONTROL)
    for template in own:
        check_template(inner, inner.place_of("own_controls"), template, ("any",))
    body = HtmlBody(
        record=inner.text("record", required=False, fits=NAME_OR_RECORD),
        elements=tuple(inner.sections("elements", "an element", _element, required=False)),
        controls=controls,
        links_hold_values=inner.flag("links_hold_values", default=False),
        own_controls=own,
        key_controls=_key_places(inner, "key_controls", _OWN_CONTROL),
        key_attributes=_key_places(inner, "key_attributes", _ATTRIBUTE),
        tables=inner.choice("tables", Headings) if "tables" in inner.node.nodes else None,
        at=node.at,
    )
    inner.done()
    return body


def _key_places(section: Section, key: str, fits: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    places = []
    for name, at, node in section.entries(key, required=False):
        if not fits.fullmatch(name):
            message = f"`{name[:80]}` is no name of what holds keys"
            section.find(at, "wrong-form", message, about=f"`{name[:80]}` 不能作名称")
        check_template(section, at, name, ("any",))
        if record := section.text_of(node, name, NAME_OR_RECORD):
            places.append((name, record))
    return tuple(places)


def _element(section: Section) -> Element | None:
    name = section.text("element", fits=_ELEMENT)
    css_class = section.text("class", required=False, fits=_CLASS)
    within = section.text("within", required=False, fits=_CLASS)
    category = section.text("is", required=False, fits=_NAME_OR_VARIABLE)
    key_of = section.text("key_of", required=False, fits=NAME_OR_RECORD)
    for key, template in (("class", css_class), ("within", within)):
        check_template(section, section.place_of(key), template or "", ("field",))
    if category is not None and key_of is not None:
        section.find(section.at, "wrong-form", "an element holds a value of one kind: `is` or `key_of`", about="`is`")
    if category is None and key_of is None and "{field}" not in (css_class or "") + (within or ""):
        message = (
            "an element says which field it holds: `{field}` in `class` or `within`, a category in `is`, "
            "or a record in `key_of`"
        )
        section.find(section.at, "element-without-field", message)
    if name is None:
        return None
    return Element(element=name, css_class=css_class, within=within, category=category, key_of=key_of, at=section.at)
