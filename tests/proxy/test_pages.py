"""What stands in place of an answer: well-formed for people and programs, and holding nothing of the request."""

import json
from typing import Any

import html5lib
import pytest

from proxy.pages import HOTLINE, Notice, page, problem
from proxy.reasons import REASONS

HOSTILE = '</p><script>alert("1")</script>&amp; \'"<!--'
FULL: dict[str, Any] = {
    "event": "6YQ3K0M9ZT-7",
    "system": "人员库 / People",
    "zh": "不支持",
    "en": "no expressions",
    "field": "person.name",
}


def parsed(data: bytes) -> str:
    """The text of a page that is valid HTML."""
    document = html5lib.HTMLParser(
        strict=True, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
    ).parse(data)
    assert not document.findall(".//script")
    assert not [each for each in document.iter() if {"src", "onclick"} & set(each.attrib)]
    return "".join(document.find("body").itertext())


@pytest.mark.parametrize("acted", [False, True], ids=["", "carried-out"])
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_told_to_people(reason: str, acted: bool) -> None:
    text = parsed(page(Notice(reason=reason, acted=acted, **FULL)))
    assert REASONS[reason].zh in text
    assert REASONS[reason].en.lower() in text.lower()
    assert all(value in text for value in FULL.values())
    assert HOTLINE in text
    assert ("请不要重复提交" in text) == acted
    assert ("登录 / Sign in" in text) == (REASONS[reason].status == 401)


@pytest.mark.parametrize("acted", [False, True], ids=["", "carried-out"])
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_told_to_programs(reason: str, acted: bool) -> None:
    document = json.loads(problem(Notice(reason=reason, acted=acted, **FULL)))
    assert document["type"] == f"urn:yingbi:reason:{reason}"
    assert document["status"] == REASONS[reason].status
    assert document["title"] == REASONS[reason].en
    assert (document["reason"], document["event"], document["field"]) == (reason, FULL["event"], FULL["field"])
    assert document.get("carried_out", False) == acted
    assert "不支持" in document["detail"]


def test_little_can_be_said() -> None:
    notice = Notice(reason="not_ready", event="-")
    assert "影壁" in parsed(page(notice))
    assert set(json.loads(problem(notice))) == {"type", "title", "status", "detail", "reason", "event"}


def test_what_the_policy_says_is_text_and_not_markup() -> None:
    notice = Notice(reason="operation_refused", event=HOSTILE, system=HOSTILE, zh=HOSTILE, en=HOSTILE, field=HOSTILE)
    assert parsed(page(notice)).count(HOSTILE) == 5
    assert json.loads(problem(notice))["field"] == HOSTILE


def test_a_status_of_the_system_behind_is_kept() -> None:
    assert json.loads(problem(Notice(reason="page_of_an_error", event="-", status=404)))["status"] == 404


def test_a_page_can_be_read_by_anybody() -> None:
    """A title, a language, a size that fits a telephone, and no other file to be fetched."""
    text = page(Notice(reason="not_allowed", event="-")).decode()
    assert '<html lang="zh-CN">' in text
    assert 'name="viewport"' in text
    assert "http://" not in text
    assert "https://" not in text
