"""Who sees what of the register: the clerk, the batch system, and whoever shows a credential that is not good."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.demo.people import BATCH, CLERKS
from proxy.identity.caller import COOKIE
from tests.e2e.answers import Row, csv_rows, for_nobody, html_rows, leaks_in
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth
from tests.gateway import wait_until
from tests.proxy.credentials import Provider, signed_with_text, unsigned
from yingbi.first_start import RESIDENTS

type Shows = dict[str, Callable[[Demo], dict[str, str]]]
"""By its name: the headers of somebody who shows a credential."""

GRANTED = ("name", "mobile")
ALL_ROWS = "/register/residents.csv?_stream=on"
READ_AT_ONCE = 150
"""Remarks that are read for names as soon as they come: some six thousand characters."""


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def for_clerk(row: Row) -> Row:
    """*row* as the grant of the clerks says, but for the remark."""
    return {**for_nobody(row), **{field: row[field] for field in GRANTED}, "remark": ""}


GOOD: Shows = {
    "a token of ES256": lambda demo: bearer(demo.token("register")),
    "a token of RS256": lambda demo: bearer(demo.other_token("register", kid="r")),
    "an API key": lambda demo: {"X-API-Key": demo.keys[CLERKS[0]]},
    "a key as a bearer": lambda demo: bearer(demo.keys[CLERKS[1]]),
    "a cookie": lambda demo: {"Cookie": f"other=1; {COOKIE}={demo.token('register')}"},
}


@pytest.mark.parametrize("how", GOOD)
def test_the_clerk_sees_names_and_mobiles(register: Demo, truth: Truth, how: str) -> None:
    with register.client("register", GOOD[how](register)) as clerk:
        for target in ("/register/residents", "/register/residents/7", "/register/households"):
            assert leaks_in(clerk.get(target), truth, but=frozenset(GRANTED)) == set()
        rows = clerk.get("/register/residents.json?_size=20&_shape=array").json()
    assert [{**row, "remark": ""} for row in rows] == [for_clerk(row) for row in truth.rows["residents"][:20]]


def test_the_clerk_sees_nothing_else_of_anybody(register: Demo, truth: Truth) -> None:
    """What remarks say of others, in whatever spelling, is found and hidden in all ten thousand of them.

    So many remarks in a few seconds are more than are read: what nobody has read is hidden as well.
    """
    with register.clerk("register") as clerk:
        answer = clerk.get(ALL_ROWS)
    rows = csv_rows(answer.text)
    expected = [{key: str(value) for key, value in for_clerk(row).items()} for row in truth.rows["residents"]]
    assert [{**row, "remark": ""} for row in rows] == expected
    assert truth.found_in("\n".join(row["remark"] for row in rows)) == set()
    read = list(zip(rows, truth.rows["residents"], strict=True))[:READ_AT_ONCE]
    untouched = sum(row["remark"] == own["remark"] for row, own in read)
    assert 0.5 * READ_AT_ONCE < untouched < 0.7 * READ_AT_ONCE, "six of ten remarks mention nobody, and are shown"


def test_the_batch_system_tells_persons_apart_by_digest(register: Demo, truth: Truth) -> None:
    with register.client("register", {"X-API-Key": register.keys[BATCH]}) as batch:
        answer = batch.get(ALL_ROWS)
        page = html_rows(batch.get("/register/residents?_size=50").text)
        one = batch.get("/register/residents/7.json?_shape=array").json()[0]
    assert leaks_in(answer, truth) == set()
    rows = csv_rows(answer.text)
    digests = [row["id_no"] for row in rows]
    assert len(set(digests)) == RESIDENTS
    assert all(len(digest) == 26 and digest.isalnum() for digest in digests)
    assert [row["id_no"] for row in page] == digests[:50]
    assert one["id_no"] == digests[6]
    expected = [
        {**for_nobody(row), "id_no": digest} for row, digest in zip(truth.rows["residents"], digests, strict=True)
    ]
    assert rows == [{key: str(value) for key, value in row.items()} for row in expected]


LESS: Shows = {
    "no purpose": lambda demo: bearer(demo.other_token("register", scope="openid")),
    "another purpose": lambda demo: bearer(demo.other_token("register", scope="purpose:statistics")),
    "another post": lambda demo: bearer(demo.other_token("register", posts=["auditor"])),
    "the purpose in a header": lambda demo: {
        **bearer(demo.other_token("register", scope="openid")),
        "Yingbi-Purpose": "case-handling",
        "X-Purpose": "case-handling",
    },
}


@pytest.mark.parametrize("how", LESS)
def test_who_has_no_grant_sees_what_nobody_sees(register: Demo, truth: Truth, how: str) -> None:
    with register.client("register", LESS[how](register)) as somebody:
        rows = somebody.get("/register/residents.json?_size=20&_shape=array").json()
    assert rows == [for_nobody(row) for row in truth.rows["residents"][:20]]


STRANGER = Provider()


def now() -> int:
    """When a test asks: this module may have been imported many minutes before."""
    return int(time.time())


def claims() -> dict[str, Any]:
    """Those of a good token."""
    return {"iss": "https://id.demo.example", "aud": "register", "sub": "clerk-li", "exp": now() + 600}


BAD: Shows = {
    "expired": lambda demo: bearer(demo.other_token("register", exp=now() - 60)),
    "not yet good": lambda demo: bearer(demo.other_token("register", nbf=now() + 600)),
    "signed by a stranger": lambda demo: bearer(STRANGER.token(**claims())),
    "signed by another key than it says": lambda demo: bearer(demo.others.token(kid="r", key=STRANGER.rsa, **claims())),
    "for another system": lambda demo: bearer(demo.token("hall")),
    "of another issuer": lambda demo: bearer(demo.other_token("register", iss="https://id.example")),
    "of somebody with a key": lambda demo: bearer(demo.other_token("register", sub=CLERKS[0])),
    "of half a character": lambda demo: bearer(demo.other_token("register", sub="\ud800")),
    "not signed": lambda demo: bearer(unsigned(claims())),
    "signed with the public key": lambda demo: bearer(
        signed_with_text(claims(), (demo.gateway.home / "policies" / "demo-idp.json").read_text())
    ),
    "altered": lambda demo: bearer(demo.token("register")[:-8] + "AAAAAAAA"),
    "a key that is none": lambda demo: {"X-API-Key": "ybk_nothing"},
    "a key cut short": lambda demo: {"X-API-Key": demo.keys[BATCH][:-1]},
    "a password": lambda demo: {"Authorization": "Basic Y2xlcms6Y2xlcms="},
    "empty": lambda demo: {"Authorization": "Bearer"},
    "a cookie that is none": lambda demo: {"Cookie": f"{COOKIE}=x"},
    "two of a kind": lambda demo: {"Cookie": f"{COOKIE}={demo.token('register')}; {COOKIE}={demo.token('register')}"},
    "a token and a key": lambda demo: {**bearer(demo.token("register")), "X-API-Key": demo.keys[CLERKS[0]]},
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_credential_is_refused_and_never_taken_for_nobody(register: Demo, truth: Truth, how: str) -> None:
    with register.client("register", BAD[how](register)) as somebody:
        for target in ("/", "/register/residents", "/register/residents.csv?_stream=on", "/-/static/app.css"):
            answer = somebody.get(target, headers={"Accept": "application/json"})
            assert answer.status_code == 401, target
            assert answer.json()["reason"] == "bad_credential"
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert leaks_in(answer, truth) == set()


@pytest.fixture
def grants(register: Demo) -> Iterator[Callable[[str, str], None]]:
    """Changes the file of grants and publishes it; afterwards it is as it was."""
    path = register.gateway.home / "policies" / "grants.yaml"
    before = path.read_text("utf-8")

    def change(old: str, new: str) -> None:
        assert old in before
        path.write_text(before.replace(old, new), "utf-8")
        register.gateway.publish()

    yield change
    change("", "")


def test_changed_grants_take_effect_on_every_worker(
    register: Demo, truth: Truth, grants: Callable[[str, str], None]
) -> None:
    """With the next request, on connections that were open before as well."""
    first = truth.rows["residents"][0]
    with register.clerk("register") as clerk:
        assert clerk.get("/register/residents/1.json?_shape=array").json()[0]["mobile"] == first["mobile"]
        grants("      mobile: show\n", "")
        clients = [register.clerk("register") for _ in range(12)]
        for somebody in (clerk, *clients):
            row = somebody.get("/register/residents/1.json?_shape=array").json()[0]
            somebody.close()
            assert (row["name"], row["mobile"]) == (first["name"], for_nobody(first)["mobile"])
    published = register.gateway.board.programs
    wait_until(lambda: all(register.gateway.counters(worker)["programs"] == published for worker in (0, 1)), 1)


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_both_protocols_say_the_same(register: Demo, truth: Truth, http2: bool) -> None:
    targets = ("/register/residents", "/register/residents.json", ALL_ROWS, "/register/residents?sql=1", "/favicon.ico")
    with register.client("register", http2=http2) as nobody:
        answers = [nobody.get(target) for target in targets]
    assert {answer.http_version for answer in answers} == {"HTTP/2" if http2 else "HTTP/1.1"}
    assert [answer.status_code for answer in answers] == [200, 200, 200, 403, 200]
    assert all(leaks_in(answer, truth) == set() for answer in answers)
    assert len(csv_rows(answers[2].text)) == RESIDENTS
    with register.client("register", bearer("x"), http2=http2) as somebody:
        assert somebody.get("/register/residents").status_code == 401
