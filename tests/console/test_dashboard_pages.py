import re

import pytest

from tests.console.bureau import Bureau


def test_the_figures_and_where_they_lead(archive: Bureau) -> None:
    browser = archive.browser("auditor")
    page = browser.get("/figures")
    for words in ("2026-11-17 至 2026-11-23", "人口登记系统", "手机号码", "clerk-wang", "clerk-zhou", "没有放行的访问"):
        assert words in page.text(), words
    links = [each.get("href") or "" for each in page.all("a")]
    leading = [link for link in links if link.startswith("/events?span=given")]
    assert len(leading) > 10
    totals = {link: browser.get(link) for link in leading if "caller=clerk-zhou" in link}
    assert all("共 120 条" in page.text() for page in totals.values())
    assert totals
    assert not re.search(r"e1:[0-9a-f]", page.response.text)


@pytest.mark.parametrize("back", ["27", "-1", "x", "1000", "１"])
def test_a_week_that_there_is_not(archive: Bureau, back: str) -> None:
    assert archive.browser("auditor").client.get("/figures", params={"back": back}).status_code == 404


def test_an_index_that_does_not_answer_is_said_to_be(bureau: Bureau) -> None:
    browser = bureau.browser("officer")
    bureau.office.events.close()
    page = browser.get("/figures")
    assert page.status == 200
    assert page.text().count("没有在 5 秒内答复") == 6
    assert "这七天没有" in page.text(), "the alerts are there"
