"""The call-back desk: SQLAdmin twice over the same visits, one behind a gateway and a twin that is asked directly."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from deploy.demo.visits.run import DeskFiles, command, files_in, make_desk
from tests.e2e.counter import Table, dump
from tests.e2e.demo import Demo, demo
from tests.gateway import ROOT
from tests.patience import PATIENCE_S
from tests.ports import free_port
from tests.servers import serving
from yingbi.first_start import SEED

LIST = "/admin/visit/list"
type Control = tuple[str, str]
type File = tuple[str, bytes, str]
"""Name, content and media type."""


@dataclass
class Desk:
    """A gateway with the desk behind it, and the twin."""

    demo: Demo
    behind: DeskFiles
    twin: DeskFiles
    twin_port: int

    def dumps(self) -> tuple[dict[str, Table], dict[str, Table]]:
        """What the database behind the gateway holds, and that of the twin."""
        return dump(self.behind.database), dump(self.twin.database)

    def staff(self, headers: dict[str, str] | None = None) -> "Staff":
        """Somebody of the staff, behind the gateway with *headers*."""
        return Staff(self.demo.client("visits", headers), self.behind)

    def directly(self) -> "Staff":
        """Somebody who works at the twin."""
        client = httpx.Client(base_url=f"http://127.0.0.1:{self.twin_port}", timeout=PATIENCE_S, trust_env=False)
        return Staff(client, self.twin)


@contextlib.contextmanager
def desk(home: Path) -> Iterator[Desk]:
    """A desk and its twin, in *home*. It is declared to the gateway as any system is, by one file."""
    ports = {name: free_port() for name in ("desk", "twin")}

    def edit(policies: Path) -> None:
        declared = (ROOT / "deploy" / "demo" / "visits" / "visits.yaml").read_text("utf-8")
        (policies / "systems" / "visits.yaml").write_text(declared.replace("8455", str(ports["desk"])), "utf-8")
        grants = policies / "grants.yaml"
        grants.write_text(grants.read_text("utf-8").replace("systems: [hall]", "systems: [hall, visits]"), "utf-8")

    make_desk(home / "desk", SEED)
    shutil.copytree(home / "desk", home / "twin")
    with contextlib.ExitStack() as running:
        front = running.enter_context(demo(home / "demo", edit=edit))
        for name, port in ports.items():
            url = f"http://127.0.0.1:{port}/admin/login"
            running.enter_context(serving(command(home / name, port), url, home / f"{name}.log"))
        yield Desk(front, files_in(home / "desk"), files_in(home / "twin"), ports["twin"])


class Staff:
    """A browser-like client of the desk that has signed in to it."""

    def __init__(self, client: httpx.Client, files: DeskFiles) -> None:
        self.client = client
        self.received: list[str] = []
        """Every answer, headers and body."""
        client.event_hooks["response"] = [self._note]
        self.password = files.password.read_text("ascii").strip()
        answer = client.post("/admin/login", data={"username": "clerk", "password": self.password})
        assert answer.status_code == 302, answer.text

    def close(self) -> None:
        """Work is over."""
        self.client.close()

    def _note(self, answer: httpx.Response) -> None:
        answer.read()
        self.received.append(f"{answer.headers.multi_items()}\n{answer.content.decode('utf-8', 'replace')}")

    def get(self, target: str) -> httpx.Response:
        return self.client.get(target)

    def read(self, target: str) -> "Page":
        """The page at *target*."""
        answer = self.get(target)
        assert answer.status_code == 200, (target, answer.text)
        return page_of(answer)

    def form(self, target: str) -> list[Control]:
        """What a browser would send of the form at *target*, untouched, but for its files."""
        return self.read(target).controls

    def save(
        self, target: str, form: list[Control], picture: File = ("", b"", "application/octet-stream"), /, **changes: str
    ) -> httpx.Response:
        """Send *form* with *changes*, in parts as a browser would."""
        new = [(name, value) for name, value in changes.items() if name not in dict(form)]
        controls = [(name, changes.get(name, value)) for name, value in form] + new
        body, content_type = in_parts([*controls, ("save", "Save")], {"picture": picture})
        return self.client.post(target, content=body, headers={"Content-Type": content_type})


def in_parts(controls: list[Control], files: dict[str, File]) -> tuple[bytes, str]:
    """The form as Chromium writes it, and its type."""
    boundary = "----WebKitFormBoundary" + secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")
    heads = [(f'name="{name}"', value.encode()) for name, value in controls]
    for name, (called, content, media_type) in files.items():
        heads.append((f'name="{name}"; filename="{called}"\r\nContent-Type: {media_type}', content))
    written = [
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in heads
    ]
    return b"".join(written) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@dataclass
class Page(HTMLParser):
    """What stands on a page."""

    url: str
    cells: list[list[str]] = field(default_factory=list)
    """The rows of its tables."""
    controls: list[Control] = field(default_factory=list)
    """Those of its forms that are sent in parts, buttons and files left out."""
    links: list[str] = field(default_factory=list)
    """Where it leads: paths with what is asked there."""
    deletes: list[str] = field(default_factory=list)
    """Where its buttons to delete send to."""
    _in_form: bool = False
    _name: str = ""
    _in_cell: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in given}
        if tag == "form":
            self._in_form = said.get("enctype") == "multipart/form-data"
        elif tag == "a" and "data-url" in said:
            self.deletes.append(said["data-url"])
        elif tag == "a" and not said.get("href", "#").startswith("#"):
            split = urlsplit(urljoin(self.url, said["href"]))
            self.links.append(f"{split.path}?{split.query}" if split.query else split.path)
        elif tag == "tr":
            self.cells.append([])
        elif tag in ("td", "th"):
            self._in_cell = True
            self.cells[-1].append("")
        elif self._in_form and tag == "input" and said.get("type") in ("text", "hidden"):
            self.controls.append((said["name"], said.get("value", "")))
        elif self._in_form and tag in ("textarea", "select"):
            self._name = tag
            self.controls.append((said["name"], ""))
        elif tag == "option" and "selected" in said and self._name:
            self.controls[-1] = (self.controls[-1][0], said["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
        elif tag == self._name:
            self._name = ""
        elif tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._name == "textarea":
            name, text = self.controls[-1]
            self.controls[-1] = (name, (text + data).removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n"))
        elif self._in_cell:
            self.cells[-1][-1] += data.strip()


def page_of(answer: httpx.Response) -> Page:
    """What stands on the page of *answer*."""
    page = Page(str(answer.url))
    page.feed(answer.text)
    return page
