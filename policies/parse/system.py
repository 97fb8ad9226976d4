"""Reads the files that are about systems: one for each system, one for each pack."""

import re
from typing import Any
from urllib.parse import urlsplit

from policies.parse.bodies import parse_bodies
from policies.parse.certificates import HOST, parse_certificates, parse_upstream_tls
from policies.parse.files import parse_files
from policies.parse.front import parse_front_proxies
from policies.parse.identity_header import parse_identity_header
from policies.parse.issuer import parse_issuer
from policies.parse.operations import parse_operations
from policies.parse.rules import parse_title
from policies.parse.section import NAME, Section
from policies.parse.session import parse_session
from policies.parse.transforms import parse_spec
from policies.parse.yaml_tree import Node, Scalar
from policies.policy import PUBLIC, SCAN, Field, Labels, Pack, Record, System
from policies.policy_kinds import OnWrite, State
from policies.spelling import Spelling
from policies.transforms.spec import Encrypt, Reversible, Token

_UPSTREAM = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+")
_FIELD = re.compile(r"[^\s{}]{1,120}")
_ELEMENT = re.compile(r"[a-z][a-z0-9-]{0,30}")
_TRACE_HEADER = re.compile(r"tracestate|baggage")


def parse_pack(file: Section) -> Pack | None:
    """The pack that a file holds."""
    name = file.name("pack")
    file.text("about", required=False)
    variables = file.names("variables", required=False)
    operations = parse_operations(file)
    labels, errors = _labels(file), parse_bodies(file, "errors")
    spelling = _spelling(file)
    if name is None:
        return None
    return Pack(
        name=name,
        variables=variables,
        operations=operations,
        labels=labels,
        errors=errors,
        key_spelling=spelling,
        at=file.at,
    )


def parse_system(file: Section) -> System | None:
    """The system that a file holds."""
    name = file.name("system")
    title = parse_title(file, "title")
    hosts = file.texts("hosts", fits=HOST)
    upstream = _upstream(file)
    upstream_tls = parse_upstream_tls(file, upstream or "")
    timeout_s = file.number("timeout_s", least=1, most=600, default=30)
    state = file.choice("state", State)
    identity = _identity(file, name or "")
    pack = file.name("pack", required=False)
    variables = {
        key: value
        for key, _, node in file.entries("with", required=False)
        if (value := file.text_of(node, key, re.compile(r"[A-Za-z0-9_.-]{1,80}"))) is not None
    }
    records = _records(file)
    operations = parse_operations(file, required=pack is None and state is not State.LEARNING)
    labels, errors, spelling = _labels(file), parse_bodies(file, "errors"), _spelling(file)
    trace_context = file.texts("trace_context", required=False, fits=_TRACE_HEADER)
    if not (name and title and upstream and state and timeout_s):
        return None
    return System(
        name=name,
        title=title,
        hosts=hosts,
        upstream=upstream,
        upstream_tls=upstream_tls,
        timeout_s=timeout_s,
        state=state,
        **identity,
        pack=pack,
        variables=variables,
        records=records,
        operations=operations,
        labels=labels,
        errors=errors,
        key_spelling=spelling,
        trace_context=trace_context,
        at=file.at,
    )


def _spelling(file: Section) -> Spelling | None:
    return file.choice("key_spelling", Spelling) if "key_spelling" in file.node.nodes else None


def _upstream(file: Section) -> str | None:
    text = file.text("upstream", fits=_UPSTREAM)
    if text is None:
        return None
    try:
        split = urlsplit(text)
        if split.hostname and split.port != 0:
            return text
    except ValueError:
        pass  # a port beyond all ports, or a bracket that is left open
    message = f"`{text[:80]}` is no address: it has a host, and a port from 1 to 65535 or none"
    about = f"`{text[:80]}` 应有主机名，端口是 1 至 65535 或不写"
    file.find(file.node.nodes["upstream"].at, "wrong-form", message, about=about)
    return None


def _identity(file: Section, system: str) -> dict[str, Any]:
    """What `identity` of *system* says, by the names of `System`."""
    section = file.section("identity", required=False)
    if section is None:
        return {"jwt": (), "api_keys": False, "signed_requests": False, "front_proxies": (), "certificates": None}
    identity = {
        "jwt": tuple(section.sections("jwt", "an issuer", parse_issuer, required=False)),
        "api_keys": section.flag("api_keys", default=False),
        "signed_requests": section.flag("signed_requests", default=False),
        "front_proxies": parse_front_proxies(section),
        "identity_header": parse_identity_header(section, system),
        "certificates": parse_certificates(section),
        "session": parse_session(section),
    }
    section.done()
    return identity


def _records(file: Section) -> dict[str, Record]:
    records = {}
    for name, at, node in file.entries("records", required=False):
        section = file.section_of(node, f"record `{name}`")
        if section is None:
            continue
        if not NAME.fullmatch(name):
            file.find(
                at, "wrong-form", f"`{name[:80]}` is no valid name of a record", about=f"`{name[:80]}` 不能作记录的名称"
            )
        subject = section.text("subject", required=False)
        search, facets = section.texts("search", required=False), section.texts("facets", required=False)
        record_key = section.texts("key", required=False)
        fields = {}
        for field, place, described in section.entries("fields"):
            if not _FIELD.fullmatch(field):
                file.find(
                    place,
                    "wrong-form",
                    f"`{field[:80]}` is no valid name of a field",
                    about=f"`{field[:80]}` 不能作字段的名称",
                )
            elif (made := _field(section, field, described)) is not None:
                fields[field] = made
        section.done()
        named = {"search": search, "facets": facets, "key": record_key, "subject": (subject,) if subject else ()}
        for key, wanted in ((key, wanted) for key, names in named.items() for wanted in names):
            if wanted not in fields:
                file.find(
                    section.place_of(key),
                    "unknown-field",
                    f"`{wanted[:80]}` is not one of `fields`",
                    about=f"`{wanted[:80]}`",
                )
        for facet in facets:
            if facet in fields and not _is_public(fields[facet]):
                message = f"`{facet[:80]}` is personal: a list of its values would tell of persons and record none"
                file.find(section.place_of("facets"), "personal-facet", message, about=f"`{facet[:80]}`")
        for key in ("search", "key", "subject", "facets"):
            for wanted in named.get(key, facets):
                if wanted in fields and fields[wanted].at_rest is not None:
                    message = f"the system looks for records by `{wanted[:80]}` (`{key}`) and would find none encrypted"
                    file.find(fields[wanted].at, "at-rest-looked-for", message, about=f"`{wanted[:80]}`（`{key}`）")
        records[name] = Record(
            name=name, subject=subject, key=record_key, search=search, facets=facets, fields=fields, at=at
        )
    return records


def _is_public(field: Field) -> bool:
    return field.category == PUBLIC and field.label in ("", PUBLIC)


def _field(section: Section, name: str, node: Node) -> Field | None:
    if isinstance(node, Scalar):
        category = section.text_of(node, name, NAME)
        return Field(name=name, category=category, at=node.at) if category else None
    inner = section.section_of(node, f"`{name}`")
    if inner is None:
        return None
    category, record = inner.name("category", required=False), inner.name("record", required=False)
    mask, label = parse_spec(inner, "mask", required=False), inner.name("label", required=False)
    on_write = inner.choice("on_write", OnWrite) if "on_write" in inner.node.nodes else None
    at_rest = _at_rest(inner, category)
    link, key_of = inner.flag("link", default=False), inner.name("key_of", required=False)
    files, title = parse_files(inner, "files"), inner.text("title", required=False)
    inner.done()
    if sum((category is not None, record is not None, link)) != 1:
        section.find(
            inner.at,
            "missing-key",
            f"field `{name}` needs one of `category`, `record` and `link`",
            about=f"字段 `{name}` 需要 `category`、`record`、`link` 之一",
        )
        return None
    return Field(
        name=name,
        category=category or "",
        record=record or "",
        label=label or "",
        link=link,
        key_of=key_of or "",
        mask=mask,
        on_write=on_write,
        at_rest=at_rest,
        files=files,
        title=title or "",
        at=inner.at,
    )


def _at_rest(field: Section, category: str | None) -> Reversible | None:
    spec = parse_spec(field, "at_rest", required=False)
    if spec is None:
        return None
    at = field.place_of("at_rest")
    if not isinstance(spec, Token | Encrypt):
        message = "`at_rest` is `token` or `encrypt`: nothing else can be opened again"
        field.find(at, "wrong-form", message, about="`at_rest` 只能是 `token` 或 `encrypt`")
        return None
    if category in (None, PUBLIC, SCAN):
        message = "only a value of a category of the catalogue is stored encrypted"
        field.find(at, "at-rest-without-category", message, about="`at_rest`")
        return None
    return spec


def _labels(file: Section) -> Labels:
    section = file.section("labels", required=False)
    if section is None:
        return Labels()
    labels = Labels(
        json=_value_and_label(section, "json", _FIELD),
        html=_value_and_label(section, "html", _ELEMENT),
        csv=section.text("csv", required=False, fits=_FIELD),
    )
    section.done()
    return labels


def _value_and_label(labels: Section, key: str, fits: re.Pattern[str]) -> tuple[str, str] | None:
    section = labels.section(key, required=False)
    if section is None:
        return None
    value, label = section.text("value", fits=fits), section.text("label", fits=fits)
    section.done()
    return (value, label) if value and label else None
