"""The pack of Datasette before the real one: what is the key of a hidden row leaves in no way."""

import html
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette.utils import tilde_encode  # type: ignore[import-untyped]

from deploy.demo.register.database import command
from policies.applies import grants_for
from policies.compiling.system import compile_system
from policies.formats.masker import Tally
from policies.keys.data_keys import BadToken
from policies.load import load_policy
from policies.program import Program
from policies.view import View
from proxy.answer_headers import AnswerHeaders
from proxy.identity.caller import Caller
from proxy.message import read_request
from proxy.system import System
from proxy.verdict import Forward
from tests.patience import PATIENCE_S
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.ports import free_port
from tests.servers import serving

HOST = "register.localhost"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOMEBODY, ANOTHER = Caller(id="wu"), Caller(id="li")
CATALOGUE = """categories:
  card:
    title: {zh: 证号, en: Card}
    level: important
    mask: redact
"""
GRANTS = """grants:
  - id: clerks
    who: {posts: [clerk]}
    systems: [register]
    purpose: work
    sees: {card: show}
    until: 2027-06-30
    reason: 受理
    approved_by: 王安全
"""
SYSTEM = """system: register
title: {zh: 册, en: Register}
hosts: [register.localhost]
upstream: http://127.0.0.1:9
state: enforcing
pack: datasette
with: {database: people}
records:
  person:
    key: [card]
    facets: [city]
    fields: {card: card, owner: card, city: public, rank: public}
  numbered:
    facets: [city]
    fields: {card: card, city: public}
  ward:
    key: [id]
    facets: [city]
    fields: {id: public, guardian: card, city: public}
  stay:
    key: [card, day]
    facets: [city]
    fields: {card: {category: card, key_of: person}, day: public, city: public, rank: public}
"""
CARDS = ("A-17", "陈/杰", "a b", "x~y.z", "11010519491231002X", "Q%7", "77-é", "57188")
NUMBERS = range(40_017, 40_025)
_TOOK = re.compile(r'"query_ms":[\d.e-]+|[\d.]+ms')
"""In digits that change from answer to answer any number may stand."""


@dataclass
class Register:
    """A register behind the pack, asked as a caller would."""

    datasette: httpx.Client
    program: Program
    system: System
    warnings: list[str]

    def view(self, *posts: str) -> View:
        return self.system.views.of(
            grants_for(
                self.program, caller="x", posts=frozenset(posts), purposes=frozenset({"work"}), now=1_780_000_000.0
            )
        )

    def ask(self, view: View, url: str, caller: Caller = SOMEBODY) -> str | None:
        """Everything that leaves of the answer, head and body; None where the question is refused."""
        request = read_request(
            method="GET", authority="", target=url, fields=((b"host", HOST.encode()),), source_ip="127.0.0.1"
        )
        operation = self.system.routes.find("GET", request.path)
        assert operation is not None
        holder = self.system.holder(caller, NOW)
        request, asked = self.system.opened(request, operation, holder)
        refusal = self.system.question(operation).refusal(asked, view)
        if refusal is not None:
            assert refusal.code == "question_about_hidden_field"
            return None
        answer = self.datasette.get(request.opened or url, headers={"Host": HOST})
        assert answer.status_code == 200
        kind = "json" if ".json" in request.path else "csv" if ".csv" in request.path else "html"
        addresses = self.system.addresses(view, asked, holder)
        tally = Tally(DIGESTER)
        masker = view.maskers.of(operation.answers, kind, tally, "utf-8", lambda *_: "sealed", addresses=addresses)
        assert masker is not None
        answered = AnswerHeaders(
            headers={name.lower(): [value] for name, value in answer.headers.items()},
            request=request,
            forward=Forward(operation=operation, view=view, request=request, addresses=addresses, body=b""),
            system=self.system,
            is_static=False,
        )
        head = "\n".join(f"{name}: {value}" for name, value in answered.passing())
        body = b"".join([*masker.feed(answer.content), *masker.close()]).decode()
        return f"{head}\n\n{_TOOK.sub('', body)}"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    folder: Path = tmp_path_factory.mktemp("register")
    (folder / "systems").mkdir()
    for name, text in (
        ("catalogue", CATALOGUE),
        ("grants", GRANTS),
        ("callers", "callers: []\n"),
        ("systems/register", SYSTEM),
    ):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "metadata.json").write_text("{}", "utf-8")
    with sqlite3.connect(folder / "people.db") as database:
        database.execute(
            "CREATE TABLE person (card TEXT PRIMARY KEY, owner TEXT REFERENCES person, city TEXT, rank INTEGER)"
        )
        database.execute("CREATE TABLE numbered (card INTEGER PRIMARY KEY, city TEXT)")
        database.execute("CREATE TABLE ward (id INTEGER PRIMARY KEY, guardian INTEGER REFERENCES ward, city TEXT)")
        database.execute(
            "CREATE TABLE stay (card TEXT REFERENCES person, day TEXT, city TEXT, rank INT, PRIMARY KEY (card, day))"
        )
        stays = [(card, f"2026/01/{place + 1:02}", "云州", place) for place, card in enumerate(CARDS)]
        database.executemany("INSERT INTO stay VALUES (?, ?, ?, ?)", stays)
        wards = [(number, other, "云州") for number, other in zip(range(1, 9), NUMBERS, strict=True)]
        database.executemany("INSERT INTO ward VALUES (?, ?, ?)", wards)
        rows = [(card, CARDS[-1 - place], "云州", place) for place, card in enumerate(CARDS)]
        database.executemany("INSERT INTO person VALUES (?, ?, ?, ?)", rows)
        database.executemany("INSERT INTO numbered VALUES (?, '云州')", [(number,) for number in NUMBERS])
    database.close()
    loaded = load_policy(folder)
    assert loaded.findings.errors == []
    program = compile_system(loaded.policy, loaded.policy.systems["register"], loaded.jwks)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "datasette.log"
    with (
        serving(command(folder / "people.db", port), url, log),
        httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_S) as client,
    ):
        found = [finding for finding in loaded.findings.sorted() if finding.at.file.endswith("register.yaml")]
        warnings = [f"{finding.code} {finding.at.line}" for finding in found]
        yield Register(client, program, System(program, "digest", DIGESTER, SECRET, DATA_KEYS), warnings)


TABLES = (
    ("person", CARDS),
    ("stay", CARDS),
    ("numbered", tuple(map(str, NUMBERS))),
    ("ward", tuple(map(str, NUMBERS))),
)
"""What is hidden of each: its own key, or, of the last, that of the row it refers to."""
LISTS = (
    "/people/{}",
    "/people/{}?_size=3",
    "/people/{}?_size=3&_sort=city",
    "/people/{}?_size=3&_labels=on",
    "/people/{}.json?_size=3",
    "/people/{}.json?_size=3&_sort_desc=city",
    "/people/{}.json?_size=3&_shape=array",
    "/people/{}.json?_size=3&_shape=objects&_labels=on",
    "/people/{}.json?_size=3&_shape=arrayfirst",
    "/people/{}.json?_facet=city",
    "/people/{}.csv",
    "/people/{}.csv?_size=3&_labels=on",
)


def spellings(key: str) -> set[str]:
    """How *key* may stand in an answer."""
    return {key, quote(key), quote(key, safe=""), tilde_encode(key)}


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(("table", "keys"), TABLES)
def test_a_hidden_key_leaves_in_no_way(register: Register, url: str, table: str, keys: tuple[str, ...]) -> None:
    shown = register.ask(register.view(), url.format(table))
    assert shown is not None
    assert "***" in shown or "null" in shown or "yb~" in shown
    assert [form for key in keys for form in spellings(key) if form in shown] == []


@pytest.mark.parametrize(
    "url",
    [
        "/people/person?_next=A-17",
        "/people/person.json?_next=A",
        "/people/person.csv?_next=A-17",
        "/people/person.json?_shape=object",
        "/people/person.json?_shape=array&_shape=object",
        "/people/person/A-17",
        "/people/person/nobody",
        "/people/person/A-17.json",
        "/people/person/nobody.json?_shape=objects",
    ],
)
def test_whether_a_hidden_key_exists_is_not_told(register: Register, url: str) -> None:
    assert register.ask(register.view(), url) is None
    assert register.ask(register.view("clerk"), url.replace("nobody", "A-17")) is not None


def test_whoever_declares_such_a_key_is_told(register: Register) -> None:
    assert register.warnings == [
        "no-subject 9",
        "list-in-hidden-order 12",
        "key-undeclared 13",
        "no-subject 13",
        "no-subject 16",
        "no-subject 20",
        "list-in-hidden-order 23",
    ]


def test_where_nobody_has_said_what_the_key_is_nobody_may_ask_by_it(register: Register) -> None:
    for url in ("/people/numbered/40017", "/people/numbered.json?_next=40017", "/people/numbered.json?_shape=object"):
        assert register.ask(register.view("clerk"), url) is None


def test_who_sees_the_key_pages_and_follows_links(register: Register) -> None:
    clerk = register.view("clerk")
    page = register.ask(clerk, "/people/person?_size=3&_sort=rank")
    assert page is not None
    assert f'href="/people/person/{tilde_encode("陈/杰")}"' in page
    assert "_next=2%2Ca%2Bb" in page
    listed = register.ask(clerk, "/people/person.json?_size=3&_shape=array&_sort=rank")
    assert listed is not None
    assert 'rel="next"' in listed
    whole = register.ask(clerk, "/people/person.json?_size=3&_sort=rank")
    assert whole is not None
    assert '"next":"2,a+b"' in whole


HANDLED = re.compile(r'href="([^"]*yb~[^"]*)"')


def addresses_in(page: str) -> list[str]:
    """The links of *page* with handles in them, as a browser follows them."""
    return [local(html.unescape(found)) for found in HANDLED.findall(page)]


def local(address: str) -> str:
    """*address* without the name of the host."""
    return re.sub(rf"^https?://{HOST}", "", address)


def row_of(page: str) -> tuple[str, ...]:
    """What is shown of the one row of *page*."""
    return tuple(re.findall(r'<td class="col-(?:city|rank) [^"]*">\s*([^<]*?)\s*</td>', page))


@pytest.mark.parametrize("table", ["person", "stay"])
@pytest.mark.parametrize("order", ["", "&_sort=rank"])
def test_who_sees_no_key_pages_and_follows_every_link(register: Register, table: str, order: str) -> None:
    view, url, rows, pages = register.view(), f"/people/{table}?_size=3{order}", list[str](), 0
    while url:
        page = register.ask(view, url)
        assert page is not None
        pages += 1
        assert [form for key in CARDS for form in spellings(key) if form in page] == []
        links = dict.fromkeys(addresses_in(page))
        rows += [address for address in links if re.fullmatch(rf"/people/{table}/yb~[\w-]+", address)]
        (url,) = [address for address in links if "_next=" in address and address.startswith(f"/people/{table}?")][
            :1
        ] or [""]
        for address in links:
            assert (register.ask(view, address) is None) == ("_shape=object" in address)
    assert pages == 3
    shown = [page for address in dict.fromkeys(rows) if (page := register.ask(view, address)) is not None]
    ranks = sorted({row_of(page)[-1] for page in shown})
    assert ranks == [str(place) for place in range(len(CARDS))]
    for page in shown:
        assert [form for key in CARDS for form in spellings(key) if form in page] == []


@pytest.mark.parametrize("shape", ["", "&_shape=array", "&_shape=objects", "&_shape=arrays"])
def test_a_program_without_the_key_pages_by_what_it_is_given(register: Register, shape: str) -> None:
    view, url, ranks = register.view(), f"/people/person.json?_size=3{shape}&_sort=rank", []
    while url:
        answer = register.ask(view, url)
        assert answer is not None
        assert [form for key in CARDS for form in spellings(key) if form in answer] == []
        ranks += re.findall(r'"rank":\s*(\d)|,(\d)\]', answer)
        linked = re.search(r'<([^>]*)>; rel="next"', answer)
        said = re.search(r'"next_url":"([^"]*)"', answer)
        cursor = re.search(r'"next":"([^"]*)"', answer)
        then = linked[1] if linked else said[1] if said else ""
        if cursor is not None:
            assert cursor[1] in then
        url = local(then)
    assert ["".join(rank) for rank in ranks] == [str(place) for place in range(len(CARDS))]


def test_a_row_that_is_referred_to_is_opened_by_a_handle(register: Register) -> None:
    page = register.ask(register.view(), "/people/person?_size=3&_sort=rank")
    assert page is not None
    row = next(row for row in page.split("<tr") if "col-owner" in row and "yb~" in row)
    owner = addresses_in(row.partition("col-owner")[2])[0]
    opened = register.ask(register.view(), owner)
    assert opened is not None
    assert row_of(opened)[-1] == str(len(CARDS) - 1)


def test_a_handle_is_worth_nothing_to_another_elsewhere_or_later(register: Register) -> None:
    view, system = register.view(), register.system
    page = register.ask(view, "/people/person?_size=3")
    assert page is not None
    address = next(each for each in addresses_in(page) if each.startswith("/people/person/"))
    handle = address.rpartition("/")[2]
    for other in (f"/people/ward/{handle}", f"/people/person/{handle.swapcase()}", f"/people/ward?_next={handle}"):
        with pytest.raises(BadToken):
            register.ask(view, other)
    with pytest.raises(BadToken):
        register.ask(view, address, ANOTHER)
    with pytest.raises(BadToken):
        system.holder(SOMEBODY, NOW + timedelta(hours=9)).opened(handle, "key", "person")


def test_where_nobody_has_said_what_the_key_is_links_lead_on_all_the_same(register: Register) -> None:
    for view in (register.view(), register.view("clerk")):
        page = register.ask(view, "/people/numbered?_size=3")
        assert page is not None
        for address in addresses_in(page):
            assert register.ask(view, address) is not None
        assert any("_next" in address for address in addresses_in(page))
