"""Somebody who uses the console as a browser would: follows pages, fills in forms, and nothing else.

The people of `yingbi demo leak` act through it, so that what they do is what people can do.
"""

import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

from yingbi.home import Home
from yingbi.settings import Settings


class NotDone(Exception):
    """The console did not do what was asked. The message is what it said."""

    def __init__(self, message: str, said: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.said = said
        """What the page complained of, in its own words; empty where it did not."""
        self.status = status
        """Of the answer, where that was the trouble."""


class MaybeDone(Exception):
    """What was asked may have been carried out: it was sent, and no whole answer came. The message says why."""


_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(slots=True)
class Form:
    """A form of a page, with the values that it has."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Name and value of each box that can be ticked."""


class Visitor:
    """One browser, signed in as at most one person."""

    def __init__(self, settings: Settings) -> None:
        trusted = ssl.create_default_context(cafile=str(Home(settings.home).authority))
        self._origin = f"https://localhost:{settings.ports.console}"
        self._client = httpx.Client(
            base_url=self._origin, verify=trusted, trust_env=False, timeout=30, follow_redirects=True
        )

    def sign_in(self, name: str, password: str) -> None:
        """Sign in. Raises NotDone."""
        answer = self.submit("/sign-in", "/sign-in", {"name": name, "password": password})
        if answer.url.path == "/sign-in":
            raise NotDone(f"the console does not sign `{name}` in", said_in(answer.text))
        if answer.url.path == "/password":
            raise NotDone(f"the password of `{name}` has to be changed at the console first")

    def submit(
        self, page: str, action: str, given: Mapping[str, str] | None = None, *, tick_all: bool = False
    ) -> httpx.Response:
        """The page that comes after the form of *page* that is sent to *action*. Raises NotDone."""
        shown = self._client.get(page)
        forms = [form for form in forms_in(shown.text) if form.action == action]
        if not forms:
            raise NotDone(f"the page `{page}` has no form for `{action}`")
        form = forms[0]
        return self._send(action, [*{**form.values, **(given or {})}.items(), *(form.choices if tick_all else [])])

    def act(self, action: str, given: Mapping[str, str]) -> str:
        """The path of the page that comes after *given* was sent to *action*, whether or not a page offers that.

        So who may not do it is told why. That page is not fetched: it may be slow, and what was asked is done by then.
        Raises NotDone, MaybeDone, and httpx.TransportError where nothing was sent.
        """
        answer = self.answered(action, given.items())
        return httpx.URL(answer.headers.get("location", action)).path

    def answered(self, action: str, given: Iterable[tuple[str, str]]) -> httpx.Response:
        """What the console answers itself to *given*, where that leads elsewhere too. Raises as `act` does."""
        page = self._client.get("/password")
        token = next((form.values["token"] for form in forms_in(page.text) if "token" in form.values), "")
        try:
            return self._send(action, [("token", token), *given], follow=False)
        except _NOT_SENT:
            raise
        except httpx.TransportError as error:
            raise MaybeDone(type(error).__name__) from error

    def _send(self, action: str, pairs: Sequence[tuple[str, str]], *, follow: bool = True) -> httpx.Response:
        answer = self._client.post(
            action,
            content=urlencode(pairs),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": self._origin,
            },
            follow_redirects=follow,
        )
        if answer.is_error:
            said = said_in(answer.text)
            raise NotDone(f"the console answered {answer.status_code} to `{action}`: {said}", said, answer.status_code)
        return answer

    def close(self) -> None:
        """Close the browser."""
        self._client.close()


def forms_in(page: str) -> list[Form]:
    """The forms of *page*."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def said_in(page: str) -> str:
    """What stands in the alerts of *page*, or nothing."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.alerts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.alerts: list[str] = []
        self._alert_depth = 0
        self._textarea = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if self._alert_depth and tag not in ("br", "input", "img", "hr"):
            self._alert_depth += 1
        elif given.get("role") == "alert":
            self._alert_depth = 1
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        if not self.forms or "name" not in given:
            return
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            self.forms[-1].choices.append((given["name"], given.get("value", "on")))
        elif tag == "input":
            self.forms[-1].values[given["name"]] = given.get("value", "")
        elif tag == "button":
            self.forms[-1].values.setdefault(given["name"], given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given["name"]
            self.forms[-1].values[given["name"]] = ""

    def handle_endtag(self, tag: str) -> None:
        if self._alert_depth:
            self._alert_depth -= 1
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._alert_depth:
            self.alerts.append(data)
        if self._textarea:
            self.forms[-1].values[self._textarea] += data
