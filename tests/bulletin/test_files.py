"""The site as files: every page is there, every link leads to one of them, and nothing else is ever replaced."""

import posixpath
import re
from pathlib import Path

import html5lib
import pytest

from bulletin.files import NotOurs, site_files, write_site
from bulletin.pages import ON_ONE_PAGE
from tests.bulletin.shelves import BODY, SITE, content, notice, withdrawn
from tests.incident.office import zh

AFTER = content(body_zh=BODY.replace("1,234", "1,243"), change=zh("人数有误"))
NOTICES = [notice(1, content(), AFTER), withdrawn(notice(2, content(), AFTER)), *map(notice, range(3, ON_ONE_PAGE + 5))]


def test_every_link_leads_to_a_file_of_the_site() -> None:
    files = dict(site_files(NOTICES, SITE))
    assert {"index.html", "page-2.html", "large/index.html", "notices/N-20261123-001-2-changes.html"} <= files.keys()
    assert "notices/N-20261123-002-2-changes.html" not in files, "what was withdrawn has no text to compare"
    led_to = set()
    for name, data in files.items():
        if not name.endswith(".html"):
            continue
        html5lib.HTMLParser(strict=True).parse(data.decode())
        assert b"<script" not in data
        assert len(data) + len(files["style.css"]) <= 50_000
        for link in re.findall(r'href="([^"]+)"', data.decode()):
            if not link.startswith(("#", "tel:")):
                assert not re.match(r"[a-z]+:|/", link), link
                led_to.add(posixpath.normpath(posixpath.join(posixpath.dirname(name), link)))
    assert led_to <= files.keys()
    assert files.keys() - led_to == set(), "no page that nobody finds"


def test_large_type_stays_large_and_leads_back() -> None:
    files = dict(site_files(NOTICES, SITE))
    large = files["large/notices/N-20261123-001.html"].decode()
    assert 'class="large"' in large
    assert 'href="../../notices/N-20261123-001.html">标准字号' in large
    assert 'href="../../style.css"' in large


def test_what_is_there_is_replaced_whole_and_only_if_it_is_ours(tmp_path: Path) -> None:
    folder = tmp_path / "www"
    first = write_site(folder, NOTICES, SITE)
    assert sum(path.is_file() for path in folder.rglob("*")) == first + 1
    write_site(folder, NOTICES[:1], SITE)
    assert not (folder / "notices" / "N-20261123-003.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["www"]
    other = tmp_path / "home"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(NotOurs):
        write_site(other, NOTICES, SITE)
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]
