import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind, Masker, Withheld
from policies.formats.xml import body as xml_body
from policies.formats.xml.body import LARGEST_UNIT, LONGEST_TOKEN, XmlMasker, XmlShape
from policies.transforms.spec import Redact
from tests.policies.formats.masking import (
    DIGESTER,
    NAME,
    NOTHING,
    PUBLIC,
    RECORD,
    REMARK,
    UNDECLARED,
    action,
    cuts,
    in_pieces,
    tally,
    whole,
)  # fmt: skip

ID_NO = "11010519491231002X"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
BLOCKED = action(20, Redact(), Kind.BLOCK)
HIDDEN = Value(UNDECLARED)


def shape(*, unsigned_copy: bool = False, record: Object = RECORD) -> XmlShape:
    people = Object(
        {
            "{}person": record, "{urn:p}person": record, "{}total": Value(PUBLIC),
            "{}notes": Object({"{}note": Value(REMARK)}, HIDDEN), "{}blocked": Value(BLOCKED),
            "{}null": Value(NOTHING), "@{}of": Value(PUBLIC), "@{urn:p}by": Value(NAME),
        },
        HIDDEN,
    )  # fmt: skip
    root = Object({"{}people": people, "{urn:p}people": people, "{}person": record, "{}total": Value(PUBLIC)}, HIDDEN)
    return XmlShape(root, frozenset({"urn:p"}), unsigned_copy)


def maker(charset: str = "", *, unsigned_copy: bool = False) -> Callable[[], XmlMasker]:
    return lambda: XmlMasker(shape(unsigned_copy=unsigned_copy), UNDECLARED, tally(), charset)


def masked(body: str | bytes, charset: str = "", *, unsigned_copy: bool = False) -> str:
    out = whole(maker(charset, unsigned_copy=unsigned_copy), body.encode() if isinstance(body, str) else body).decode()
    assert out.startswith(HEAD)
    ET.fromstring(out)
    return out.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<people><person><id>1</id><name>张三丰</name></person></people>",
            "<people><person><id>1</id><name>张**</name></person></people>",
        ),
        ("<people><person id='1' name='张三丰'/></people>", '<people><person id="1" name="张**"/></people>'),
        ("<person><name>\n 张三丰\n</name></person>", "<person><name>\n 张**\n</name></person>"),
        ("<people of='x'>\n <total>2</total>\n</people>", '<people of="x">\n <total>2</total>\n</people>'),
        ("<total>5</total>", "<total>5</total>"),
        # What nobody declared is hidden, wherever it stands.
        ("<x>张三</x>", "<x>***</x>"),
        ("<x y='张三'><z>李四</z>王五<z/></x>", '<x y="***"><z>***</z>***<z/></x>'),
        ("<people>张三<person/>李四</people>", "<people>***<person/>***</people>"),
        ("<people by='张三' x='李四'/>", '<people by="***" x="***"></people>'),
        ("<person>张三<new>x</new></person>", "<person>***<new>***</new></person>"),
        ("<person><name lang='李四'>张三</name></person>", '<person><name lang="***">张**</name></person>'),
        (
            "<person><name><first>三丰</first>张</name></person>",
            "<person><name><first>***</first>***</name></person>",
        ),
        ("<total><x>5</x></total>", "<total><x>***</x></total>"),
        ("<people><total of='张三'>5</total></people>", '<people><total of="***">5</total></people>'),
        ("<x><total>5</total></x>", "<x><total>***</total></x>"),
        # Names may be data themselves.
        (
            "<people><张三 李四='x' 王五='y'>z</张三></people>",
            '<people><_hidden _hidden1="***" _hidden2="***">***</_hidden></people>',
        ),
        # The same in other words.
        ("<person><name><![CDATA[张<三>]]></name></person>", "<person><name>张**</name></person>"),
        ("<person><name>&#24352;三&#x4E30;</name></person>", "<person><name>张**</name></person>"),
        ("<person><name>张<!-- 三丰 --><?x 三丰?>三丰</name></person>", "<person><name>张**</name></person>"),
        ("<!-- 张三 --><?x 张三?><total>1</total><!-- 张三 -->", "<total>1</total>"),
        ("<total>&lt;&amp;&gt;&quot;&#13;</total>", '<total>&lt;&amp;&gt;"&#13;</total>'),
        ("<people of='&lt;&amp;&quot;&#9;&#10;'/>", '<people of="&lt;&amp;&quot;&#9;&#10;"></people>'),
        # Namespaces.
        (
            "<p:people xmlns:p='urn:p'><p:person><p:name>张三丰</p:name></p:person></p:people>",
            '<p:people xmlns:p="urn:p"><p:person><p:name>张**</p:name></p:person></p:people>',
        ),
        (
            "<people xmlns='urn:p'><person><name>张三丰</name></person></people>",
            '<people xmlns="urn:p"><person><name>张**</name></person></people>',
        ),
        (
            "<p:people xmlns:p='urn:p'><p:person><name>张三丰</name></p:person></p:people>",
            '<p:people xmlns:p="urn:p"><p:person><name>张**</name></p:person></p:people>',
        ),
        (
            "<people xmlns='urn:q'><person><name>张三丰</name></person></people>",
            '<people xmlns="urn:q"><person><name>***</name></person></people>',
        ),
        (
            "<people><person xmlns:q='urn:q'><q:id>1</q:id></person></people>",
            '<people><person xmlns:q="urn:q"><q:id>***</q:id></person></people>',
        ),
        ("<people xmlns:p='urn:p' p:by='张三' of='2'/>", '<people xmlns:p="urn:p" p:by="张**" of="2"></people>'),
        ("<people xmlns:p='urn:p' p:of='2'/>", '<people xmlns:p="urn:p" p:of="***"></people>'),
        ("<person xmlns:p='urn:p' p:id='2'/>", '<person xmlns:p="urn:p" p:id="***"/>'),
        # How a document is to be read.
        ("<x xml:lang='zh-CN' xml:space='preserve'/>", '<x xml:lang="zh-CN" xml:space="preserve"/>'),
        ("<x xml:lang='张三'/>", '<x xml:lang="***"/>'),
        (
            "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'"
            " i:type='xs:int' i:schemaLocation='urn:a b'/>",
            '<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" i:type="xs:int"/>',
        ),
        (
            "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='a13800138000'/>",
            '<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="***"/>',
        ),
        # Dropped, whether there was anything or not; where it is null, it stays.
        ("<person><secret>a</secret><id>1</id><secret/></person>", "<person><id>1</id></person>"),
        ("<person secret='a' id='1'/>", '<person id="1"/>'),
        ("<person><secret><a>b</a></secret></person>", "<person/>"),
        ("<people><null>张三</null></people>", "<people><null/></people>"),
        # Free text, once what is hidden beside it is known, before it or behind.
        (
            "<person><remark>找欧阳若曦，13800138000</remark><name>欧阳若曦</name></person>",
            "<person><remark>找***，***</remark><name>欧**</name></person>",
        ),
        ('<person remark="/l?xm=贺芷兰&amp;p=2"/>', '<person remark="/l?xm=***&amp;p=2"/>'),
        ("<person remark='找欧阳若曦'><secret>欧阳若曦</secret></person>", '<person remark="找***"/>'),
        (
            "<people><notes><note>电话13800138000</note></notes></people>",
            "<people><notes><note>电话***</note></notes></people>",
        ),
        ("<people><blocked/></people>", "<people><blocked/></people>"),
    ],
)  # fmt: skip
def test_what_becomes_of_documents(body: str, expected: str) -> None:
    assert masked(body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not_xml"), (" ", "not_xml"), ("<x>", "not_xml"), ("<x></y>", "not_xml"), ("<x/><y/>", "not_xml"),
        ("<x/>张三", "not_xml"), ("<x a='1' a='2'/>", "not_xml"), ("<x>&n;</x>", "not_xml"), ("<p:x/>", "not_xml"),
        ("{}", "not_xml"), ("<p>x<br></p>", "not_xml"), ("<x>\x01</x>", "not_xml"),
        ("<!DOCTYPE x><x/>", "xml_declares_entities"),
        ('<!DOCTYPE x [<!ENTITY n "张三">]><x>&n;</x>', "xml_declares_entities"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>', "xml_declares_entities"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>', "xml_declares_entities"),
        ("<x xmlns:n='urn:13800138000'/>", "namespace_tells"),
        ("<x xmlns:n='urn:张三'/>", "namespace_tells"), ("<x xmlns:n='张三'/>", "namespace_tells"),
        ("<张三:x xmlns:张三='urn:p'/>", "namespace_tells"),
        ("<people><blocked>x</blocked></people>", "value_blocked"),
        ("<people><blocked><x/></blocked></people>", "value_blocked"),
        ("<x>" * 65 + "</x>" * 65, "nested_too_deeply"), ("<people>" * 65, "nested_too_deeply"),
        ('<?xml version="1.1"?><x/>', "wrong_charset|not_xml"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><x/>', "unknown_charset"),
        ("<people><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></people>", "answer_signed"),
        ("<s:Signature xmlns:s='http://www.w3.org/2000/09/xmldsig#'/>", "answer_signed"),
        ("<person><s:Signature xmlns:s='http://www.w3.org/2000/09/xmldsig#'/></person>", "answer_signed"),
        ("<x>" + "<y/>" * (LARGEST_UNIT // 100 + 1), "too_large_to_mask"),
        ("<x>" + "y" * LARGEST_UNIT, "too_large_to_mask"), ("<people>yy" + "y" * LARGEST_UNIT, "too_large_to_mask"),
    ],
)  # fmt: skip
def test_what_is_withheld(body: str, reason: str) -> None:
    with pytest.raises(Withheld, match=reason):
        masked(body)


CHINESE = "<person><name>张三丰</name><id>一</id></person>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (CHINESE.encode(), ""), (CHINESE.encode(), "utf-8"), (b"\xef\xbb\xbf" + CHINESE.encode(), ""),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + CHINESE.encode(), "UTF-8"),
        (('<?xml version="1.0" encoding="GBK"?>' + CHINESE).encode("gbk"), ""),
        (("<?xml version='1.0'\n encoding = 'gb18030' standalone='yes'?>" + CHINESE).encode("gb18030"), "gb2312"),
        (CHINESE.encode("gbk"), "gbk"),
    ],
)  # fmt: skip
def test_charsets_are_read_as_they_are_said(body: bytes, charset: str) -> None:
    assert masked(body, charset) == "<person><name>张**</name><id>一</id></person>"
    assert in_pieces(maker(charset), body, list(range(len(body)))) == whole(maker(charset), body)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (CHINESE.encode("gbk"), ""), (CHINESE.encode("gbk"), "utf-8"), (CHINESE.encode(), "gbk"),
        (CHINESE.encode("utf-16"), ""), (CHINESE.encode("utf-16"), "utf-16"), (CHINESE.encode("utf-16-le"), ""),
        (('<?xml version="1.0" encoding="GBK"?>' + CHINESE).encode("gbk"), "utf-8"),
        (('<?xml version="1.0" encoding="GBK"?>' + CHINESE).encode(), ""),
        (('<?xml version="1.0" encoding="utf-8"?>' + CHINESE).encode("gbk"), "gbk"),
        (('<?xml version="1.0" encoding="UTF-16"?>' + CHINESE).encode(), ""),
        ((b'<?xml version="1.0" encoding="utf-7"?><x>+ZZg-</x>'), ""),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="GBK"?><x/>', ""),
        (b"<?xml" + b" " * 2000 + b'version="1.0" encoding="GBK"?><x/>', ""),
    ],
)  # fmt: skip
def test_a_charset_in_doubt_is_withheld(body: bytes, charset: str) -> None:
    for pieces in ([], list(range(len(body)))):
        with pytest.raises(Withheld):
            in_pieces(maker(charset), body, pieces)


def test_a_copy_without_signatures_says_so() -> None:
    signature = "<s:Signature xmlns:s='http://www.w3.org/2000/09/xmldsig#'><s:KeyName>张三</s:KeyName></s:Signature>"
    body = f"<people>{signature}<person>{signature}<id>1</id></person></people>"
    assert masked(body, unsigned_copy=True) == "<?yingbi unsigned-copy?>\n<people><person><id>1</id></person></people>"


def test_what_is_withheld_at_the_end_was_not_shown_before() -> None:
    masker = maker()()
    out = masker.feed(b"<people><person><name>\xe5\xbc\xa0\xe4\xb8\x89</name>")
    assert b"person" not in b"".join(out)
    with pytest.raises(Withheld):
        masker.feed(b"</people>")


def test_subjects_and_values_are_counted() -> None:
    masker = maker()()
    masker.feed(f"<people><person id_no='{ID_NO}'><name>张三</name><secret/></person>".encode())
    taken = masker.tally.take()
    assert list(taken.subjects) == [DIGESTER(ID_NO)]
    assert dict(taken.fields) == {2: 1, 3: 1, 7: 1}
    masker.feed(f"<person><id_no>{ID_NO}</id_no><id_no> {ID_NO}</id_no></person>".encode())
    assert list(masker.tally.take().subjects) == [DIGESTER(ID_NO)]
    masker.feed(f"<person id_no='{ID_NO}'><id_no>330105196811044834</id_no></person>".encode())
    assert masker.tally.take().has_unreadable
    masker.feed(b"<person><id_no><x/></id_no></person>")
    assert masker.tally.take().has_unreadable


def test_any_token_has_an_end() -> None:
    for start in ("<!--", "<?x ", "<x y='", "<x"):
        body = (start + "x" * (LONGEST_TOKEN + 1)).encode()
        with pytest.raises(Withheld, match="too_large_to_mask"):
            in_pieces(maker(), body, list(range(0, len(body), 65536)))


names = st.sampled_from(["people", "person", "name", "id", "remark", "secret", "x", "张三", "p:person", "p:name"])
values = st.text(st.sampled_from("张三丰a1<&>\"' \n\r\t]]>电话13800138000"), max_size=12)


def escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@st.composite
def documents(draw: st.DrawFn, depth: int = 0) -> str:
    name = "p:people" if not depth else draw(names)
    spaces = ' xmlns:p="urn:p"' if not depth else ""
    attributes = "".join(f' {each}="{escaped(draw(values))}"' for each in draw(st.sets(names, max_size=2)))
    within = st.one_of(values.map(escaped), *([documents(depth + 1)] if depth < 3 else []))
    return f"<{name}{spaces}{attributes}>{''.join(draw(st.lists(within, max_size=4)))}</{name}>"


@given(documents(), cuts)
def test_any_split_gives_the_same_document(document: str, places: list[int]) -> None:
    body = document.encode()
    expected = whole(maker(), body)
    assert in_pieces(maker(), body, places) == expected
    assert in_pieces(maker(), body, list(range(len(body)))) == expected
    assert "张三丰" not in expected.decode()
    ET.fromstring(expected)
    assert whole(maker(), expected).decode().count("<") == expected.decode().count("<"), "masked again it is the same"


def test_records_go_when_they_have_come() -> None:
    masker: Masker = maker()()
    out = b""
    for number in range(3):
        out = b"".join(masker.feed(b"<people>" * (not number) + b"<person><id>%d</id></person>" % number + b" " * 9))
        assert b"<id>%d</id>" % number in out, "at once"


def test_limits_are_those_of_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_body, "LARGEST_UNIT", 450)
    assert masked("<people>" + "<person><id>1</id></person>" * 50 + "</people>").count("<id>") == 50
    with pytest.raises(Withheld):
        masked("<people><person>" + "<id>1</id>" * 5 + "</person></people>")


def test_actions_of_a_field_hold_for_all_that_is_called_so() -> None:
    shown: Action = action(5, kind=Kind.SHOW)
    record = Object({"address": Value(shown)}, HIDDEN)
    made = XmlMasker(shape(record=record), UNDECLARED, tally(), "")
    out = b"".join([*made.feed(b"<person><address>a</address><address>b</address></person>"), *made.close()])
    assert out.decode() == HEAD + "<person><address>a</address><address>b</address></person>"
