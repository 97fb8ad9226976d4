"""Requests are read strictly: what two servers could read differently is not read at all."""

import posixpath
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from proxy.message import (
    LONGEST_HEADERS,
    LONGEST_TARGET,
    MOST_HEADERS,
    MOST_PARAMETERS,
    Malformed,
    Request,
    _read_any_target,
    is_sent_here,
    media_type_in,
    read_headers,
    read_request,
    read_target,
    target_of,
    target_of_form,
    with_parameters,
)
from tests.effort import examples


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ()),
        ("/a/b", "/a/b", ()),
        ("/a/", "/a/", ()),
        ("/%E5%BC%A0", "/张", ()),
        ("/a%20b", "/a b", ()),
        ("/100%25", "/100%", ()),
        ("/a?", "/a", ()),
        ("/a?x", "/a", (("x", ""),)),
        ("/a?x=1&x=2", "/a", (("x", "1"), ("x", "2"))),
        ("/a?x=%26&y=b+c", "/a", (("x", "&"), ("y", "b c"))),
        ("/a?x=%3B", "/a", (("x", ";"),)),
        ("/a?q=%E5%BC%A0", "/a", (("q", "张"),)),
        ("/a?x=/../y", "/a", (("x", "/../y"),)),
        ("/a?x=b?c", "/a", (("x", "b?c"),)),
        ("/.well-known/x", "/.well-known/x", ()),
        ("/a..b/...", "/a..b/...", ()),
    ],
)
def test_plain_targets(target: str, path: str, query: tuple[tuple[str, str], ...]) -> None:
    assert read_target(target) == (path, query)


@pytest.mark.parametrize(
    "target",
    [
        *("", "a", "*", "http://x/", "//x", "/a//b", "/a/../b", "/a/..", "/./a", "/a/.", "/a\\b", "/a;b", "/a?x;y"),
        *("/a%2fb", "/a%2Fb", "/a%5cb", "/a%00", "/a%252fb", "/%2e%2e/a", "/a/%2E", "/%2f/a", "/a#b", "/a?x#b"),
        *("/a%", "/a%2", "/a%zz", "/a?x=%", "/a?x=%zz", "/%ff", "/a?x=%ff", "/a%c0%af", "/a%0d%0aX", "/a?x=%00"),
        *("/张", "/a?x=%0a", "/a%7f", "/" + "a" * LONGEST_TARGET, "/?" + "&".join(["x=1"] * (MOST_PARAMETERS + 1))),
    ],
)
def test_targets_that_are_not_plain(target: str) -> None:
    with pytest.raises(Malformed):
        read_target(target)


pieces = st.sampled_from(
    [
        "a",
        "/",
        "..",
        ".",
        "%2e",
        "%2f",
        "%25",
        "%",
        "5",
        "\\",
        "?",
        "&",
        ";",
        "=",
        "#",
        "+",
        "%5c",
        "%00",
        "é",
        "%e5%bc%a0",
    ]
)
targets = st.lists(pieces | st.characters(max_codepoint=0x2FF), max_size=12).map(lambda parts: "/" + "".join(parts))


@given(targets)
@example("/a%252fb")
@example("/a?x=1;y=2")
@example("/?\t")
@example("/a b")
@settings(max_examples=examples(1_000))
def test_no_target_that_is_read_has_a_second_reading(target: str) -> None:
    try:
        path, query = read_target(target)
    except Malformed:
        return
    written, _, asked = target.partition("?")
    # Whoever decodes once more, or folds dots and slashes, or takes a backslash for a slash, comes to the same place.
    assert unquote(path) == path
    assert posixpath.normpath(path) == (path.rstrip("/") or "/")
    assert path.count("/") == written.count("/")
    assert unquote_to_bytes(written) == path.encode()
    # Nor is there another path, or another parameter, for servers that look for them in another way.
    split = urlsplit(f"http://people.localhost{target}")
    assert (split.path, split.query, split.fragment) == (written, asked, "")
    assert tuple(QueryParams(asked).multi_items()) == query
    assert tuple(parse_qsl(asked.replace(";", "&"), keep_blank_values=True)) == query


@given(st.text(max_size=20), st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4))
def test_what_a_browser_encodes_is_read_as_it_was_meant(name: str, pairs: list[tuple[str, str]]) -> None:
    target = f"/a/{quote(name, safe='', errors='replace')}"
    if pairs:
        target += "?" + "&".join(
            f"{quote(a, safe='', errors='replace')}={quote(b, safe='', errors='replace')}" for a, b in pairs
        )
    try:
        path, query = read_target(target)
    except Malformed:
        return
    assert path == f"/a/{name.encode('utf-8', 'replace').decode()}"
    assert query == tuple(
        (a.encode("utf-8", "replace").decode(), b.encode("utf-8", "replace").decode()) for a, b in pairs
    )


PIECES = [*"/ a Z_9-x ? = & a=1 b.c~d= %41 + ; . .. * # 张 /a /a/b?c=d".split(), " ", "\n"]


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.integers(0, MOST_PARAMETERS + 2))
def test_plain_targets_are_read_as_any_is(target: str, more: int) -> None:
    for each in (target, f"/{target}", f"/a?{target}", f"/a?b=1{'&c=2' * more}"):
        assert _read(read_target, each) == _read(_read_any_target, each)


def _read(read: Callable[[str], object], target: str) -> object:
    try:
        return read(target)
    except Malformed:
        return Malformed


HOST = (b"Host", b"people.localhost")


def request(*fields: tuple[bytes, bytes], method: str = "GET", authority: str = "", target: str = "/") -> str:
    read = read_request(method=method, authority=authority, target=target, fields=fields, source_ip="")
    return f"{read.method} {read.host} {read.path}"


@pytest.mark.parametrize(
    ("fields", "authority"),
    [
        ((HOST,), ""),
        (((b"host", b"PEOPLE.localhost:8443"),), ""),
        (((b"HOST", b"people.localhost."),), ""),
        ((HOST,), "People.localhost"),
        ((), "people.localhost"),
    ],
)
def test_one_host(fields: tuple[tuple[bytes, bytes], ...], authority: str) -> None:
    assert request(*fields, authority=authority) == "GET people.localhost /"


@pytest.mark.parametrize(
    ("fields", "authority"),
    [
        ((), ""),
        ((HOST, HOST), ""),
        ((HOST,), "other.localhost"),
        (((b"host", b""),), ""),
        (((b"host", b"a b"),), ""),
        (((b"host", b"people@evil"),), ""),
        (((b"host", b"people/evil"),), ""),
        (((b"host", b"people:80:81"),), ""),
        (((b"host", b"people:http"),), ""),
        (((b"host", b"[::1]"),), ""),
        (((b"host", "张".encode()),), ""),
        (((b"host", b"x" * 254),), ""),
    ],
)
def test_no_host_or_two(fields: tuple[tuple[bytes, bytes], ...], authority: str) -> None:
    with pytest.raises(Malformed):
        request(*fields, authority=authority)


@pytest.mark.parametrize("method", ["get", "", "GET ", "G", "GET\n", "VERYLONGMETHOD", "GÉT", "GET/"])
def test_methods_that_are_none(method: str) -> None:
    with pytest.raises(Malformed):
        request(HOST, method=method)


@pytest.mark.parametrize(
    "fields",
    [
        [(b"x", b"a\r\nb")],
        [(b"x", b"a\nb")],
        [(b"x", b"a\0b")],
        [(b"x", b"a\x7fb")],
        [(b"transfer_encoding", b"chunked")],
        [(b"x", b"1")] * (MOST_HEADERS + 1),
        [(b"x", b"1" * LONGEST_HEADERS)],
    ],
    ids=["folded", "a line feed", "a NUL", "DEL", "an underscore", "many", "long"],
)
def test_headers_that_are_not_plain(fields: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Malformed):
        read_headers(tuple(fields))


def test_headers_keep_their_order_and_every_byte() -> None:
    fields = ((b"A", b"1"), (b"b", b"\xff"), (b"a", "张".encode()), (b"c", b"x\ty"))
    assert read_headers(fields) == {"a": ["1", "张"], "b": ["\udcff"], "c": ["x\ty"]}


@pytest.mark.parametrize(
    ("written", "media_type", "charset"),
    [
        ("", "", ""),
        ("Text/HTML", "text/html", ""),
        ("text/html;charset=GBK", "text/html", "gbk"),
        ('text/html ; x=1; Charset="utf-8"', "text/html", "utf-8"),
        ("text/html; charset", "text/html", ""),
        ("application/json; charset=a; charset=b", "application/json", "a"),
    ],
)
def test_media_types(written: str, media_type: str, charset: str) -> None:
    assert media_type_in(written) == (media_type, charset)


@pytest.mark.parametrize(
    ("accept", "wants_page"),
    [
        (b"text/html,*/*", True),
        (b"application/json", False),
        (b"*/*", False),
        (b"application/xhtml+xml,text/html", True),
    ],
)
def test_who_is_looking(accept: bytes, wants_page: bool) -> None:
    fields = (HOST, (b"accept", accept))
    assert read_request(method="GET", authority="", target="/", fields=fields, source_ip="").wants_page == wants_page


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/x", "/x?plain=1"),
        ("/x?", "/x?plain=1"),
        ("/x?a=1&b", "/x?a=1&b&plain=1"),
        ("/x?plain=0", "/x?plain=1"),
        ("/x?plain=&a=%20&plain", "/x?a=%20&plain=1"),
        ("/x?pl%61in=0&a=1", "/x?a=1&plain=1"),
        ("/x?plain+=0", "/x?plain+=0&plain=1"),
    ],
)
def test_what_is_always_sent_replaces_what_the_caller_says(target: str, expected: str) -> None:
    assert with_parameters(target, (("plain", "1"),)) == expected


def page(target: str) -> Request:
    return read_request(
        method="GET", authority="", target=target, fields=((b"host", b"hall.localhost:8443"),), source_ip="127.0.0.1"
    )


@pytest.mark.parametrize(
    ("target", "action", "expected"),
    [
        ("/admin/7/change/", "", "/admin/7/change/"),
        ("/admin/7/change/?f=a%3D1", "", "/admin/7/change/?f=a%3D1"),
        ("/admin/7/change/?f=1", " . ", "/admin/7/change/"),
        ("/admin/7/change/?f=1", "?g=%E4%BA%91", "/admin/7/change/?g=云"),
        ("/admin/7/change/", "../save", "/admin/7/save"),
        ("/people/%E5%BC%A0", "#top", "/people/张"),
        ("/people", "/save", "/save"),
        ("/people", "//hall.localhost:8443/save", "/save"),
        ("/people", "https://hall.localhost:8443/save", "/save"),
        ("/people", "https://elsewhere.example/save", None),
        ("/people", "javascript:save()", None),
        ("/people", "/save%00", None),
        ("/people", "https://[", None),
    ],
)
def test_where_a_form_is_sent(target: str, action: str, expected: str | None) -> None:
    found = target_of_form(page(target), action)
    path, query = read_target(quote(expected or "/", safe="/?=%"))
    assert found == (target_of(path, query) if expected else "")


@pytest.mark.parametrize(
    ("action", "asks", "is_here"),
    [
        ("", False, True),
        ("/x?a=1", False, True),
        ("https://people.localhost/x?a=1", False, True),
        ("/x", False, False),
        ("/x?a=2", False, False),
        ("/y?a=1", False, False),
        ("https://elsewhere.localhost/x?a=1", False, False),
        ("//[", False, False),
        ("", True, True),
        ("/x", True, True),
        ("?b=2", True, True),
        ("/y?a=1", True, False),
        ("https://elsewhere.localhost/x", True, False),
    ],
)
def test_where_a_form_leads(action: str, asks: bool, is_here: bool) -> None:
    host = ((b"host", b"people.localhost"),)
    asked = read_request(method="POST", authority="", target="/x?a=1", fields=host, source_ip="127.0.0.1")
    assert is_sent_here(asked, action, asks=asks) is is_here
