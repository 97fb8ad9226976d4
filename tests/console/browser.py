"""A browser without a screen: fetches pages, fills in the forms that stand on them, sends what a real one sends."""

import asyncio
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

import html5lib
import httpx
from starlette.types import ASGIApp

from tests.console.people import PASSWORD

HOST = "console.yingbi.example:8444"
XHTML = "{http://www.w3.org/1999/xhtml}"


class InProcess(httpx.BaseTransport):
    """Hands requests to an application, one loop for each."""

    def __init__(self, app: ASGIApp, client: str = "10.0.0.9") -> None:
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 40000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asgi.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, and the tree of its HTML."""

    response: httpx.Response
    root: ElementTree.Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.request.url.raw_path.decode()

    def all(self, name: str) -> list[ElementTree.Element]:
        return list(self.root.iter(XHTML + name))

    def text(self, name: str = "main") -> str:
        return text_of(self.all(name)[0])

    def by_id(self, name: str) -> ElementTree.Element:
        found = [each for each in self.root.iter() if each.get("id") == name]
        assert len(found) == 1, f"{len(found)} elements `{name}` on {self.path}"
        return found[0]

    def has(self, name: str) -> bool:
        return any(each.get("id") == name for each in self.root.iter())

    @property
    def said(self) -> str:
        """What the page confirms or complains about."""
        return " ".join(text_of(each) for each in self.root.iter() if each.get("role") in ("status", "alert"))


def text_of(element: ElementTree.Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class _Reader(HTMLParser):
    """Makes a tree of pages that close what they open, as ours do; `test_pages` shows that they are sound."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = ElementTree.TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(XHTML + tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(XHTML + tag)

    def handle_endtag(self, tag: str) -> None:
        self.builder.end(XHTML + tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def page_of(response: httpx.Response) -> Page:
    reader = _Reader()
    # The first line break in a textarea is not part of it.
    reader.feed(re.sub(r"(<textarea[^>]*>)\n", r"\1", response.text.partition("\n")[2]))
    return Page(response, reader.builder.close())


def strict(response: httpx.Response) -> Page:
    """The same, read as a real browser reads it; an error in the HTML is one."""
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree"))
    return Page(response, parser.parse(response.text))


@dataclass
class Browser:
    """One person's browser."""

    app: ASGIApp
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(transport=InProcess(self.app), base_url=f"https://{HOST}", follow_redirects=True)

    def get(self, address: str) -> Page:
        return page_of(self.client.get(address))

    def sign_in(self, name: str, password: str = PASSWORD) -> Page:
        return self.submit(self.get("/sign-in"), "sign-in", name=name, password=password)

    def submit(self, page: Page, form: str, button: str = "", **changes: str | list[str]) -> Page:
        """Fill in the form with the id *form* and press the *button* with that value, or the only one."""
        element = page.by_id(form)
        fields = fields_of(element)
        assert not changes.keys() - fields.keys(), f"the form has only {sorted(fields)}"
        named = [each for each in element.iter(XHTML + "button") if each.get("name")]
        pressed = {str(each.get("name")): str(each.get("value")) for each in named if each.get("value") == button}
        assert bool(pressed) == bool(button)
        return self.post(element.get("action") or "", {**fields, **changes, **pressed})

    def post(self, address: str, fields: dict[str, str | list[str]]) -> Page:
        headers = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
        return page_of(self.client.post(address, data=fields, headers=headers))


def fields_of(form: ElementTree.Element) -> dict[str, str | list[str]]:
    """What the form would send as it stands."""
    found: dict[str, str | list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if name is None or element.tag == XHTML + "button":
            continue
        if element.tag == XHTML + "textarea":
            found[name] = (element.text or "").replace("\n", "\r\n")
        elif element.tag == XHTML + "select":
            options = list(element.iter(XHTML + "option"))
            chosen = [each for each in options if each.get("selected") is not None] or options[:1]
            found[name] = chosen[0].get("value") or ""
        elif element.get("type") == "checkbox":
            ticked = found.setdefault(name, [])
            assert isinstance(ticked, list)
            if element.get("checked") is not None:
                ticked.append(element.get("value") or "on")
        else:
            found[name] = element.get("value") or ""
    return found
