"""Where hidden keys stand in addresses, and in what tells of them."""

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.masker import Tally
from policies.links import Addresses
from policies.spelling import Spelling, read
from policies.transforms.handle import handles_in
from tests.policies.formats.masking import DIGESTER
from tests.policies.keyed import LI, NOW, NUMBER, WU, Keyed


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return Keyed(tmp_path_factory.mktemp("keyed"))


H = "{handle}"
ADDRESSES = {
    "a row": (f"/residents/{NUMBER}", f"/residents/{H}"),
    "a row with more behind it": (f"/residents/{NUMBER}.pdf?", f"/residents/{H}.pdf"),
    "a row, encoded": (f"/residents/%31{NUMBER[1:]}#top", f"/residents/{H}#top"),
    "a row on a host": (f"http://hall.localhost/residents/{NUMBER}", f"http://hall.localhost/residents/{H}"),
    "a row on any host": (f"//hall.localhost/residents/{NUMBER}", f"//hall.localhost/residents/{H}"),
    "a row beside": (NUMBER, f"/residents/{H}"),
    "a row above": (f"../residents/{NUMBER}", f"/residents/{H}"),
    "a row by way of another": (f"/wards/../residents/{NUMBER}", f"/residents/{H}"),
    "blanks around": (f" /residents/{NUMBER}\n", f"/residents/{H}"),
    "a cursor": (f"/residents?after={NUMBER}&page=2", f"/residents?after={H}&page=2"),
    "a cursor of the same page": (f"?after={NUMBER}", f"?after={H}"),
    "a cursor, its name encoded": (f"?%61fter={NUMBER}", f"?%61fter={H}"),
    "whom somebody looks after": (f"/residents?guardian={NUMBER}", f"/residents?guardian={H}"),
    "no key": ("/residents?page=2", "/residents?page=2"),
    "no operation": (f"/elsewhere/{NUMBER}", f"/elsewhere/{NUMBER}"),
    "a key that all see": ("/wards/7", "/wards/7"),
    "a file": (f"/files/{NUMBER}.css?v={NUMBER}", f"/files/{NUMBER}.css?v={NUMBER}"),
    "a letter": (f"mailto:{NUMBER}@hall.localhost", f"mailto:{NUMBER}@hall.localhost"),
    "nothing": ("", ""),
    "what nobody may ask": (f"/residents?no={NUMBER}", None),
    "an order that nobody may ask for": ("/residents?sort=id_no", None),
    "more than one reading": (f"/residents\\{NUMBER}", None),
    "no address": (f"http://[{NUMBER}", None),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_how_an_address_is_written(keyed: Keyed, name: str) -> None:
    address, expected = ADDRESSES[name]
    base = "/residents/x" if name in ("a row beside", "a row above") else "/residents"
    written = keyed.addresses(base).of(address)
    found = [match[0] for match in handles_in(written or "")]
    assert set(found) <= {keyed.handle()}
    assert written == (expected if expected is None else expected.replace(H, keyed.handle()))
    nobody = Addresses(keyed.view.links, base).of(address)
    assert nobody == (expected if expected is not None and H not in expected else None)


def test_an_address_within_a_parameter_is_sealed_for_that_parameter(keyed: Keyed) -> None:
    nested = f"/residents/{NUMBER}?x"
    written = keyed.addresses().of(f"/residents?back={quote(f'/residents/{NUMBER}')}")
    assert written is not None
    name, _, handle = written.partition("?")[2].partition("=")
    holder = keyed.system.holder(WU, NOW)
    assert (name, holder.opened(handle, "carried", "back")) == ("back", f"/residents/{NUMBER}")
    assert keyed.addresses().carried("back", nested) != nested
    for carried in (f"guardian={NUMBER}&page=2", f"page=2&after={NUMBER}"):
        assert keyed.addresses().carried("back", carried) == holder.handle(carried, "carried", "back")
    for plain in ("/residents?page=2", "page=2", "guardian=", NUMBER, "a=b&c"):
        assert keyed.addresses().carried("back", plain) == plain


@given(st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1))
def test_whatever_the_key_is_its_handle_opens_to_it(keyed_once: Keyed, key: str) -> None:
    written = keyed_once.addresses().of(f"/residents/{quote(key, safe='')}")
    if key in (".", ".."):
        return  # browsers take it for a way up
    assert written is not None
    assert keyed_once.handle(key) in written or key.endswith(".pdf")


@pytest.fixture(scope="session")
def keyed_once(tmp_path_factory: pytest.TempPathFactory) -> Keyed:
    return Keyed(tmp_path_factory.mktemp("keyed"))


def masked(keyed: Keyed, body: str, kind: str, on: str = "GET /residents") -> str:
    masker = keyed.view.masker(
        keyed.operation(on).answers, kind, Tally(DIGESTER), "utf-8", lambda *_: "", addresses=keyed.addresses()
    )
    assert masker is not None
    return b"".join([*masker.feed(body.encode()), *masker.close()]).decode()


def test_json_holds_handles_where_it_leads_on(keyed: Keyed) -> None:
    item = {"id_no": NUMBER, "guardian": NUMBER, "self": f"/residents/{NUMBER}", "city": "云州"}
    body = {"items": [item, item], "next": NUMBER, "next_url": f"/residents?after={NUMBER}", "first": NUMBER}
    handle = keyed.handle()
    expected = {"id_no": handle, "guardian": handle, "self": f"/residents/{handle}", "city": "云州"}
    assert json.loads(masked(keyed, json.dumps(body), "json")) == {
        "items": [expected, expected],
        "next": handle,
        "next_url": f"/residents?after={handle}",
        "first": "***",
    }


@pytest.mark.parametrize(
    "link", ["/residents?page=13800138000", "/elsewhere/13800138000", "http://[x", "/residents?no=1", "tel:13800138000"]
)
def test_a_link_with_anything_personal_in_it_is_none(keyed: Keyed, link: str) -> None:
    assert json.loads(masked(keyed, json.dumps({"next_url": link}), "json")) == {"next_url": "***"}


def test_csv_holds_handles_of_declared_keys(keyed: Keyed) -> None:
    text = masked(keyed, f"id_no,guardian,city\r\n{NUMBER},HK/A 1,云州\r\n", "csv")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["id_no"] == keyed.handle()
    guardian = keyed.system.holder(WU, NOW).opened(row["guardian"], "key", "resident")
    assert read(guardian, Spelling.UNDERSCORE) == "HK/A 1"
    assert row["city"] == "云州"


TAGS = {
    "a link": (f'<a href="/residents/{NUMBER}">x</a>', f'<a href="/residents/{H}">x</a>'),
    "a form": (f'<form action="/residents/{NUMBER}">', f'<form action="/residents/{H}">'),
    "a button": (f'<button formaction="/residents/{NUMBER}">', f'<button formaction="/residents/{H}">'),
    "an attribute of scripts": (f'<p data-href="/residents/{NUMBER}">', f'<p data-href="/residents/{H}">'),
    "an attribute that was declared": (f'<p data-id="{NUMBER}">', f'<p data-id="{H}">'),
    "an attribute that was not": (f'<p data-key="{NUMBER}">', '<p data-key="***">'),
    "a page that goes on": (
        f'<meta http-equiv="refresh" content="0; url=/residents/{NUMBER}">',
        f'<meta http-equiv="refresh" content="0; url=/residents/{H}">',
    ),
    "pictures": (f'<img srcset="/residents/{NUMBER} 1x, /a 2x">', "<img>"),
    "plain pictures": ('<img srcset="/a.png 1x, /b.png 2x">', '<img srcset="/a.png 1x, /b.png 2x">'),
    "a box": (
        f'<input type="checkbox" name="chosen-1" value="{NUMBER}">',
        f'<input type="checkbox" name="chosen-1" value="{H}">',
    ),
    "a cursor that a form sends": (
        f'<form><input type="hidden" name="after" value="{NUMBER}">',
        f'<form><input type="hidden" name="after" value="{H}">',
    ),
    "the name of a page": (f"<h1>居民 {NUMBER}</h1>", "<h1>***</h1>"),
    "a hidden cell": (
        f'<td class="id_no"><a href="/residents/{NUMBER}" title="{NUMBER}">{NUMBER}</a></td>',
        f'<td class="id_no"><a href="/residents/{H}">***</a></td>',
    ),
    "what nobody may ask": (f'<a href="/residents?no={NUMBER}">x</a>', "<a>x</a>"),
}


@pytest.mark.parametrize("name", TAGS)
def test_a_page_holds_handles(keyed: Keyed, name: str) -> None:
    tag, expected = TAGS[name]
    assert masked(keyed, tag, "html") == expected.replace(H, keyed.handle())


def test_a_known_value_that_chances_to_stand_in_a_handle_breaks_none(keyed: Keyed) -> None:
    handle = keyed.handle()
    parts = re.findall("[A-Za-z]{3}", handle)
    cells = "".join(f'<td class="id_no">{part}</td>' for part in parts)
    page = masked(keyed, f'<table>{cells}<a href="/residents?page=1&after={NUMBER}">{parts[0]}</a>', "html")
    assert f'href="/residents?page=1&amp;after={handle}"' in page
    assert f">{parts[0]}<" not in page


def test_what_was_asked_for_by_a_handle_is_hidden_where_it_is_repeated(keyed: Keyed) -> None:
    request_path = f"/residents/{keyed.handle('HK_2FA 1')}"
    operation = keyed.operation("GET /residents/{key}")
    asked = keyed.system.question(operation).opened(request_path, (), keyed.system.holder(WU, NOW))
    assert asked.path == "/residents/HK_2FA 1"
    addresses = keyed.system.addresses(keyed.view, asked, keyed.system.holder(WU, NOW))
    masker = keyed.view.masker(operation.answers, "html", Tally(DIGESTER), "utf-8", lambda *_: "", addresses=addresses)
    assert masker is not None
    page = b"".join([*masker.feed(b"<title>HK/A 1</title><p>HK_2FA 1"), *masker.close()]).decode()
    assert page == "<title>***</title><p>***"


def test_two_callers_cannot_compare(keyed: Keyed) -> None:
    assert keyed.addresses(caller=WU).of(f"/residents/{NUMBER}") != keyed.addresses(caller=LI).of(
        f"/residents/{NUMBER}"
    )
