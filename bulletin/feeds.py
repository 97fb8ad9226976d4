"""The notices as feeds, for those who want to be told: Atom and JSON Feed.

Source: RFC 4287; JSON Feed 1.1.
"""

import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from bulletin.wording import Site, machine_time
from incident.notice import WITHDRAWAL_NAMES, Block, PublishedNotice, blocks

MOST_ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def atom(notices: Sequence[PublishedNotice], site: Site) -> bytes:
    """The Atom feed, newest notice first."""
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "zh-CN"})
    changed = max((_changed(notice) for notice in notices), default=_EPOCH)
    _add(root, "title", site.name)
    _add(root, "id", _urn("feed"))
    _add(root, "updated", machine_time(changed, site))
    ElementTree.SubElement(root, "link", {"rel": "self", "href": f"{site.base_url}/feed.atom"})
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{site.base_url}/"})
    _add(ElementTree.SubElement(root, "author"), "name", site.unit or site.name)
    for notice in notices[:MOST_ENTRIES]:
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, "title", title_of(notice))
        _add(entry, "id", _urn(notice.id))
        _add(entry, "published", machine_time(notice.versions[0].at, site))
        _add(entry, "updated", machine_time(_changed(notice), site))
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": _link(notice, site)})
        _add(entry, "content", text_of(notice)).set("type", "text")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + ElementTree.tostring(root, encoding="unicode").encode()


def json_feed(notices: Sequence[PublishedNotice], site: Site) -> bytes:
    """The JSON feed, newest notice first."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "language": "zh-CN",
        "home_page_url": f"{site.base_url}/",
        "feed_url": f"{site.base_url}/feed.json",
        "items": [
            {
                "id": _urn(notice.id),
                "url": _link(notice, site),
                "title": title_of(notice),
                "content_text": text_of(notice),
                "date_published": machine_time(notice.versions[0].at, site),
                "date_modified": machine_time(_changed(notice), site),
            }
            for notice in notices[:MOST_ENTRIES]
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def title_of(notice: PublishedNotice) -> str:
    """The title of the version in force; of a withdrawn one only that it is."""
    content = notice.current.content
    return content.title_zh if content else f"通告 {notice.id} 已撤回"


def text_of(notice: PublishedNotice) -> str:
    """The text of the version in force; of a withdrawn one why it is gone."""
    current = notice.current
    if current.content:
        return plain_text(current.content.body_zh)
    return f"撤回原因：{WITHDRAWAL_NAMES[current.withdrawn.reason].zh}" if current.withdrawn else ""


def plain_text(body: str) -> str:
    """A body without its markup."""
    return "\n\n".join(map(_plain, blocks(body)))


def _plain(block: Block) -> str:
    """The block without its markup: an item of a list has a dot, a heading stands alone."""
    return "\n".join(f"• {line}" if block.kind == "list" else line for line in block.lines)


def _changed(notice: PublishedNotice) -> datetime:
    withdrawn = notice.current.withdrawn
    return withdrawn.at if withdrawn else notice.current.at


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = _NOT_XML.sub("", text)
    return element


def _link(notice: PublishedNotice, site: Site) -> str:
    return f"{site.base_url}/notices/{notice.id}"


def _urn(name: str) -> str:
    """An id that stays the same wherever the site moves."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"yingbi:notice:{name}").urn
