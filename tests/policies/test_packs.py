"""The pack of Datasette before the real one: what is the key of a hidden row leaves in no way."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from datasette.utils import tilde_encode  # type: ignore[import-untyped]

from deploy.demo.register.database import command
from policies.applies import grants_for
from policies.ask import Question, Routes
from policies.compile import compile_system
from policies.formats.masker import Tally
from policies.load import load_policy
from policies.program import Program
from policies.view import View, Views
from proxy.answer_headers import AnswerHeaders
from proxy.decide import Forward
from proxy.message import read_request
from proxy.system import System
from tests.policies.compiled import DATA_KEYS, SECRET
from tests.policies.formats.masking import DIGESTER
from tests.servers import free_port, serving

HOST = "register.localhost"
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
    views: Views
    warnings: list[str]

    def view(self, *posts: str) -> View:
        return self.views.of(
            grants_for(
                self.program, caller="x", posts=frozenset(posts), purposes=frozenset({"work"}), now=1_780_000_000.0
            )
        )

    def ask(self, view: View, url: str) -> str | None:
        """Everything that leaves of the answer, head and body; None where the question is refused."""
        split = urlsplit(url)
        operation = Routes(self.program).find("GET", split.path)
        assert operation is not None
        refusal = Question(operation).refusal(parse_qsl(split.query), view)
        if refusal is not None:
            assert refusal.code == "question_about_hidden_field"
            return None
        answer = self.datasette.get(url, headers={"Host": HOST})
        assert answer.status_code == 200
        kind = "json" if ".json" in split.path else "csv" if ".csv" in split.path else "html"
        tally = Tally(DIGESTER)
        masker = view.masker(operation.answers, kind, tally, "utf-8", lambda *_: "sealed")
        assert masker is not None
        request = read_request(
            method="GET", authority="", target=url, fields=((b"host", HOST.encode()),), source_ip="127.0.0.1"
        )
        answered = AnswerHeaders(
            headers={name.lower(): [value] for name, value in answer.headers.items()},
            request=request,
            forward=Forward(operation=operation, view=view, request=request, body=b""),
            system=System(self.program, "digest", DIGESTER, SECRET, DATA_KEYS),
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
        database.execute("CREATE TABLE person (card TEXT PRIMARY KEY, owner TEXT REFERENCES person, city TEXT, rank)")
        database.execute("CREATE TABLE numbered (card INTEGER PRIMARY KEY, city TEXT)")
        database.execute("CREATE TABLE ward (id INTEGER PRIMARY KEY, guardian INTEGER REFERENCES ward, city TEXT)")
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
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        warnings = [f"{finding.code} {finding.at.line}" for finding in loaded.findings.sorted()]
        yield Register(client, program, Views(program, SECRET), warnings)


TABLES = (("person", CARDS), ("numbered", tuple(map(str, NUMBERS))), ("ward", tuple(map(str, NUMBERS))))
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
    assert "***" in shown or "null" in shown
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
        "rule-dead 2",
        "no-subject 9",
        "key-hidden 12",
        "key-undeclared 13",
        "no-subject 13",
        "no-subject 16",
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
