"""Where hidden keys stand in addresses, and in what tells of them."""

import csv
import html
import io
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.addresses import Addresses
from policies.formats.masker import Tally, Withheld
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
    "no operation": (f"/elsewhere/{NUMBER}", None),
    "no operation of another host": ("https://www.example.cn/a?b=c#d/e", "https://www.example.cn/a?b=c#d/e"),
    "a place on the page": ("#top", "#top"),
    "a row as a route of scripts": (f"#/residents/{NUMBER}", f"#/residents/{H}"),
    "a row as a route behind a page": (f"/residents#!/residents/{NUMBER}", f"/residents#!/residents/{H}"),
    "a route that is no operation": (f"/residents?page=2#/who/{NUMBER}", "/residents?page=2"),
    "a route home": ("#/", "#/"),
    "a cursor as a route": (f"#after={NUMBER}", ""),
    "a script": (f"javascript:go('/residents/{NUMBER}')", f"javascript:go('/residents/{H}')"),
    "a script that goes nowhere": ("javascript:void(0)", "javascript:void(0)"),
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
    if expected is not None and H in expected:
        assert NUMBER not in (nobody or "")
    else:
        assert nobody == expected


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
    masker = keyed.view.maskers.of(
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
    "plain pictures": ('<img srcset="/files/a 1x, /files/b 2x">', '<img srcset="/files/a 1x, /files/b 2x">'),
    "pictures that are no files": ('<img srcset="/files/a 1x, /b.png 2x">', "<img>"),
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
    "no operation": ('<a href="/who/QX-7K2M">x</a><img src="/who/QX-7K2M.png">', "<a>x</a><img>"),
    "a form that nobody may send": ('<form action="/who/QX-7K2M" method="post">', '<form action="***" method="post">'),
    "another base": (
        '<base href="/residents/"><a href="QX-7K2M">x</a>',
        '<base href="/residents/"><a href="/residents/{key}">x</a>',
    ),
    "a second base, which counts for nothing": (
        '<base href="/wards/"><base href="/residents/"><a href="7">x</a>',
        '<base href="/wards/"><base href="/residents/"><a href="7">x</a>',
    ),
    "a base with a key in it": ('<base href="/residents/QX-7K2M/"><a href=".">x</a>', "<base><a>x</a>"),
    "a base that comes late": (
        '<a href="/wards/7">x</a><base href="/wards/"><a href="../residents/QX-7K2M">x</a>',
        '<a href="/wards/7">x</a><base href="/wards/"><a href="/residents/{key}">x</a>',
    ),
    "a page that goes on without saying so": (
        '<meta http-equiv="Refresh" content="5 /residents/QX-7K2M">',
        '<meta http-equiv="Refresh" content="5 /residents/{key}">',
    ),
    "a page that comes again": (
        '<meta http-equiv="refresh" content="30">',
        '<meta http-equiv="refresh" content="30">',
    ),
    "what others know of the page": (
        '<meta property="og:url" content="https://hall.localhost/residents/QX-7K2M">',
        '<meta property="og:url" content="https://hall.localhost/residents/{key}">',
    ),
    "choices that scripts go to": (
        '<select><option value="/residents/QX-7K2M">x</select>',
        '<select><option value="***" selected>***</option></select>',
    ),
    "choices that are keys": (
        '<select name="chosen-1"><option value="QX-7K2M">x</select>',
        '<select name="chosen-1"><option value="{key}">x</select>',
    ),
    "choices that are sent": (
        '<form><select name="back"><option value="/residents/QX-7K2M">x</select></form>',
        '<form><select name="back"><option value="{back}">x</select></form>',
    ),
    "a button that sends": (
        '<form><button name="back" value="/residents/QX-7K2M">x</button></form>',
        '<form><button name="back" value="{back}">x</button></form>',
    ),
    "a button of scripts": ('<button value="/residents/QX-7K2M">x</button>', '<button value="{choice}">x</button>'),
    "what is given to an object": (
        '<object data="/residents/QX-7K2M"><param name="src" value="/residents/QX-7K2M"></object>',
        '<object data="/residents/{key}"><param name="src" value="/residents/{key}"></object>',
    ),
    "a page within the page": ("<iframe srcdoc=\"<a href='/residents/QX-7K2M'>x</a>\"></iframe>", "<iframe></iframe>"),
    "style": (
        '<p style="background: url(/residents/QX-7K2M)">',
        '<p style="background: url(/residents/{key})">',
    ),
    "a style sheet": (
        "<style>p { background: url(/residents/QX-7K2M) }</style>",
        "<style>p { background: url(/residents/{key}) }</style>",
    ),
    "a script": (
        "<script>go('/residents/QX-7K2M'); x = 4 / 2 / 1</script>",
        "<script>go('/residents/{key}'); x = 4 / 2 / 1</script>",
    ),
    "what is done when it is pressed": (
        '<p onclick="go(/residents/QX-7K2M)">',
        '<p onclick="go(/residents/{key})">',
    ),
    "a script of slashes with a backslash": (
        r"<script>go('\/residents\/QX-7K2M', '<\/p>')</script>",
        r"<script>go('/residents/{key}', '<\/p>')</script>",
    ),
    "several in a row": (
        '<animate values="/residents/QX-7K2M;/wards/7,/residents/QX-7K2M">',
        '<animate values="/residents/{key};/wards/7,/residents/{key}">',
    ),
    "the end of a sentence": ("<p>见 /residents/QX-7K2M.</p>QX-7K2M", "<p>见 /residents/{key}.</p>***"),
    "a question in a sentence": (
        "<p>好吗?abc #x /residents/QX-7K2M</p>",
        "<p>好吗?abc #x /residents/{key}</p>",
    ),
    "an attribute of scripts that leads where nobody may go": (
        '<p hx-get="/who/QX-7K2M" title="/ 2 /who">',
        '<p title="/ 2 /who">',
    ),
    "a comment": ("<!-- see /residents/QX-7K2M -->", "<!-- see /residents/{key} -->"),
    "a text": ("<p>见 /residents/QX-7K2M，2026/11/26</p>", "<p>见 /residents/{key}，2026/11/26</p>"),
    "wherever else the key stands": (
        '<p id="row-QX-7K2M" data-no="QX-7K2M">QX-7K2M<a href="/residents/QX-7K2M#QX-7K2M">x</a><!-- QX-7K2M -->',
        '<p id="row-***" data-no="***">***<a href="/residents/{key}#***">x</a><!-- *** -->',
    ),
    "a field in which it was written": (
        '<form><textarea name="back">/residents/QX-7K2M</textarea></form>',
        '<form><textarea name="back">/residents/{key}</textarea></form>',
    ),
}


@pytest.mark.parametrize("name", TAGS)
def test_a_page_holds_handles(keyed: Keyed, name: str) -> None:
    tag, expected = TAGS[name]
    stands_for = {
        H: keyed.handle(),
        "{key}": keyed.handle("QX-7K2M"),
        "{back}": keyed.system.holder(WU, NOW).handle("/residents/QX-7K2M", "carried", "back"),
        "{choice}": "***1",
    }
    for placeholder, handle in stands_for.items():
        expected = expected.replace(placeholder, handle)
    assert html.unescape(masked(keyed, tag, "html")) == expected


def test_a_base_that_comes_after_a_key_withholds_the_page(keyed: Keyed) -> None:
    with pytest.raises(Withheld):
        masked(keyed, '<a href="QX-7K2M">x</a><base href="/residents/">', "html")


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
    masker = keyed.view.maskers.of(
        operation.answers, "html", Tally(DIGESTER), "utf-8", lambda *_: "", addresses=addresses
    )
    assert masker is not None
    page = b"".join([*masker.feed(b"<title>HK/A 1</title><p>HK_2FA 1"), *masker.close()]).decode()
    assert page == "<title>***</title><p>***"


def test_two_callers_cannot_compare(keyed: Keyed) -> None:
    assert keyed.addresses(caller=WU).of(f"/residents/{NUMBER}") != keyed.addresses(caller=LI).of(
        f"/residents/{NUMBER}"
    )


def test_an_address_of_a_single_word_is_left_out_where_anything_was_said(keyed: Keyed) -> None:
    """It may be what the caller has said, which an application leads to; whether it is must not be seen."""
    holder = keyed.system.holder(WU, NOW)
    says = Addresses(keyed.view.links, "/residents/x", holder, says=True)
    for word in (NUMBER, f"{NUMBER}#x", f" {NUMBER}?", "%31"):
        assert says.of(word) is None
    assert says.of("") == says.of("?") == f"/residents/{keyed.handle('x')}"
    assert says.of(f"./{NUMBER}") == f"/residents/{keyed.handle()}"
    sent = keyed.addresses("/residents/x")
    assert sent.of(NUMBER) == f"/residents/{keyed.handle()}"
    sent.sent_with(())
    assert sent.of("2") is None
