import json
from xml.etree import ElementTree

from bulletin.feeds import MOST_ENTRIES, atom, json_feed
from bulletin.wording import Site
from tests.bulletin.shelves import SITE, content, notice, withdrawn
from tests.incident.office import zh

NS = {"a": "http://www.w3.org/2005/Atom"}

PLAIN = """发生了什么

2026年11月23日，有账号大量读取个人信息。
共有 1,234 人的信息被显示。

我们采取的措施

• 已停用该账号。
• 已核对日志。

您可以怎样做

如有疑问请拨打 12345。"""
"""The text of `tests.bulletin.shelves` without its markup."""


def entries(data: bytes) -> list[ElementTree.Element]:
    return ElementTree.fromstring(data).findall("a:entry", NS)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", NS)


def test_atom_has_what_the_standard_asks_for() -> None:
    root = ElementTree.fromstring(atom([notice(2), notice(1)], SITE))
    for name in ("title", "id", "updated", "author/a:name"):
        assert root.findtext(f"a:{name}", "", NS)
    for entry in root.findall("a:entry", NS):
        for name in ("title", "id", "updated", "published", "content"):
            assert text(entry, name)
    assert len({text(entry, "id") for entry in root.findall("a:entry", NS)}) == 2


def test_an_entry_links_to_its_notice_and_is_updated_with_it() -> None:
    corrected = notice(1, content(), content(change=zh("更正")))
    (entry,) = entries(atom([corrected], SITE))
    link = entry.find("a:link", NS)
    assert link is not None
    assert link.get("href") == "https://notices.yingbi.example/notices/N-20261123-001"
    assert text(entry, "published") == "2026-11-23T18:00:00+08:00"
    assert text(entry, "updated") == "2026-11-23T19:00:00+08:00"
    assert text(entry, "content") == PLAIN


def test_the_id_of_an_entry_never_changes() -> None:
    (before,) = entries(atom([notice(1)], Site()))
    (after,) = entries(atom([withdrawn(notice(1))], SITE))
    assert text(before, "id") == text(after, "id")


def test_a_withdrawn_notice_says_only_that() -> None:
    (entry,) = entries(atom([withdrawn(notice(1))], SITE))
    assert text(entry, "title") == "通告 N-20261123-001 已撤回"
    assert "读取" not in text(entry, "content")
    (item,) = json.loads(json_feed([withdrawn(notice(1))], SITE))["items"]
    assert item["title"] == text(entry, "title")
    assert item["content_text"] == text(entry, "content") == "撤回原因：内容不宜公开"


def test_text_cannot_become_markup() -> None:
    hostile = content(title_zh="<b>&\x00\x1b", body_zh="]]><script>alert(1)</script>")
    (entry,) = entries(atom([notice(1, hostile)], SITE))
    assert text(entry, "title") == "<b>&"
    assert text(entry, "content") == "]]><script>alert(1)</script>"


def test_json_feed() -> None:
    feed = json.loads(json_feed([notice(1)], SITE))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["url"] == "https://notices.yingbi.example/notices/N-20261123-001"
    assert feed["items"][0]["date_published"] == "2026-11-23T18:00:00+08:00"


def test_feeds_are_bounded_and_may_be_empty() -> None:
    many = [notice(number) for number in range(1, MOST_ENTRIES + 10)]
    assert len(entries(atom(many, SITE))) == MOST_ENTRIES
    assert len(json.loads(json_feed(many, SITE))["items"]) == MOST_ENTRIES
    assert entries(atom([], Site())) == []
