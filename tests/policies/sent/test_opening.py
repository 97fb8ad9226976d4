"""Handles in requests: opened where a key belongs, for whom they were made, and nowhere else."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest

from policies.overlay import Overlay
from policies.spelling import Spelling, spelled
from proxy.decide import decide
from proxy.identity.caller import Caller
from proxy.message import read_request
from proxy.verdict import Forward, Refuse
from tests.policies.keyed import LI, NOW, NUMBER, WU, Keyed

PERMIT = "HK/A 1_2"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return Keyed(tmp_path_factory.mktemp("keyed"))


def ask(
    keyed: Keyed, target: str, body: bytes = b"", *, method: str = "GET", kind: str = JSON, caller: Caller = WU
) -> Forward | str:
    request = read_request(
        method=method,
        authority="",
        target=target,
        fields=((b"host", b"hall.localhost"), (b"content-type", kind.encode())),
        source_ip="127.0.0.1",
    )
    verdict = decide(request, body, keyed.system, caller, Overlay(), NOW)
    return verdict.reason if isinstance(verdict, Refuse) else verdict


@pytest.mark.parametrize("key", [NUMBER, PERMIT, "a b", "a+b", "a%2Fb", "x.pdf?", "陈", "a&b=c;d#e", "'\"<"])
def test_the_system_behind_is_asked_by_the_true_key(keyed: Keyed, key: str) -> None:
    written = spelled(key, Spelling.UNDERSCORE)
    handle = keyed.handle(written)
    asked = ask(keyed, f"/residents/{handle}")
    assert isinstance(asked, Forward)
    assert asked.request.path == f"/residents/{written}"
    assert "yb~" not in asked.request.opened
    assert set(asked.said) == {"", "residents"}
    paged = ask(keyed, f"/residents?page=2&after={handle}&guardian={handle}&city=x")
    assert isinstance(paged, Forward)
    query = paged.request.opened.partition("?")[2]
    assert parse_qsl(query) == [("page", "2"), ("after", written), ("guardian", key), ("city", "x")]
    assert written not in paged.said


@pytest.mark.parametrize("key", [".", "..", "a/b", "a\\b", "a//b", "\0", "x.pdf", "%41"])
def test_what_would_be_another_path_is_none(keyed: Keyed, key: str) -> None:
    assert ask(keyed, f"/residents/{keyed.handle(key)}") == "unknown_handle"


PLACES = {
    "the number": (f"/residents/{NUMBER}", "question_about_hidden_field"),
    "a list from the number on": (f"/residents?after={NUMBER}", "question_about_hidden_field"),
    "whom the number looks after": (f"/residents?guardian={NUMBER}", "question_about_hidden_field"),
    "an order": ("/residents?sort={}", "unknown_handle"),
    "a public field": ("/residents?city={}", "unknown_handle"),
    "what goes back": ("/residents?back={}", "unknown_handle"),
    "two cursors in one": ("/residents?after={0}{0}", "unknown_handle"),
    "a cursor behind something": ("/residents?after=x{}", "mask_returned"),
    "a name": ("/residents?{}=1", "mask_returned"),
    "a name that is empty": ("/residents?{}", "mask_returned"),
    "a file": ("/files/{}", "mask_returned"),
    "another record": ("/wards/{}", "unknown_handle"),
    "its page": ("/residents/{}.pdf", None),
    "an order of upper case": ("/residents?after=YB~{0:.60}", "unknown_handle"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_handle_stands_where_keys_do(keyed: Keyed, name: str) -> None:
    target, expected = PLACES[name]
    asked = ask(keyed, target.format(keyed.handle()))
    assert (None if isinstance(asked, Forward) else asked) == expected


def test_it_is_of_one_caller_and_one_record(keyed: Keyed) -> None:
    assert ask(keyed, f"/residents/{keyed.handle()}", caller=LI) == "unknown_handle"
    assert ask(keyed, f"/residents/{keyed.handle()}", caller=Caller()) == "unknown_handle"
    assert ask(keyed, f"/residents/{keyed.handle(record='ward')}") == "unknown_handle"
    said = keyed.system.holder(WU, NOW).handle(NUMBER, "said")
    assert ask(keyed, f"/residents/{said}") == "unknown_handle"
    assert ask(keyed, f"/residents?after={said}") == "question_about_hidden_field"


GUESSES = {
    "to go back": "/residents?back=/residents/{}",
    "to go back to another host": "/residents?back=http://hall.localhost/residents/{}",
    "to go back from here": "/residents?back=../residents/{}",
    "encoded twice": "/residents?back=%252Fresidents%252F{}",
    "by way of another": "/residents?back=/residents%3Fback%3D/residents/{}",
    "the list from there on": "/residents?back=/residents%3Fafter%3D{}",
    "what was asked": "/residents?back=guardian%3D{}%26page%3D2",
    "with a slash of another kind": "/residents?back=%5Cresidents%5C{}",
    "in a public field": "/residents?city=/residents/{}",
}


@pytest.mark.parametrize("name", GUESSES)
@pytest.mark.parametrize("number", [NUMBER, "110105194912310011"])
def test_nobody_has_a_handle_made_of_a_guess(keyed: Keyed, name: str, number: str) -> None:
    """An application that leads to where it is told would lead there by a handle: then to follow it is to try it."""
    assert ask(keyed, GUESSES[name].format(number)) == "question_about_hidden_field"
    body = urlencode({"city": parse_qsl(GUESSES[name].format(number).partition("?")[2])[0][1]}).encode()
    there = f"/residents/{keyed.handle()}"
    assert ask(keyed, there, body, method="PUT", kind=FORM) == "question_about_hidden_field"
    text = json.dumps({"city": f"/residents/{number}"}).encode()
    assert ask(keyed, there, text, method="PUT") == "question_about_hidden_field"


@pytest.mark.parametrize(
    "back", ["/residents?page=2", "/wards/7", "page=2&city=x", "2026/01/02", "a/b?c=d", "?", "=", ""]
)
def test_whoever_goes_back_elsewhere_may(keyed: Keyed, back: str) -> None:
    assert isinstance(ask(keyed, f"/residents?{urlencode({'back': back})}"), Forward)


BODIES = {
    "a key": ({"guardian": "H"}, {"guardian": PERMIT}),
    "its own": ({"id_no": "H", "city": "x"}, {"id_no": PERMIT, "city": "x"}),
    "a public field": ({"city": "H"}, "mask_returned"),
    "within a key": ({"guardian": "xH"}, "mask_returned"),
    "a name": ({"H": "x"}, "mask_returned"),
    "never made": ({"guardian": "yb~" + "A" * 75}, "unknown_handle"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_key_in_json(keyed: Keyed, name: str) -> None:
    sent, expected = BODIES[name]
    handle = keyed.handle(spelled(PERMIT, Spelling.UNDERSCORE))
    body = json.dumps(sent).replace("H", handle).encode() if name != "never made" else json.dumps(sent).encode()
    asked = ask(keyed, f"/residents/{handle}", body, method="PUT")
    assert (json.loads(asked.body) if isinstance(asked, Forward) else asked) == expected


XML_BODIES = {
    "a key": ("<guardian>H</guardian>", f"<guardian>{PERMIT}</guardian>"),
    "a key in a section": ("<guardian><![CDATA[H]]></guardian>", f"<guardian>{PERMIT}</guardian>"),
    "its own, with blanks": ("<id_no> H </id_no><city>x</city>", f"<id_no> {PERMIT} </id_no><city>x</city>"),
    "the number": (f"<guardian>{NUMBER}</guardian>", "question_about_hidden_field"),
    "where it leads": (f"<city>/residents/{NUMBER}</city>", "question_about_hidden_field"),
    "where it leads, by a name": (f"<city k='/residents/{NUMBER}'/>", "question_about_hidden_field"),
    "a public field": ("<city>H</city>", "mask_returned"),
    "an undeclared one": ("<x>H</x>", "mask_returned"),
    "within a key": ("<guardian>xH</guardian>", "mask_returned"),
    "within a tree": ("<guardian><x>H</x></guardian>", "not_as_declared"),
    "never made": ("<guardian>yb~" + "A" * 75 + "</guardian>", "unknown_handle"),
    "nothing that can be read": ("<guardian>", "body_unreadable"),
}


@pytest.mark.parametrize("name", XML_BODIES)
@pytest.mark.parametrize("kind", ["application/xml", "text/xml"])
def test_a_key_in_xml(keyed: Keyed, name: str, kind: str) -> None:
    sent, expected = XML_BODIES[name]
    handle = keyed.handle(spelled(PERMIT, Spelling.UNDERSCORE))
    body = f"<resident>{sent.replace('H', handle) if name != 'never made' else sent}</resident>".encode()
    asked = ask(keyed, f"/residents/{handle}", body, method="PUT", kind=kind)
    goes = f'<?xml version="1.0" encoding="UTF-8"?>\n<resident>{expected}</resident>'
    assert asked.body.decode() == goes if isinstance(asked, Forward) else asked == expected, asked


def test_a_key_in_an_attribute_of_xml(keyed: Keyed) -> None:
    handle = keyed.handle(spelled(PERMIT, Spelling.UNDERSCORE))
    body = f'<resident guardian="{handle}"/>'.encode()
    asked = ask(keyed, f"/residents/{handle}", body, method="PUT", kind="text/xml")
    assert isinstance(asked, Forward)
    assert asked.body.endswith(f'<resident guardian="{PERMIT}"/>'.encode())


def test_keys_in_lists_and_tables(keyed: Keyed) -> None:
    handle = keyed.handle(spelled(PERMIT, Spelling.UNDERSCORE))
    row = {"guardian": handle, "city": "x"}
    sent = {"all": [row, row], "names": ["guardian", "city"], "rows": [[handle, "x"], row], "x": "plain"}
    asked = ask(keyed, "/sets", json.dumps(sent).encode(), method="POST")
    assert isinstance(asked, Forward)
    true = {"guardian": PERMIT, "city": "x"}
    assert json.loads(asked.body) == {**sent, "all": [true, true], "rows": [[PERMIT, "x"], true]}
    assert ask(keyed, "/sets", json.dumps({**sent, "rows": [["short"]]}).encode(), method="POST") == "body_unreadable"
    for names in (["guardian", ["city"]], [{"guardian": 1}, "city"], ["guardian", None]):
        body = json.dumps({**sent, "names": names, "rows": [[handle, "x"]]}).encode()
        assert ask(keyed, "/sets", body, method="POST") == "body_unreadable"
    assert ask(keyed, "/sets", json.dumps({"x": handle}).encode(), method="POST") == "mask_returned"


FORMS = {
    "a box": ({"chosen-1": "H"}, {"chosen-1": PERMIT}),
    "a field": ({"guardian": "H", "city": "x"}, {"guardian": PERMIT, "city": "x"}),
    "no choice": ({"chosen-1": ""}, {"chosen-1": ""}),
    "the number in a box": ({"chosen-1": NUMBER}, "question_about_hidden_field"),
    "a number in a field": ({"guardian": NUMBER}, "question_about_hidden_field"),
    "a mask in a field": ({"guardian": "***"}, "mask_returned"),
    "no number in a field": ({"guardian": " "}, {"guardian": " "}),
    "a public field": ({"city": "H"}, "unknown_handle"),
    "within a field": ({"guardian": "xH"}, "mask_returned"),
    "an undeclared one": ({"other": "H"}, "unknown_handle"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_key_in_a_form(keyed: Keyed, name: str) -> None:
    sent, expected = FORMS[name]
    handle = keyed.handle(spelled(PERMIT, Spelling.UNDERSCORE))
    body = urlencode({key: value.replace("H", handle) for key, value in sent.items()}).encode()
    asked = ask(keyed, f"/residents/{handle}", body, method="PUT", kind=FORM)
    assert (dict(parse_qsl(asked.body.decode(), True)) if isinstance(asked, Forward) else asked) == expected


@pytest.mark.parametrize(
    ("control", "said", "expected"),
    [
        ("chosen-1", NUMBER, "unknown_handle"),
        ("guardian", NUMBER, "unknown_handle"),
        ("city", f"/residents/{NUMBER}", "question_about_hidden_field"),
        ("city", "x", None),
    ],
)
def test_what_the_caller_has_said_is_no_key(keyed: Keyed, control: str, said: str, expected: str | None) -> None:
    """Sealed in a page, a guess of his would be tried like a key that he was given."""
    body = urlencode({control: keyed.system.holder(WU, NOW).handle(said, "said")}).encode()
    asked = ask(keyed, f"/residents/{keyed.handle()}", body, method="PUT", kind=FORM)
    assert (None if isinstance(asked, Forward) else asked) == expected


def test_what_a_parameter_carries_is_opened_for_that_parameter(keyed: Keyed) -> None:
    handle = keyed.system.holder(WU, NOW).handle(f"/residents/{NUMBER}", "carried", "back")
    asked = ask(keyed, f"/residents?back={handle}")
    assert isinstance(asked, Forward)
    assert asked.request.query == (("back", f"/residents/{NUMBER}"),)
    assert f"/residents/{NUMBER}" not in asked.said
    assert ask(keyed, f"/residents?city={handle}") == "unknown_handle"


@pytest.mark.parametrize(
    ("control", "expected"), [("back", None), ("city", "unknown_handle"), ("id_no", "unknown_handle")]
)
def test_what_a_control_carries_is_opened_in_no_field(keyed: Keyed, control: str, expected: str | None) -> None:
    """Carried by a link, and moved into a field of the same name, it could be read there."""
    handle = keyed.system.holder(WU, NOW).handle(f"/residents/{NUMBER}", "carried", control)
    asked = ask(keyed, f"/residents/{keyed.handle()}", urlencode({control: handle}).encode(), method="PUT", kind=FORM)
    assert (None if isinstance(asked, Forward) else asked) == expected
