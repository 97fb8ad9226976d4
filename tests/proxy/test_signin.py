"""The gateway's own pages: signing in with a credential, and out again."""

import html5lib
import pytest

from proxy.identity.caller import COOKIE, credential_in, hash_key
from proxy.message import Request, read_request
from proxy.signin import SIGN_IN, SIGN_OUT, OwnAnswer, answer
from proxy.system import System
from tests.gateway import CLERK_KEY, declare
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.proxy.parts import NOW

FORM = f"credential={CLERK_KEY}".encode()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    folder = tmp_path_factory.mktemp("policies")
    declare(folder)
    return System(program(folder=folder), "digest", DIGESTER, SECRET, DATA_KEYS)


def request(method: str, path: str, **headers: str) -> Request:
    fields = [(name.encode(), value.encode()) for name, value in {"host": "people.localhost:8443", **headers}.items()]
    return read_request(method=method, authority="", target=path, fields=tuple(fields), source_ip="")


def asked(system: System, method: str, path: str, body: bytes = b"", **headers: str) -> OwnAnswer | None:
    return answer(request(method, path, **headers), body, system, NOW.timestamp(), lambda: b"{}")


def cookie_in(own: OwnAnswer) -> str:
    return dict(own.headers)[b"set-cookie"].decode()


def test_the_page_is_a_form_that_needs_no_script(system: System) -> None:
    own = asked(system, "GET", SIGN_IN)
    assert own is not None
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(own.body)
    assert page.find(".//form").attrib["action"] == SIGN_IN
    assert page.find(".//input").attrib["type"] == "password"
    assert not page.findall(".//script")
    assert "人员库" in own.body.decode()
    headers = dict(own.headers)
    assert b"form-action 'self'" in headers[b"content-security-policy"]
    assert headers[b"x-frame-options"] == b"DENY"
    assert (own.status, own.reason) == (200, "")


def test_a_good_credential_becomes_a_cookie_that_only_this_host_gets(system: System) -> None:
    own = asked(system, "POST", SIGN_IN, FORM)
    assert own is not None
    assert (own.status, dict(own.headers)[b"location"], own.body) == (303, b"/", b"")
    value, *attributes = cookie_in(own).split("; ")
    assert value == f"{COOKIE}={CLERK_KEY}"
    assert COOKIE.startswith("__Host-"), "a browser then insists on Secure, no Domain and Path=/"
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} == set(attributes)
    assert credential_in({"cookie": [f"{COOKIE}={CLERK_KEY}"]}) == CLERK_KEY


BAD = {
    "nothing": b"",
    "an empty one": b"credential=",
    "an unknown key": b"credential=ybk_guess",
    "no token": b"credential=hello",
    "two": FORM + b"&" + FORM,
    "one with a cookie in it": f"credential={CLERK_KEY}%3B%20other=1".encode(),
    "one with a line end in it": f"credential={CLERK_KEY}%0d%0aSet-Cookie:x".encode(),
    "one that is not ASCII": "credential=张".encode(),
    "one that is far too long": b"credential=ybk_" + b"x" * 10_000,
    "its hash": f"credential={hash_key(CLERK_KEY)}".encode(),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_credential_becomes_no_cookie(system: System, case: str) -> None:
    own = asked(system, "POST", SIGN_IN, BAD[case])
    assert own is not None
    assert (own.status, own.reason) == (401, "bad_credential")
    assert b"set-cookie" not in dict(own.headers)
    assert "凭证无效" in own.body.decode()
    assert CLERK_KEY not in own.body.decode()
    assert b"guess" not in own.body


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://people.localhost:8443", 303),
        ("https://evil.example", 401),
        ("null", 401),
        ("http://people.localhost:8443", 401),
        ("https://people.localhost", 401),
    ],
)
def test_nobody_is_signed_in_by_a_page_of_somebody_elses(system: System, origin: str, status: int) -> None:
    own = asked(system, "POST", SIGN_IN, FORM, origin=origin)
    assert own is not None
    assert own.status == status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_signing_out_drops_the_cookie(system: System, method: str) -> None:
    own = asked(system, method, SIGN_OUT)
    assert own is not None
    assert (own.status, dict(own.headers)[b"location"]) == (303, SIGN_IN.encode())
    assert cookie_in(own).startswith(f"{COOKIE}=;")
    assert "Max-Age=0" in cookie_in(own)


@pytest.mark.parametrize(("method", "path"), [("PUT", SIGN_IN), ("GET", "/.yingbi/"), ("GET", "/.yingbi/other")])
def test_there_is_no_other_page(system: System, method: str, path: str) -> None:
    assert asked(system, method, path) is None
