"""The path that an address leads to, read as browsers read it."""

from urllib.parse import quote, unquote, urljoin, urlsplit

_HOST = "http://localhost"
"""Any: without one, what leads above the root is joined in another way than browsers do."""
_PLAIN_IN_PATH = "/:@!$&'()*+,=~"
"""Source: RFC 3986, 3.3. Some systems take an escape of one of these for another path."""


def path_of(address: str, base: str) -> str | None:
    """The path that *address* on the page at *base* leads to, percent-decoded; None where nobody can say."""
    if "\\" in address:  # which browsers take for a slash
        return None
    try:
        page = f"{_HOST}{quoted(base)}" if base else ""
        path = unquote(urlsplit(urljoin(page, urlsplit(address.strip()).path)).path)
    except ValueError:
        return None
    return path if path.startswith("/") or not path else None


def quoted(path: str) -> str:
    """*path* percent-encoded, as little of it as may be."""
    return quote(path, safe=_PLAIN_IN_PATH)
