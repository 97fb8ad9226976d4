"""The whole site as files that any web server serves, or none: so the notices stay up whatever becomes of this one."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bulletin.changes import comparable
from bulletin.feeds import atom, json_feed
from bulletin.links import FileLinks, changes_file, index_file, notice_file
from bulletin.pages import Pages, last_page
from bulletin.proofs import WELL_KNOWN, Proofs, machine_file
from bulletin.wording import Site
from incident.notice import PublishedNotice

MARK = ".yingbi-notices"
"""Lies in a folder that was written here: nothing else is ever replaced."""
NOTHING = Proofs()
"""Where nothing vouches for the notices."""


class NotOurs(Exception):
    """The folder holds something else. Nothing was changed."""


def site_files(notices: Sequence[PublishedNotice], site: Site, proofs: Proofs = NOTHING) -> Iterator[tuple[str, bytes]]:
    """Every file of the site, by its path from the folder of the site. Links are relative; no page has a script."""
    pages = Pages(site)
    yield "style.css", pages.style
    yield "feed.atom", atom(notices, site)
    yield "feed.json", json_feed(notices, site)
    for name, data in proofs.keys.items():
        yield f"{WELL_KNOWN}/{name}", data
    for notice in notices:
        yield machine_file(notice.id), proofs.signed(notice)
    for large in (False, True):
        for page in range(1, last_page(notices) + 1):
            links = FileLinks(index_file(page), large)
            yield links.path, pages.index(links, notices, page)
        for notice in notices:
            links = FileLinks(notice_file(notice.id), large)
            yield links.path, pages.notice(links, notice, notice.current)
            for version in notice.versions:
                links = FileLinks(notice_file(notice.id, version.number), large)
                yield links.path, pages.notice(links, notice, version)
                if both := comparable(notice, version.number):
                    links = FileLinks(changes_file(notice.id, version.number), large)
                    yield links.path, pages.changes(links, notice, *both)


def write_site(folder: Path, notices: Sequence[PublishedNotice], site: Site, proofs: Proofs = NOTHING) -> int:
    """Put the site into *folder* in place of what was written there before, whole; returns how many files it has.

    Raises NotOurs where the folder holds anything else, OSError; then what was there is still there.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotOurs(f"`{folder}` 中有别的文件，请给一个空目录 / holds other files: name an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as place:
        made = Path(place) / "site"
        count = 0
        for name, data in site_files(notices, site, proofs):
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            count += 1
        (made / MARK).write_bytes(b"")
        if folder.exists():
            os.rename(folder, Path(place) / "before")  # what is half gone would be worse than what is old
        os.rename(made, folder)
        shutil.rmtree(Path(place) / "before", ignore_errors=True)
    return count
