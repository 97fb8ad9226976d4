"""The pages of the site as they look, whoever serves them: the live site, and the site as files."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bulletin.changes import changes_between
from bulletin.feeds import title_of
from bulletin.links import Links
from bulletin.proofs import machine_file
from bulletin.wording import Site, chinese_time, english_time, machine_time
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES, Content, PublishedNotice, Version, blocks

TEMPLATES = Path(__file__).parent / "templates"
ON_ONE_PAGE = 20


class Pages:
    """Renders pages. Holds no state but what is the same on every page."""

    def __init__(self, site: Site) -> None:
        self.style = (TEMPLATES / "style.css").read_bytes()
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "blocks": blocks,
            "zh_time": partial(chinese_time, site=site),
            "en_time": partial(english_time, site=site),
            "machine_time": partial(machine_time, site=site),
            "title_of": title_of,
        }
        self._environment.globals |= {"site": site, "stages": STAGE_NAMES, "withdrawals": WITHDRAWAL_NAMES}
        self._environment.globals["machine_file"] = machine_file

    def index(self, links: Links, notices: Sequence[PublishedNotice], page: int) -> bytes:
        """Page *page* of the list of all *notices*."""
        shown = notices[(page - 1) * ON_ONE_PAGE : page * ON_ONE_PAGE]
        return self._render("index.html.j2", links, notices=shown, page=page, last=last_page(notices))

    def notice(self, links: Links, notice: PublishedNotice, version: Version) -> bytes:
        """A notice in one version."""
        return self._render("notice.html.j2", links, notice=notice, version=version)

    def changes(self, links: Links, notice: PublishedNotice, before: Version, after: Version) -> bytes:
        """What *after* changed of *before*, both of which have their text."""
        assert before.content
        assert after.content
        found = changes_between(before.content, after.content)
        return self._render("changes.html.j2", links, notice=notice, before=before, after=after, changes=found)

    def subscribe(self, links: Links, state: str, status: int) -> bytes:
        """A page about being told by mail: the form, what became of it, or what a link in a mail leads to."""
        return self._render("subscribe.html.j2", links, state=state, status=status)

    def error(self, links: Links, status: int, phrase: str) -> bytes:
        """A page for what is not there, or went wrong."""
        return self._render("error.html.j2", links, status=status, phrase=phrase)

    def alone(self, number: str, content: Content, mark: str, *, chinese: bool, english: bool, large: bool) -> bytes:
        """One text as a page of its own that needs no other file, as to print. *mark* says what it is."""
        style = Markup(self.style.decode())  # noqa: S704 - our own file
        page = self._environment.get_template("alone.html.j2")
        return page.render(
            number=number, content=content, mark=mark, style=style, chinese=chinese, english=english, large=large
        ).encode()

    def _render(self, template: str, links: Links, **values: Any) -> bytes:
        return self._environment.get_template(template).render(links=links, **values).encode()


def last_page(notices: Sequence[PublishedNotice]) -> int:
    """The number of the last page of the list."""
    return max(1, -(-len(notices) // ON_ONE_PAGE))
