"""Reads what streams of messages hold: server-sent events by their names, and what one message is."""

import re
from collections.abc import Callable, Iterator

from policies.operations import Events, Message, Target
from policies.parse.section import NAME, POINTER, Section
from policies.parse.yaml_tree import Scalar
from policies.policy import SCAN

IDLE_S = 60
"""So long a stream may be silent where nothing else is declared: systems send something every 15 to 30 seconds."""
LONGEST_IDLE_S = 540
"""The core gives up a connection on which nothing has moved for ten minutes."""

_NAME_OR_RECORD = re.compile(rf"{NAME.pattern}|\{{record\}}")
_EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,62}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_LITERAL = re.compile(r"[\[\]{}()A-Za-z_.-]{1,40}")
"""Words and brackets: nothing that could be somebody's."""
_VALUE = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")

type ReadsJson = Callable[[Section], tuple[Target, ...] | None]


def parse_events(section: Section, key: str, read_json: ReadsJson) -> Events | None:
    """The server-sent events declared under *key*; *read_json* reads what stands in JSON. None where there are none."""
    inner = section.section(key, required=False)
    if inner is None:
        return None
    shows_id, id_of = _id(inner)
    data = []
    for name, at, node in inner.entries("data"):
        if not _EVENT.fullmatch(name):
            inner.find(at, "wrong-form", f"`{name[:80]}` is no name of an event", about=f"`{name[:80]}` 不能作事件名")
            continue
        described = inner.section_of(node, f"`{name}`")
        if described is not None and (message := parse_message(described, read_json)) is not None:
            data.append((name, message))
    idle_s = inner.number("idle_s", least=5, most=LONGEST_IDLE_S, default=IDLE_S) or IDLE_S
    inner.done()
    return Events(data=tuple(data), shows_id=shows_id, id_of=id_of, idle_s=idle_s, at=inner.at)


def _id(section: Section) -> tuple[bool, str]:
    """Whether ids pass as they are, and the record whose keys they are, where they do not."""
    node = section.node_of("id", required=False)
    if node is None:
        return False, ""
    if isinstance(node, Scalar):
        return section.text_of(node, "id", re.compile("any")) is not None, ""
    described = section.section_of(node, "`id`")
    if described is None:
        return False, ""
    record = described.text("key_of", fits=_NAME_OR_RECORD) or ""
    described.done()
    return False, record


def parse_message(section: Section, read_json: ReadsJson) -> Message | None:
    """What messages of one kind hold; None, and a finding, where nothing says whether that is JSON or text."""
    json, text = read_json(section), section.text("text", required=False, fits=NAME)
    joined = section.texts("joined", required=False, fits=POINTER)
    by = section.text("by", required=False, fits=_KEY) or ""
    message = Message(
        json=json,
        text=text,
        whole=section.flag("whole", default=False),
        joined=joined,
        by=by,
        literals=section.texts("literals", required=False, fits=_LITERAL),
        ends=tuple(_ends(section)),
        at=section.at,
    )
    section.done()
    if (json is None) == (text is None):
        section.find(section.at, "wrong-form", "a message is `json` or `text`", about="消息应是 `json` 或 `text` 之一")
        return None
    scanned = {target.path for target in json or () if target.category == SCAN}
    for pointer in joined:
        if pointer not in scanned:
            words = f"`{pointer[:80]}` is joined to one text, so it has to be declared as `scan`"
            section.find(section.place_of("joined"), "joined-not-scanned", words, about=f"`{pointer[:80]}`")
    if (message.ends and json is None) or (by and not joined):
        section.find(section.at, "wrong-form", "`by` and `ends` are about joined text in JSON", about="`by`、`ends`")
    return message


def _ends(section: Section) -> Iterator[tuple[str, tuple[str, ...]]]:
    listed = section.section("ends", required=False)
    for pointer, at in listed.node.keys.items() if listed is not None else ():
        if not POINTER.fullmatch(pointer):
            words = f"`{pointer[:80]}` is no JSON Pointer of up to 64 steps: it begins with `/` or is empty"
            section.find(at, "wrong-form", words, about=f"`{pointer[:80]}` 应以 `/` 开头或是空的，不超过 64 段")
        elif listed is not None:
            yield pointer, listed.texts(pointer, fits=_VALUE)
