"""Which headers of an answer may leave, and in which words. Pure.

A header is content too. One that says nothing of anybody passes where its value is in the words of its standard; every
other passes only where the operation declares it, and then only where its value tells nothing.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import msgspec

from policies.formats.html.parts import is_plain
from policies.formats.masker import Withheld
from policies.recognisers.scan import scan
from policies.transforms.handle import handles_in
from proxy.message import Headers, Malformed, Request, read_target
from proxy.system import System
from proxy.telling import readings, tells
from proxy.trace_context import TRACE_HEADERS, has_form
from proxy.verdict import Forward

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d {_MONTH} \d{{4}} \d\d:\d\d:\d\d GMT"
_LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z]{2})?"
_REFERRER = (
    "no-referrer|no-referrer-when-downgrade|origin|origin-when-cross-origin|same-origin|strict-origin|"
    "strict-origin-when-cross-origin|unsafe-url"
)
_WORD = (
    r"'(?:self|none|unsafe-inline|unsafe-eval|unsafe-hashes|wasm-unsafe-eval|strict-dynamic|report-sample|"
    r"nonce-[A-Za-z0-9+/_=-]{1,64}|sha(?:256|384|512)-[A-Za-z0-9+/_=-]{43,88})'"
)
_SOURCE = rf"(?:{_WORD}|\*|allow-[a-z-]{{1,40}}|[a-z]{{2,8}}:|(?:[a-z]{{2,8}}://)?(?:\*\.)?[A-Za-z0-9.-]{{1,100}}(?::(?:\d{{1,5}}|\*))?(?:/[\w./-]{{0,100}})?)"
_DIRECTIVE = rf"[a-z-]{{2,40}}(?: +{_SOURCE})*"
_METHOD = (
    "GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|REPORT|SEARCH"
)
"""Source: the registry of HTTP methods, those of RFC 9110, 5789, 4918, 3253 and 5323 that are met."""
_CACHING = r"(?:public|private|immutable|no-cache|no-store|no-transform|must-revalidate|(?:s-)?max(?:age|-age)=\d{1,9})"
_FEATURE = r'[a-z-]{2,40}=(?:\*|self|\((?:\*|self|src|"https?://[A-Za-z0-9.*-]{1,100}(?::\d{1,5})?"| )*\))'


def _list_of(item: str) -> str:
    return rf"{item}(?:\s*,\s*{item})*"


_PATTERNS = {
    "allow": _list_of(f"(?:{_METHOD})"),
    "content-language": _list_of(_LANGUAGE),
    "content-security-policy": rf"{_DIRECTIVE}(?: *; *{_DIRECTIVE})*(?: *;)? *",
    "cross-origin-embedder-policy": "unsafe-none|require-corp|credentialless",
    "cross-origin-opener-policy": "unsafe-none|same-origin|same-origin-allow-popups|noopener-allow-popups",
    "cross-origin-resource-policy": "same-site|same-origin|cross-origin",
    "date": _DATE,
    "permissions-policy": _list_of(_FEATURE),
    "referrer-policy": _list_of(f"(?:{_REFERRER})"),
    "retry-after": rf"[1-7]?\d{{1,4}}|8[0-5]\d{{3}}|86[0-3]\d\d|86400|{_DATE}",  # a day at most
    "x-content-type-options": "nosniff",
    "x-frame-options": "(?i:deny|sameorigin)",
}
_POLICY = "content-security-policy"
_STATIC_PATTERNS = {
    "cache-control": _list_of(_CACHING),
    "etag": r'(?:W/)?"[A-Za-z0-9+/=_.:-]{0,80}"',
    "expires": rf"{_DATE}|0|-1",
    "last-modified": _DATE,
    "vary": _list_of("[A-Za-z-]{2,40}"),
}
PASSING = {name: re.compile(pattern, re.ASCII) for name, pattern in _PATTERNS.items()}
"""What may always pass, in these words; `location` and `set-cookie` have rules of their own."""
PASSING_OF_FILES = PASSING | {name: re.compile(pattern, re.ASCII) for name, pattern in _STATIC_PATTERNS.items()}
"""The same for a file that is the same for everybody."""

NEVER = frozenset(
    "age cache-control connection content-encoding content-length content-type expires keep-alive proxy-authenticate "
    "proxy-connection set-cookie2 trailer transfer-encoding upgrade vary".split()
)
"""Ours to say, whatever a policy declares."""
OF_THE_TRUE_CONTENT = frozenset(
    "accept-ranges content-digest content-md5 content-range digest etag repr-digest".split()
)
"""Made from what is behind the masks: whoever guesses what that is could make sure."""

_RELATION = r'\s*;\s*(?:rel|type|as|crossorigin)(?:=(?:"[a-z0-9 ./+-]{1,80}"|[a-z0-9./+-]{1,80}))?'
_LINK = re.compile(rf'<([^<>\s"]*)>((?:{_RELATION})*)')
_LINKS = re.compile(_list_of(rf'<[^<>\s"]*>(?:{_RELATION})*'))
_REFRESH = re.compile(r"""(\d{1,5})(?:\s*[;,]\s*url=(["']?)([^"'\s]+)\2)?""", re.IGNORECASE)
_DISPOSITION = re.compile(r"\s*(inline|attachment)\s*(?:;|\Z)", re.IGNORECASE)
_FILE_NAME = re.compile(r';\s*filename="?([A-Za-z0-9][A-Za-z0-9._-]{0,79})"?\s*(?:;|\Z)', re.IGNORECASE)


class AnswerHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of one answer, and what it is an answer to."""

    headers: Headers
    request: Request
    forward: Forward
    system: System
    is_static: bool
    """Whether its body is a file that is the same for everybody."""

    def passing(self) -> list[tuple[str, str]]:
        """Name and value of those that may leave, but for cookies.

        Raises Withheld for a redirect whose target may not: without it the answer is none.
        """
        patterns = PASSING_OF_FILES if self.is_static else PASSING
        kept = []
        for name, values in self.headers.items():
            if name not in patterns and (name in NEVER or (name not in _RULES and name not in self._declared)):
                continue
            for value in values:
                said = self._said_in(name, value, patterns.get(name))
                if said is not None and not (self.system.is_learning and not is_plain(said)):
                    kept.append((name, said))
                elif name == "location":
                    raise Withheld("redirect_withheld")
        if ("access-control-allow-origin", "*") in kept:  # every page may read it, but none as the caller
            kept = [pair for pair in kept if pair[0] != "access-control-allow-credentials"]
        return kept

    @property
    def _declared(self) -> tuple[str, ...]:
        return self.forward.view.headers_of(self.forward.operation)

    def _said_in(self, name: str, value: str, pattern: re.Pattern[str] | None) -> str | None:
        """What is left of the header *name*; None where nothing is."""
        if pattern is not None:
            if not pattern.fullmatch(value) or scan(value):
                return None
            # The nonce of a policy is any letters at all.
            return None if name == _POLICY and tells(value) else value
        rule = _RULES.get(name)
        if rule is not None:
            return rule(self, value) if name == "location" or name in self._declared else None
        if name in NEVER or name.startswith("yingbi-") or (name in OF_THE_TRUE_CONTENT and not self.is_static):
            return None
        if name in TRACE_HEADERS and not has_form(name, value):
            return None
        return None if self._tells(value) else value

    def location(self, value: str) -> str | None:
        """The target of a redirect; one that leads away from the system has to be declared."""
        reference = self.reference(value)
        if reference is not None or "location" not in self._declared or self.forward.addresses.of(value) != value:
            return reference
        return None if self._tells(value) else value

    def link(self, value: str) -> str | None:
        """A `Link`, without those targets that may not leave."""
        if not _LINKS.fullmatch(value.strip()):
            return None
        targets = [(self.reference(match[1]), match[2]) for match in _LINK.finditer(value)]
        return ", ".join(f"<{target}>{relation}" for target, relation in targets if target is not None) or None

    def refresh(self, value: str) -> str | None:
        """A `Refresh`, which is a redirect that waits."""
        match = _REFRESH.fullmatch(value.strip())
        if match is None or match[3] is None:
            return match[1] if match is not None else None
        target = self.reference(match[3])
        return f"{match[1]}; url={target}" if target is not None else None

    def disposition(self, value: str) -> str | None:
        """A `Content-Disposition`, with the name of the file only where that is plain."""
        kind, name = _DISPOSITION.match(value), _FILE_NAME.search(value)
        if kind is None:
            return None
        if name is None or self._tells(name[1]):
            return kind[1].lower()
        return f'{kind[1].lower()}; filename="{name[1]}"'

    def reference(self, value: str) -> str | None:
        """*value* as it may leave: the address of an operation of this system that tells nothing; None otherwise.

        Without the name of the host where that is the caller's own: what he says it is, port and all, is no truth.
        """
        try:
            there = urlsplit(urljoin(f"//{self.request.authority}{quote(self.request.path)}", value))
            target = urlunsplit(("", "", there.path or "/", there.query, ""))
            path, _ = read_target(target)
            host, port = (there.hostname or "").rstrip("."), there.port
        except (ValueError, Malformed):
            return None
        if there.scheme not in ("", "http", "https") or "@" in there.netloc or not self._is_served(host, path):
            return None
        written = self.forward.addresses.of(target)
        if written is None or self.forward.addresses.of(value) is None:
            return None
        # Of where it leads on the page, and of all that is no handle, nothing may tell of anybody.
        if self._tells(self._without_handles(f"{written}#{there.fragment}"), self.forward.said):
            return None
        origin = "" if host == self.request.host else f"https://{host}{f':{port}' if port else ''}"
        return f"{origin}{written}{f'#{there.fragment}' if there.fragment else ''}"

    def _tells(self, value: str, said: tuple[str, ...] = ()) -> bool:
        """Whether *value* may tell of somebody, or repeats a key that the caller has asked by and may not see."""
        hidden = self.forward.addresses.hidden
        return tells(value, said) or (hidden is not None and any(map(hidden.spans, readings(value))))

    def _without_handles(self, address: str) -> str:
        made = self.forward.addresses.handles
        for found in reversed(handles_in(address)):
            if found[0] in made:
                address = address[: found.start()] + address[found.end() :]
        return address

    def _is_served(self, host: str, path: str) -> bool:
        routes = self.system.routes
        return host in self.system.program.hosts and (
            self.system.is_learning
            or path == self.request.path
            or routes.find("GET", path) is not None
            or routes.find(self.request.method, path) is not None
        )


_RULES: Mapping[str, Callable[[AnswerHeaders, str], str | None]] = {
    "location": AnswerHeaders.location,
    "content-location": AnswerHeaders.reference,
    "link": AnswerHeaders.link,
    "refresh": AnswerHeaders.refresh,
    "content-disposition": AnswerHeaders.disposition,
}
"""The headers whose values are addresses or names of files. Only the first passes without being declared."""
