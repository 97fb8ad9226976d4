"""XML where it is declared: what it could carry past a masker, and how it ends where that is in doubt."""

import pytest

from tests.evasion.cases import TEXT, Case, check, shows, withholds
from tests.evasion.test_streams import chunked, pieces_of
from tests.front import VERSIONS, Front
from tests.rig import ID_NO, MOBILE, NAME, Rig, ended
from tests.scripted import answering

XML = "application/xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PERSON = f"<person id='1'><name>{NAME}</name><id_no>{ID_NO}</id_no><mobile>{MOBILE}</mobile><note>{NAME}的电话{MOBILE}</note></person>"
SHOWN = '<person id="1"><name>张**</name><id_no>**************002X</id_no><mobile>138****8000</mobile><note>***</note></person>'
HIDDEN = '<person id="***"><name>***</name><id_no>***</id_no><mobile>***</mobile><note>***</note></person>'
REFERENCES = "".join(f"&#{ord(char)};" for char in NAME)
SIGNATURE = "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><KeyName>x</KeyName></Signature>"


def soap(within: str, prefix: str = "s") -> str:
    space = f'xmlns:{prefix}="http://schemas.xmlsoap.org/soap/envelope/"'
    body = f'<{prefix}:Body><people xmlns="urn:people">{within}</people></{prefix}:Body>'
    return f"<{prefix}:Envelope {space}>{body}</{prefix}:Envelope>"


def people(within: str) -> str:
    return f"<people>{within}</people>"


def shown(body: str | bytes, becomes: str, said: str = XML, target: str = "/report") -> Case:
    return shows(body, said, HEAD + becomes, target=target)


def withheld(body: str | bytes, said: str = XML, reason: str = "answer_unreadable", target: str = "/report") -> Case:
    return withholds(body, said, reason, target=target)


CASES: dict[str, Case] = {
    **{f"a record as {said}": shown(people(PERSON), people(SHOWN), said)
       for said in (XML, "text/xml", "application/atom+xml", "text/xml; charset=utf-8", "application/vnd.x+xml")},
    "SOAP": shown(soap(PERSON), soap(SHOWN), "application/soap+xml", "/soap"),
    "SOAP in another prefix": shown(soap(PERSON, "SOAP-ENV"), soap(SHOWN, "SOAP-ENV"), target="/soap"),
    "SOAP of another namespace": shown(soap(PERSON).replace("urn:people", "urn:x"), soap(HIDDEN).replace("urn:people", "urn:x"), target="/soap"),
    "a section": shown(people(f"<person><name><![CDATA[{NAME}]]></name></person><x><![CDATA[{TEXT}]]></x>"), people("<person><name>张**</name></person><x>***</x>")),
    "comments and instructions": shown(f"<?x {TEXT}?><!-- {TEXT} -->{people(f'<!-- {TEXT} --><?x {TEXT}?><total>1</total>')}<!-- {TEXT} -->", people("<total>1</total>")),
    "references": shown(people(f"<person><name>{REFERENCES}</name></person><x>{REFERENCES}</x>"), people("<person><name>张**</name></person><x>***</x>")),
    "a value cut by a comment": shown(people(f"<notes><note>138<!-- x -->00138000 {MOBILE}</note></notes>"), people("<notes><note>*** ***</note></notes>")),
    "a value that is a tree": shown(people(f"<person><name><a>{NAME}</a></name></person>"), people("<person><name><a>***</a></name></person>")),
    "undeclared": shown(people(f"<x y='{NAME}'><z a='{MOBILE}'>{ID_NO}</z>{NAME}</x>{NAME}"), people('<x y="***"><z a="***">***</z>***</x>***')),
    "names": shown(people(f"<{NAME} {NAME}='1'/>"), people('<_hidden _hidden1="***"/>')),
    "a root of nobody": shown(f"<x>{NAME}<person>{PERSON}</person></x>", f"<x>***<person>{HIDDEN}</person></x>"),
    "GBK": shown(f'<?xml version="1.0" encoding="GBK"?>{people(PERSON)}'.encode("gbk"), people(SHOWN)),
    "an unsigned copy": shown(people(PERSON.replace("<note>", f"{SIGNATURE}<note>")), "<?yingbi unsigned-copy?>\n" + people(SHOWN), target="/signed"),
    "an address of nobody": withheld(f"<people xmlns:n='urn:{MOBILE}'/>"),
    "an entity": withheld(f'<!DOCTYPE x [<!ENTITY n "{NAME}">]>{people("&n;")}'),
    "an entity from elsewhere": withheld(f'<!DOCTYPE x [<!ENTITY n SYSTEM "file:///etc/passwd">]>{people("&n;")}'),
    "a DTD from elsewhere": withheld(f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/">{people(PERSON)}'),
    "entities that grow": withheld('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'),
    "what is signed": withheld(people(PERSON + SIGNATURE), reason="answer_signed"),
    "UTF-16": withheld(people(PERSON).encode("utf-16")),
    "GBK that says nothing": withheld(people(PERSON).encode("gbk")),
    "GBK as UTF-8": withheld(f'<?xml version="1.0" encoding="utf-8"?>{people(PERSON)}'.encode("gbk")),
    "two charsets": withheld(f'<?xml version="1.0" encoding="GBK"?>{people(PERSON)}'.encode("gbk"), "text/xml; charset=utf-8"),
    "a document and more": withheld(people(PERSON) + TEXT),
    "two documents": withheld(people(PERSON) * 2),
    "half a document": withheld(people(PERSON)[:-3]),
    "JSON as XML": withheld('{"name": "x"}'),
    "a page as XML": withheld(f"<p>{NAME}<br></p>"),
    "a drawing": withheld(people(PERSON), "image/svg+xml", "answer_not_declared"),
    "an error": Case(answering(people(PERSON).encode(), XML, "500 X"), 500, (HEAD + people(SHOWN)).encode(), asking={"target": "/report"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_declared_xml(declaring_front: Front, case: str) -> None:
    check(declaring_front, CASES[case])


def test_xml_flows(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    body = people(PERSON * 8_000).encode()
    answer = front.ask(chunked(XML, pieces_of(body, 50_001)), target="/report")
    assert (answer.status, answer.headers["content-type"], answer.is_whole) == (
        200,
        "application/xml; charset=utf-8",
        True,
    )
    assert answer.body.decode() == HEAD + people(SHOWN * 8_000)
    assert declaring.gateway.events()[-1]["yingbi"]["format"] == "xml"


@pytest.mark.parametrize("damage", ["</x>", "&n;", SIGNATURE, "\x01", f"<{NAME}"])
def test_a_failure_cuts_without_an_end(declaring: Rig, damage: str) -> None:
    front = Front(declaring, VERSIONS[0])
    body = ("<people>" + PERSON * 8_000 + damage + PERSON * 1_000 + "</people>").encode()
    answer = front.ask(chunked(XML, pieces_of(body)), target="/report")
    assert (answer.status, answer.is_whole, answer.tells) == (200, False, set())
    assert not ended(answer.received)


def test_xml_that_nobody_declared_is_not_sent_on(declaring: Rig) -> None:
    front = Front(declaring, VERSIONS[0])
    answer = front.ask(target="/people", method="POST", headers=(("content-type", XML),), body=b"<x/>")
    assert answer.status in (401, 415)
    assert declaring.behind.asked == []
