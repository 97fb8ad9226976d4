"""XML that callers send: no mask reaches a system by it, and nothing in another reading than it was judged in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front import VERSIONS, Front
from tests.gateway import CLERK_KEY
from tests.policies.compiled import GOOD
from tests.rig import ID_NO, MOBILE, NAME, Rig, rigged
from tests.scripted import answering

XML = """
      xml:
        namespaces: {s: "http://schemas.xmlsoap.org/soap/envelope/", p: "urn:people"}
        paths:
          /person: {record: person}
          "/s:Envelope/s:Header/*": public
          "/s:Envelope/s:Body/p:save/p:person": {record: person}
"""
GRANTS = """
  - id: tokens
    who: {posts: [clerk]}
    systems: [people]
    purpose: case-handling
    sees: {resident_id: token}
    until: 2030-01-01
    reason: r
    approved_by: a
  - id: sent
    who: {posts: [clerk]}
    systems: [people]
    purpose: case-handling
    direction: request
    fields: [home.phone]
    sees: {mobile: block}
    until: 2030-01-01
    reason: r
    approved_by: a
  - id: sent-notes
    who: {posts: [clerk]}
    systems: [people]
    purpose: case-handling
    direction: request
    sees: {free_text: scan}
    until: 2030-01-01
    reason: r
    approved_by: a
"""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = "http://schemas.xmlsoap.org/soap/envelope/"
KEY = ("x-api-key", CLERK_KEY)
INSTANCE = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'


def person(within: str) -> str:
    return f"<person>{within}</person>"


def soap(within: str, header: str = "", name: str = "save") -> str:
    body = f'<s:Body><p:{name} xmlns:p="urn:people">{within}</p:{name}></s:Body>'
    return f'<s:Envelope xmlns:s="{SPACE}">{header}{body}</s:Envelope>'


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    policies: Path = tmp_path_factory.mktemp("policies") / "good"
    shutil.copytree(GOOD, policies)
    system, grants = policies / "systems" / "people.yaml", policies / "grants.yaml"
    text = system.read_text("utf-8")
    assert text.count("    body:\n") == 1
    text = text.replace("    body:\n", f"    body:{XML}", 1)
    posted = text[text.index("  - on: POST /people\n") : text.index("  - on: GET /files")]
    system.write_text(text.replace(posted, posted + posted.replace("POST /people", "PUT /people/{id}"), 1), "utf-8")
    grants.write_text(grants.read_text("utf-8") + GRANTS, "utf-8")
    with rigged(tmp_path_factory.mktemp("gateway"), policies=policies, tls=True) as made:
        made.behind.script = answering(b"{}")
        yield made


@pytest.fixture(params=VERSIONS)
def front(rig: Rig, request: pytest.FixtureRequest) -> Front:
    return Front(rig, request.param)


def post(front: Front, body: str | bytes, said: str = "application/xml", *more: tuple[str, str]) -> tuple[str, str]:
    """Why it was refused, or "", and the body that the system was sent."""
    data = body.encode() if isinstance(body, str) else body
    answer = front.ask(target="/people", method="POST", headers=(KEY, ("content-type", said), *more), body=data)
    sent = front.rig.behind.asked[-1].body.decode() if front.rig.behind.asked else ""
    assert (answer.status == 200) == bool(sent)
    return answer.reason, sent


SENT = {
    "a record": (person(f"<name>{NAME}</name><mobile>13900139000</mobile>"), None),
    "attributes": (person("").replace("<person>", '<person name="李" city="云州">'), '<person name="李" city="云州"/>'),
    "a section and a comment": (person("<city><![CDATA[云]]><!-- x -->州</city>"), person("<city>云州</city>")),
    "undeclared": (person("<more k='v'>x</more>"), person('<more k="v">x</more>')),
    "within a record": (person("<home><street>文三路</street></home>"), None),
    "a remark": (person(f"<note>转告{MOBILE}</note>"), person("<note>转告***</note>")),
    "a mask that is dropped": (person("<note>***</note><city>云州</city>"), person("<city>云州</city>")),
    "SOAP": (soap(f"<p:person><p:name>{NAME}</p:name></p:person>"), None),
    "SOAP with a head": (soap("<p:person/>", "<s:Header><x>1</x></s:Header>"), None),
}


@pytest.mark.parametrize("case", SENT)
def test_what_is_declared_is_sent_on(front: Front, case: str) -> None:
    came, goes = SENT[case]
    for said in ("application/xml", "text/xml; charset=utf-8", "application/soap+xml"):
        assert post(front, came, said) == ("", HEAD + (came if goes is None else goes))


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a mask": (person("<mobile>138****8000</mobile>"), "mask_returned"),
    "a mask with blanks": (person("<mobile>\n 138****8000 </mobile>"), "mask_returned"),
    "a mask in a section": (person("<mobile><![CDATA[138****8000]]></mobile>"), "mask_returned"),
    "a mask cut by a section": (person("<mobile>138**<![CDATA[**8000]]></mobile>"), "mask_returned"),
    "a mask cut by a comment": (person("<mobile>138**<!-- -->**8000</mobile>"), "mask_returned"),
    "a mask cut by an instruction": (person("<mobile>138**<?x?>**8000</mobile>"), "mask_returned"),
    "a mask by references": (person("<mobile>138&#42;&#x2A;**8000</mobile>"), "mask_returned"),
    "a mask of full width": (person("<mobile>138＊＊＊＊8000</mobile>"), "mask_returned"),
    "a mask in an attribute": ('<person mobile="138&#42;***8000"/>', "mask_returned"),
    "a mask within a record": (person("<home><phone>***</phone></home>"), "mask_returned"),
    "a mask that nobody declared": (person("<more>***</more>"), "mask_returned"),
    "a mask beside elements": (person("***<city>x</city>"), "mask_returned"),
    "a mask in an undeclared attribute": (person("<more k='***'/>"), "mask_returned"),
    "a mask in SOAP": (soap("<p:person><p:mobile>138****8000</p:mobile></p:person>"), "mask_returned"),
    "a hidden name": (person("<_hidden>x</_hidden>"), "mask_returned"),
    "a hidden attribute": (person("<more _hidden1='x'/>"), "mask_returned"),
    "a token of nobody": (person("<id_no>d1.00000000.AAAAAAAAAAAAAAAAAAAAAAAA</id_no>"), "mask_returned"),
    "a token in another field": (person("<city>TOKEN</city>"), "mask_returned"),
    "a token as a name": (person("<TOKEN/>"), "mask_returned"),
    "a value blocked": (person(f"<home><phone>{MOBILE}</phone></home>"), "value_not_sent"),
    "a value blocked, as an attribute": (person(f'<home phone="{MOBILE}"/>'), "value_not_sent"),
    "a field twice": (person("<mobile>13900139000</mobile><mobile>x</mobile>"), "not_as_declared"),
    "a field and an attribute": ('<person mobile="x"><mobile>13900139000</mobile></person>', "not_as_declared"),
    "a tree in a field": (person("<mobile><x>13900139000</x></mobile>"), "not_as_declared"),
    "an attribute in a field": (person("<mobile k='v'>13900139000</mobile>"), "not_as_declared"),
    "another type": (person(f"<mobile {INSTANCE} i:type='base64Binary'>MTM4KioqKjgwMDA=</mobile>"), "not_as_declared"),
    "nothing in a field": (person(f"<mobile {INSTANCE} i:nil='true'/>"), "not_as_declared"),
    "another case": (person("<Mobile>13900139000</Mobile>"), "not_as_declared"),
    "another namespace": (person("<x:mobile xmlns:x='urn:x'>13900139000</x:mobile>"), "not_as_declared"),
    "an attribute of a namespace": ('<person xmlns:x="urn:x" x:mobile="13900139000"/>', "not_as_declared"),
    "nearly the same": (person("<idNo>1</idNo>"), "not_as_declared"),
    "another document": ("<people/>", "not_as_declared"),
    "another document with it": (f"<people>{person('')}</people>", "not_as_declared"),
    "another operation of SOAP": (soap("<p:person/>", name="drop"), "not_as_declared"),
    "another record of SOAP": (soap("<p:people/>"), "not_as_declared"),
    "another namespace of SOAP": (soap("<p:person/>").replace("urn:people", "urn:x"), "not_as_declared"),
    "an entity": (f'<!DOCTYPE person [<!ENTITY m "138****8000">]>{person("<mobile>&m;</mobile>")}', "body_unreadable"),
    "an entity from elsewhere": ('<!DOCTYPE x [<!ENTITY m SYSTEM "file:///etc/passwd">]><person>&m;</person>', "body_unreadable"),
    "a type from elsewhere": ('<!DOCTYPE person SYSTEM "http://127.0.0.1:9/"><person/>', "body_unreadable"),
    "entities that grow": ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><person>&b;</person>', "body_unreadable"),
    "an inclusion": (person("<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>"), "body_unreadable"),
    "a signature": (person("<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/>"), "body_unreadable"),
    "UTF-16": (person("<city>云州</city>").encode("utf-16"), "body_unreadable"),
    "GBK": (f'<?xml version="1.0" encoding="GBK"?>{person("<city>云州</city>")}'.encode("gbk"), "body_unreadable"),
    "UTF-8 that says it is GBK": (f'<?xml version="1.0" encoding="GBK"?>{person("")}', "body_unreadable"),
    "half of it": ("<person><city>", "body_unreadable"),
    "two": ("<person/><person/>", "body_unreadable"),
    "JSON": ("{}", "body_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_is_refused(front: Front, case: str) -> None:
    body, reason = REFUSED[case]
    if isinstance(body, str):
        body = body.replace("TOKEN", token_of(front))
    assert post(front, body) == (reason, "")
    assert front.rig.behind.asked == []
    assert front.rig.gateway.events()[-1]["event"]["reason"] == reason


def token_of(front: Front) -> str:
    """What a clerk is shown in the place of the planted number."""
    shown = front.ask(
        answering(f'{{"id_no": "{ID_NO}"}}'.encode(), "application/json"), target="/people/7", headers=(KEY,)
    )
    front.rig.behind.script = answering(b"{}")
    token = shown.body.decode().split('"')[3]
    assert token.startswith("d1.")
    return token


def test_a_token_is_opened_where_its_field_is(front: Front) -> None:
    token = token_of(front)
    for came in (f"<id_no>{token}</id_no>", f"<id_no> <![CDATA[{token}]]></id_no>"):
        assert post(front, person(came)) == (
            "",
            HEAD + person(came).replace("<![CDATA[", "").replace("]]>", "").replace(token, ID_NO),
        )
    assert post(front, f'<person id_no="{token}"/>') == ("", f'{HEAD}<person id_no="{ID_NO}"/>')


def test_only_the_types_of_xml_that_are_named_are_taken(front: Front) -> None:
    for said in ("image/svg+xml", "application/xhtml+xml", "application/xml-dtd", "text/plain"):
        assert post(front, person(""), said) == ("body_not_declared", "")
    assert post(front, person(""), "text/xml; charset=gbk") == ("body_unreadable", "")


def test_what_is_packed_is_not_taken(front: Front) -> None:
    assert post(front, person(""), "application/xml", ("content-encoding", "identity")) == ("body_not_declared", "")


def test_a_record_that_is_replaced_is_read_in_the_same_way(front: Front) -> None:
    body = person("<mobile>138****8000</mobile>").encode()
    headers = (KEY, ("content-type", "application/xml"))
    assert front.ask(target="/people/7", method="PUT", headers=headers, body=body).reason == "mask_returned"
    answer = front.ask(target="/people/7", method="PUT", headers=headers, body=person("<city>x</city>").encode())
    assert answer.status == 200
    assert front.rig.behind.asked[-1].body.decode() == HEAD + person("<city>x</city>")
