from urllib.parse import quote

import pytest

from proxy.message import Request, read_request, read_target, target_of, target_of_form, with_parameters


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
