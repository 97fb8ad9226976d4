import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import httpx
import pytest

from bulletin.pages import ON_ONE_PAGE
from incident.draft_problems import LONGEST_BODY
from tests.bulletin.conftest import Serve
from tests.bulletin.shelves import content, notice, put, withdrawn
from tests.golden import Golden
from tests.incident.office import zh

ROOT = Path(__file__).parent.parent.parent
ADDRESS = "/notices/N-20261123-001"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def client(tmp_path: Path, serve: Serve) -> httpx.Client:
    corrected = notice(1, content(), content(change=zh("补充了人数", "the number was added")))
    put(tmp_path, corrected, notice(2), withdrawn(notice(3)))
    return serve(tmp_path)


def page(response: httpx.Response) -> ElementTree.Element:
    """The page, which must be HTML without an error."""
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree"))
    found: ElementTree.Element = parser.parse(response.text)
    return found


def text(element: ElementTree.Element | None) -> str:
    assert element is not None
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def find(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return list(root.iter(XHTML + name))


PAGES = ("/", "/?size=large", ADDRESS, f"{ADDRESS}?size=large", f"{ADDRESS}/1", "/notices/N-20261123-003", "/nowhere")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_sound(client: httpx.Client, address: str) -> None:
    response = client.get(address)
    root = page(response)
    assert root.get("lang") == "zh-CN"
    assert len(find(root, "h1")) == 1
    assert len(find(root, "main")) == len(find(root, "header")) == len(find(root, "footer")) == 1
    assert text(find(root, "title")[0])
    levels = [int(each.tag[-1]) for each in root.iter() if re.fullmatch(XHTML + "h[1-6]", str(each.tag))]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    labels = [each.get("aria-label") for each in find(root, "nav")]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)
    skip = find(root, "a")[0]
    assert (skip.get("class"), skip.get("href")) == ("skip", "#main")
    assert "main" in ids
    assert not find(root, "script")
    assert not find(root, "form")
    assert not find(root, "img")
    assert len(response.content) <= 50_000


@pytest.mark.parametrize("address", PAGES)
def test_nothing_leads_or_comes_from_elsewhere(client: httpx.Client, address: str) -> None:
    root = page(client.get(address))
    for element in root.iter():
        for attribute in ("href", "src", "action", "style", "onclick"):
            value = element.get(attribute)
            if value is not None:
                assert attribute == "href"
                assert re.match(r"(/(?!/)|#|tel:)", value), value


@pytest.mark.parametrize("address", [*PAGES, "/style.css", "/feed.atom", "/feed.json"])
def test_every_answer_carries_the_security_headers(client: httpx.Client, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


def test_every_link_of_the_site_works(client: httpx.Client) -> None:
    seen: set[str] = set()
    todo = ["/"]
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        if response.headers["content-type"].startswith("text/html"):
            links = [each.get("href", "") for name in ("a", "link") for each in find(page(response), name)]
            todo += [link for link in links if link.startswith("/")]
    assert f"{ADDRESS}/1?size=large" in seen
    assert "/style.css" in seen


def test_a_notice_tells_what_people_need(client: httpx.Client, golden: Golden) -> None:
    response = client.get(ADDRESS)
    golden.check("notice.html", response.text)
    said = text(find(page(response), "main")[0])
    for word in ("一般", "已控制", "2026年11月23日 18:00（北京时间）", "1,234 人", "12345", "0570-8765000", "版本记录"):
        assert word in said
    english = next(each for each in find(page(response), "section") if each.get("lang") == "en")
    assert "An account read personal information in bulk." in text(english)


def test_times_are_for_machines_too(client: httpx.Client) -> None:
    times = [each.get("datetime", "") for each in find(page(client.get(ADDRESS)), "time")]
    assert times
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", time) for time in times)


def test_an_old_version_says_that_it_is_one(client: httpx.Client) -> None:
    old = text(find(page(client.get(f"{ADDRESS}/1")), "main")[0])
    assert "这是第 1 版，已有更新" in old
    new = text(find(page(client.get(f"{ADDRESS}/2")), "main")[0])
    assert "已有更新" not in new
    assert "更正说明：补充了人数" in new


def test_what_was_withdrawn_is_gone_but_not_forgotten(client: httpx.Client) -> None:
    for address in ("/notices/N-20261123-003", "/notices/N-20261123-003/1"):
        said = text(find(page(client.get(address)), "main")[0])
        assert "已撤回" in said
        assert "内容不宜公开" in said
        assert "异常读取" not in said


def test_large_type_stays_on_the_way(client: httpx.Client) -> None:
    root = page(client.get("/?size=large"))
    assert root.get("class") == "large"
    inner = [each.get("href", "") for each in find(find(root, "main")[0], "a")]
    assert inner
    assert all("size=large" in link for link in inner)
    switch = next(each for each in find(root, "a") if text(each) == "标准字号")
    assert switch.get("href") == "/"
    assert page(client.get("/?size=huge")).get("class") is None


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/notices/N-20261123-999", f"{ADDRESS}/9", f"{ADDRESS}/0", "/notices/../../etc/passwd", "/?page=2",
     "/?page=0", "/?page=x", "/?page=٢", "/docs", "/openapi.json", "//elsewhere.example/x", "/notices/%2e%2e%2fstate"],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_helps(client: httpx.Client, address: str) -> None:
    response = client.get(str(client.base_url) + address)
    assert response.status_code == 404
    root = page(response)
    assert "12345" in text(find(root, "footer")[0])
    assert "elsewhere" not in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_site_only_shows(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/")
    assert response.status_code == 405
    assert response.headers["allow"]


def test_who_has_it_is_not_sent_it_again(client: httpx.Client) -> None:
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"if-none-match": f'W/{first.headers["etag"]}, "x"'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(ADDRESS).headers["etag"] == first.headers["etag"]
    assert client.head(ADDRESS).content == b""


def test_a_correction_is_seen_at_the_next_look(tmp_path: Path, serve: Serve) -> None:
    put(tmp_path, notice(1))
    client = serve(tmp_path)
    tag = client.get(ADDRESS).headers["etag"]
    put(tmp_path, withdrawn(notice(1)))
    response = client.get(ADDRESS, headers={"if-none-match": tag})
    assert response.status_code == 200
    assert "已撤回" in response.text


def test_hostile_text_is_text(tmp_path: Path, serve: Serve) -> None:
    hostile = "<script>alert(1)</script>\"'&amp; {{ 7*7 }}"
    changes = dict.fromkeys(("title_zh", "title_en"), hostile)
    put(tmp_path, notice(1, content(body_zh=f"## {hostile}\n\n- {hostile}\n\n{hostile}", body_en=hostile, **changes)))
    client = serve(tmp_path)
    for address in ("/", ADDRESS):
        root = page(client.get(address))
        assert not find(root, "script")
        assert hostile in "".join(root.itertext())


def test_the_longest_notice_and_a_full_list_stay_small(tmp_path: Path, serve: Serve) -> None:
    many = [notice(number, content(title_zh="长" * 100)) for number in range(2, ON_ONE_PAGE + 5)]
    put(tmp_path, notice(1, content(body_zh="长" * LONGEST_BODY)), *many)
    client = serve(tmp_path)
    for address in ("/", "/?page=2", ADDRESS):
        response = client.get(address)
        assert response.status_code == 200
        assert len(response.content) <= 50_000
    assert len(find(page(client.get("/")), "time")) == ON_ONE_PAGE
    assert len(find(page(client.get("/?page=2")), "time")) == 4


def test_without_a_folder_there_is_an_empty_list(tmp_path: Path, serve: Serve) -> None:
    client = serve(tmp_path / "not-yet")
    assert "目前没有通告" in client.get("/").text
    assert json.loads(client.get("/feed.json").text)["items"] == []


def test_its_process_holds_no_key_and_opens_no_database() -> None:
    script = "import sys, bulletin.site; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(loaded.stdout.split())
    forbidden = {"sqlalchemy", "sqlite3", "_sqlite3", "cryptography", "hyperscan", "alembic", "argon2"}
    assert not modules & forbidden
    assert {
        name for name in modules if name.partition(".")[0] in ("policies", "siem", "proxy", "console", "yingbi")
    } == set()
    assert {name for name in modules if name.startswith("incident.")} == {
        "incident.notice",
        "incident.codec",
        "incident.ids",
    }
