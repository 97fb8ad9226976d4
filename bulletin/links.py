"""Where each page of the site lies: as addresses of the live site, or as files that any web server serves."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

LARGE = "large"


class Links(Protocol):
    """The addresses that the pages of one size lead to, as they are written on one page."""

    @property
    def large(self) -> bool:
        """Whether the page is in large type; every link keeps it."""

    @property
    def other_size(self) -> str:
        """The same page in the other size."""

    def index(self, page: int = 1) -> str:
        """A page of the list."""

    def notice(self, notice: str, version: int = 0) -> str:
        """A notice, in its version in force or in an earlier one."""

    def changes(self, notice: str, version: int) -> str:
        """What *version* changed of the one before it."""

    def file(self, name: str) -> str:
        """A file that is the same in both sizes, such as the style sheet."""

    def subscribe(self) -> str:
        """Where one asks to be told by mail; empty where nobody takes that."""


@dataclass(frozen=True, slots=True)
class LiveLinks:
    """Of the live site. `?size=large` on any address shows it in large type: no cookie, no script."""

    here: str
    """The address of the page itself, in normal size."""
    large: bool = False

    @property
    def other_size(self) -> str:
        """See `Links`."""
        return self.here if self.large else f"{self.here}{'&' if '?' in self.here else '?'}size={LARGE}"

    def index(self, page: int = 1) -> str:
        """See `Links`."""
        if page == 1:
            return self._sized("/")
        return f"/?page={page}{f'&size={LARGE}' if self.large else ''}"

    def notice(self, notice: str, version: int = 0) -> str:
        """See `Links`."""
        return self._sized(f"/notices/{notice}/{version}" if version else f"/notices/{notice}")

    def changes(self, notice: str, version: int) -> str:
        """See `Links`."""
        return self._sized(f"/notices/{notice}/{version}/changes")

    def file(self, name: str) -> str:
        """See `Links`."""
        return f"/{name}"

    def subscribe(self) -> str:
        """See `Links`."""
        return self._sized("/subscribe")

    def _sized(self, address: str) -> str:
        return f"{address}?size={LARGE}" if self.large else address


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Of the site as files: relative, so that it works in whatever folder it is put, and without a server too."""

    here: str
    """The file of the page itself, from the folder of its size."""
    large: bool = False

    @property
    def other_size(self) -> str:
        """See `Links`."""
        return self._to(self.here if self.large else f"{LARGE}/{self.here}")

    def index(self, page: int = 1) -> str:
        """See `Links`."""
        return self._sized(index_file(page))

    def notice(self, notice: str, version: int = 0) -> str:
        """See `Links`."""
        return self._sized(notice_file(notice, version))

    def changes(self, notice: str, version: int) -> str:
        """See `Links`."""
        return self._sized(changes_file(notice, version))

    def file(self, name: str) -> str:
        """See `Links`."""
        return self._to(name)

    def subscribe(self) -> str:
        """See `Links`."""
        return ""

    @property
    def path(self) -> str:
        """Where the page itself goes, from the folder of the whole site."""
        return f"{LARGE}/{self.here}" if self.large else self.here

    def _sized(self, file: str) -> str:
        return self._to(f"{LARGE}/{file}" if self.large else file)

    def _to(self, file: str) -> str:
        return "../" * (len(PurePosixPath(self.path).parts) - 1) + file


def index_file(page: int = 1) -> str:
    """The file of a page of the list."""
    return "index.html" if page == 1 else f"page-{page}.html"


def notice_file(notice: str, version: int = 0) -> str:
    """The file of a notice."""
    return f"notices/{notice}-{version}.html" if version else f"notices/{notice}.html"


def changes_file(notice: str, version: int) -> str:
    """The file of what a version changed."""
    return f"notices/{notice}-{version}-changes.html"
