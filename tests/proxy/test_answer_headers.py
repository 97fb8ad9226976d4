"""Which headers of an answer leave, in which words, and what is left of those that are cut down."""

import base64
from collections.abc import Iterable
from urllib.parse import quote

import msgspec
import pytest

from policies.addresses import Addresses
from policies.formats.masker import Withheld
from proxy.answer_headers import NEVER, OF_THE_TRUE_CONTENT, PASSING, PASSING_OF_FILES, AnswerHeaders
from proxy.message import read_request
from proxy.system import System
from proxy.verdict import Forward
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.rig import ID_NO, MOBILE, NAME

SYSTEM = System(program(), "digest", DIGESTER, SECRET, DATA_KEYS)
HERE = "people.localhost:8443"


def left(
    name: str,
    value: str,
    *,
    declared: Iterable[str] | None = None,
    target: str = "/people",
    said: tuple[str, ...] = (),
    is_static: bool = False,
    beside: Iterable[tuple[str, str]] = (),
) -> str | None:
    """What is left of a header of an answer; the operation declares it unless it *declared* something else.

    Other headers stand *beside* it.
    """
    request = read_request(
        method="GET", authority="", target=target, fields=((b"host", HERE.encode()),), source_ip="127.0.0.1"
    )
    operation = SYSTEM.routes.find("GET", request.path)
    assert operation is not None
    declaring = msgspec.structs.replace(operation, headers=(name,) if declared is None else tuple(declared))
    answered = AnswerHeaders(
        headers={name: [value], **{other: [said] for other, said in beside}},
        request=request,
        forward=Forward(
            operation=declaring,
            view=SYSTEM.views.strictest,
            request=request,
            addresses=Addresses(SYSTEM.views.strictest.links, request.path),
            body=b"",
            said=said,
        ),
        system=SYSTEM,
        is_static=is_static,
    )
    return dict(answered.passing()).get(name)


AS_THEY_ARE = {
    "allow": "GET, HEAD, POST",
    "content-language": "zh-hans",
    "content-security-policy": "default-src 'none'; style-src 'self' 'nonce-a3+/=='; img-src https://*.x.cn:443 data:;",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-site",
    "date": "Mon, 23 Nov 2026 09:00:00 GMT",
    "permissions-policy": 'camera=(), geolocation=(self "https://map.example"), payment=*',
    "referrer-policy": "no-referrer, same-origin",
    "retry-after": "120",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "public, max-age=31536000, immutable",
    "etag": 'W/"5f3a-9b"',
    "expires": "Mon, 23 Nov 2026 09:00:00 GMT",
    "last-modified": "Mon, 23 Nov 2026 09:00:00 GMT",
    "vary": "Accept-Encoding, Origin",
}
"""A value of each header of the tables, as systems write it."""


def test_every_header_of_the_tables_has_a_value_here() -> None:
    assert AS_THEY_ARE.keys() == PASSING_OF_FILES.keys()


@pytest.mark.parametrize("name", PASSING_OF_FILES)
def test_what_is_in_the_words_of_its_standard_passes(name: str) -> None:
    value = AS_THEY_ARE[name]
    assert left(name, value, declared=(), is_static=True) == value
    assert left(name, value, declared=()) == (value if name in PASSING else None)


SPELLINGS = [NAME, quote(NAME), base64.b64encode(NAME.encode()).decode(), MOBILE, "Zhang Sanfeng", f"x; y={ID_NO}"]


@pytest.mark.parametrize("name", PASSING_OF_FILES)
@pytest.mark.parametrize("value", SPELLINGS)
def test_no_other_words_do(name: str, value: str) -> None:
    for other in (value, f"{AS_THEY_ARE[name]} {value}", f"{AS_THEY_ARE[name]}, {value}"):
        assert left(name, other, is_static=True) is None


@pytest.mark.parametrize("name", ["x-citizen", "server", "x-powered-by", "link", "refresh", "content-disposition"])
def test_what_nobody_declared_does_not_pass(name: str) -> None:
    assert left(name, "1", declared=()) is None


@pytest.mark.parametrize(
    ("value", "passes"), [("41", True), ("a b=c", True), *((each, False) for each in SPELLINGS[:4])]
)
def test_what_is_declared_passes_where_it_tells_nothing(value: str, passes: bool) -> None:
    assert left("x-total-count", value) == (value if passes else None)


@pytest.mark.parametrize("name", sorted({*NEVER, "yingbi-event"}))
def test_what_is_ours_to_say_passes_in_no_case(name: str) -> None:
    assert left(name, "1") is None


@pytest.mark.parametrize("name", sorted(OF_THE_TRUE_CONTENT))
def test_what_is_made_from_the_true_content_does_not_leave_with_a_masked_one(name: str) -> None:
    """A hash of a body with one unknown number in it tells the number to whoever tries them all."""
    assert left(name, '"5f3a"') is None


REFERENCES = {
    "/people": "/people",
    "/people?page=2#top": "/people?page=2#top",
    "?page=2": "/people?page=2",
    "people/7": "/people/7",
    f"https://{HERE}/people/7": "/people/7",
    "http://people.localhost:9999/people/7": "/people/7",
    "//people.localhost/people?page=2": "/people?page=2",
    "/files/../people": "/people",
    "/nowhere": None,
    "/people/7/secrets": None,
    "/files/%E5%BC%A0%E4%B8%89": None,
    "/files/%25E5%25BC%25A0": None,
    "/files/张三": None,
    f"/people/{ID_NO}": None,
    "/people/~E5~BC~A0": None,
    f"/files/{base64.urlsafe_b64encode(NAME.encode()).decode()}": None,
    "https://elsewhere.example/people": None,
    "https://people.localhost@elsewhere.example/people": None,
    "https://zhangsan@people.localhost/people": None,
    "https://people.localhost:x/people": None,
    "javascript:alert(1)": None,
    "data:text/html,people": None,
    "//[": None,
}


@pytest.mark.parametrize("value", REFERENCES)
def test_an_address_leaves_where_it_is_that_of_an_operation(value: str) -> None:
    """It is written without the name of the host, whose port the caller may have made up."""
    target = REFERENCES[value]
    assert left("content-location", value) == target
    assert left("refresh", f"5; url={value}") == (f"5; url={target}" if target else None)
    assert left("link", f'<{value}>; rel="next"') == (f'<{target}>; rel="next"' if target else None)
    if target is not None:
        assert left("location", value, declared=()) == target
    else:
        with pytest.raises(Withheld, match="redirect_withheld"):
            left("location", value, declared=())


def test_a_redirect_that_leads_elsewhere_has_to_be_declared_and_tells_nothing() -> None:
    assert left("location", "https://id.example/sign-in?state=x") == "https://id.example/sign-in?state=x"
    with pytest.raises(Withheld):
        left("location", f"https://id.example/{quote(NAME)}")


def test_a_redirect_may_repeat_what_the_caller_said() -> None:
    value = "/people?city=%E4%BA%91%E5%B7%9E"
    assert left("location", value, said=("云州",)) == value
    with pytest.raises(Withheld):
        left("location", value)


def test_a_redirect_to_the_page_itself_is_one_within_the_system() -> None:
    assert left("location", "?page=2", target="/people/7") == "/people/7?page=2"


LINKS = {
    '</people?page=2>; rel="next", </people>; rel=first; type="text/html"':
        '</people?page=2>; rel="next", </people>; rel=first; type="text/html"',
    f'</people/{ID_NO}>; rel="self", </people>; rel="up"': '</people>; rel="up"',
    '</people>; rel="next"; title="张三"': None,
    '</people>; rel="next"; title="Zhang"': None,
    '</people>; rel="next", x': None,
    "/people": None,
    "": None,
}  # fmt: skip


@pytest.mark.parametrize("value", LINKS)
def test_a_link_keeps_what_may_leave(value: str) -> None:
    assert left("link", value) == LINKS[value]


@pytest.mark.parametrize(
    ("value", "kept"), [("30", "30"), ("0;URL='/people'", "0; url=/people"), ("x", None), ("0; url=/people x", None)]
)
def test_a_page_that_leads_on_by_itself(value: str, kept: str | None) -> None:
    assert left("refresh", value) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ('attachment; filename="people.csv"', 'attachment; filename="people.csv"'),
        ("Attachment; filename=people-2.csv; size=7", 'attachment; filename="people-2.csv"'),
        (f'attachment; filename="{NAME}.csv"', "attachment"),
        (f"attachment; filename*=UTF-8''{quote(NAME)}.csv", "attachment"),
        (f'attachment; filename="a.csv"; filename*=UTF-8\'\'{quote(NAME)}', 'attachment; filename="a.csv"'),
        (f'attachment; filename="{MOBILE}.csv"', "attachment"),
        (f'attachment; filename="{base64.b64encode(NAME.encode()).decode()}"', "attachment"),
        ("inline", "inline"),
        (f"{NAME}; filename=a.csv", None),
    ],
)  # fmt: skip
def test_a_file_is_named_in_plain_words_or_not_at_all(value: str, kept: str | None) -> None:
    assert left("content-disposition", value) == kept


@pytest.mark.parametrize(("origin", "passes"), [("*", False), ("https://a.example", True)])
def test_what_every_page_may_read_none_reads_as_the_caller(origin: str, passes: bool) -> None:
    names = "access-control-allow-credentials", "access-control-allow-origin"
    assert left(names[0], "true", declared=names, beside=[(names[1], origin)]) == ("true" if passes else None)
