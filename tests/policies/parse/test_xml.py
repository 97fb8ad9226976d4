"""What is declared of XML, and what of it depends on who asks and on whose record it is."""

from pathlib import Path

import pytest

from policies.applies import grants_for
from policies.choose import Choice, countable
from policies.compiling.system import compile_system
from policies.formats.masker import Tally, Withheld
from policies.load import load_policy
from policies.program import Program
from policies.view import View, Views
from tests.declaring import with_operations
from tests.policies.compiled import SECRET
from tests.policies.formats.masking import DIGESTER
from tests.policies.keyed import FILES, NUMBER, Keyed
from tests.policies.owned import declare_owned

MINE, OTHER = "11010519491231002X", "440524188001010014"
OWN = DIGESTER(MINE)
PEOPLE = (
    f"<people><person><name>张三丰</name><id_no>{MINE}</id_no><city>云州</city><home><phone>13800138000</phone></home>"
    f'</person>\n<person name="李四光" id_no="{OTHER}" city="雾州"/></people>'
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Program:
    loaded = load_policy(with_operations(declare_owned(tmp_path_factory.mktemp("policies"))))
    assert not loaded.findings.errors
    return compile_system(loaded.policy, loaded.policy.systems["people"], loaded.jwks)


def view_of(owned: Program, *posts: str, own: str = "") -> View:
    grants = grants_for(
        owned, caller=own or "li", posts=frozenset(posts), purposes=frozenset({"case-handling"}), now=1_780_000_000
    )
    return Views(owned, SECRET).of(countable(grants, own=own, acting=""))


def shown(owned: Program, view: View, choice: Choice, body: str, *, kind: str = "xml", on: str = "GET /report") -> str:
    (operation,) = (operation for operation in owned.operations if operation.id == on)
    made = view.maskers.of(operation.answers, kind, Tally(DIGESTER), "", lambda *form: "", None, choice)
    assert made is not None
    return b"".join([*made.feed(body.encode()), *made.close()]).decode().removeprefix(HEAD)


def test_a_citizen_sees_their_own_record(owned: Program) -> None:
    view = view_of(owned, own=OWN)
    text = shown(owned, view, view.choice(own=OWN), PEOPLE)
    assert "<name>张三丰</name>" in text
    assert "<phone>13800138000</phone>" in text
    assert 'name="李**" id_no="**************0014"' in text
    for doubtful in (
        f'<people><person id_no="{MINE}"><id_no>{OTHER}</id_no><name>张三丰</name></person></people>',
        f"<people><person><id_no><x>{MINE}</x></id_no><name>张三丰</name></person></people>",
        f'<people><person><id_no>{OTHER}</id_no><name id_no="{MINE}">张三丰</name></person></people>',
        f'<people id_no="{MINE}"><person><name>张三丰</name></person></people>',
    ):
        assert "张三丰" not in shown(owned, view, view.choice(own=OWN), doubtful)


def test_records_that_a_caller_may_not_see_are_left_out(owned: Program) -> None:
    view = view_of(owned, "ward-officer")
    choice = view.choice(attributes={"ward": "雾州"})
    text = shown(owned, view, choice, PEOPLE)
    assert text.count("<person") == 1
    assert 'city="雾州"' in text
    unknown = "<people><person><name>张三</name></person><person city='雾州'><city>云州</city></person></people>"
    assert shown(owned, view, choice, unknown) == "<people></people>"
    with pytest.raises(Withheld, match="record_left_out"):
        shown(owned, view, choice, "<person/>", on="GET /person")


def test_lines_of_records_that_a_caller_may_not_see_are_left_out(owned: Program) -> None:
    view = view_of(owned, "ward-officer")
    body = '{"id":1,"city":"雾州"}\n{"id":2,"city":"云州"}\n{"id":3}\n'
    text = shown(owned, view, view.choice(attributes={"ward": "雾州"}), body, kind="ndjson", on="GET /export")
    assert text == '{"id":1,"city":"雾州"}\n'
    own = view_of(owned, own=OWN)
    body = f'{{"name":"张三丰","id_no":"{MINE}"}}\n{{"name":"李四光","id_no":"{OTHER}"}}\n'
    text = shown(owned, own, own.choice(own=OWN), body, kind="ndjson", on="GET /export")
    assert ("张三丰" in text, "李四光" in text) == (True, False)


def test_it_holds_handles_where_it_leads_on(tmp_path: Path) -> None:
    xml = """      xml:
        paths:
          /all/one: {record: resident}
          /all/next: {link: true}
          /all/@first: {key_of: resident}
          /all/at: {cursor_of: resident}
      csv: resident
"""
    keyed = Keyed(tmp_path, **{"systems/hall": FILES["systems/hall"].replace("      csv: resident\n", xml)})
    masker = keyed.view.maskers.of(
        keyed.operation("GET /residents").answers,
        "xml",
        Tally(DIGESTER),
        "",
        lambda *_: "",
        addresses=keyed.addresses(),
    )
    assert masker is not None
    body = (
        f'<all first="{NUMBER}"><at>{NUMBER}</at><next>/residents?after={NUMBER}</next>'
        f'<one guardian=" {NUMBER} "><self>/residents/{NUMBER}</self></one></all>'
    )
    handle = keyed.handle()
    assert b"".join([*masker.feed(body.encode()), *masker.close()]).decode() == (
        f'{HEAD}<all first="***"><at>{handle}</at><next>/residents?after={handle}</next><one guardian=" {handle} ">'
        f"<self>/residents/{handle}</self></one></all>"
    )


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("xml: {paths: {people: person_name}}", "wrong-form"),
        ("xml: {paths: {/p:people: person_name}}", "wrong-form"),
        ("xml: {paths: {/@id/x: person_name}}", "wrong-form"),
        ("xml: {paths: {'/a b': person_name}}", "wrong-form"),
        ("xml: {paths: {'/': person_name}}", "wrong-form"),
        ("xml: {paths: {/x: {record: person, columns: names}}}", "wrong-form"),
        ("xml: {paths: {/x: {record: persons}}}", "unknown-record"),
        ("xml: {paths: {/x: person_names}}", "unknown-category"),
        ("xml: {paths: {/x: person_name, /x/y: public}}", "path-in-path"),
        ("xml: {namespaces: {'1': 'urn:x'}, paths: {/x: person_name}}", "wrong-form"),
        ("xml: {signed: sometimes, paths: {/x: person_name}}", "unknown-choice"),
        ("xml: {path: {/x: person_name}, paths: {}}", "unknown-key"),
        ("xml: person", "wrong-form"),
        ("ndjson: persons", "unknown-record"),
        ("ndjson: {x: public}", "wrong-form"),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_found(tmp_path: Path, declared: str, code: str) -> None:
    folder = with_operations(declare_owned(tmp_path / "p"))
    system = folder / "systems" / "people.yaml"
    text = system.read_text("utf-8").replace("\nerrors:", f"\n  - on: GET /other\n    answers: {{{declared}}}\nerrors:")
    system.write_text(text, "utf-8")
    line = text[: text.index(declared)].count("\n") + 1
    assert [(found.code, found.at.line) for found in load_policy(folder).findings.errors] == [(code, line)]


def test_nothing_but_json_xml_and_forms_is_sent_and_nothing_signed(tmp_path: Path) -> None:
    folder = with_operations(declare_owned(tmp_path / "p"))
    system = folder / "systems" / "people.yaml"
    sent = "\n  - on: PUT /other\n    body: {xml: {signed: withhold, paths: {/x: public}}, ndjson: person}\nerrors:"
    system.write_text(system.read_text("utf-8").replace("\nerrors:", sent), "utf-8")
    assert [found.code for found in load_policy(folder).findings.errors] == ["unknown-key", "unknown-key"]


def test_a_program_holds_it(owned: Program) -> None:
    (operation,) = (operation for operation in owned.operations if operation.id == "GET /soap")
    assert operation.answers.xml is not None
    assert operation.answers.xml.spaces == ("http://schemas.xmlsoap.org/soap/envelope/", "urn:people")
    assert list(operation.answers.xml.root.children) == ["{http://schemas.xmlsoap.org/soap/envelope/}Envelope"]
