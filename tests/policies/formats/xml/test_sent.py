"""What of the XML that callers send can be read in one way only, and how it is spelled anew."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.masker import Withheld
from policies.formats.xml.sent import MOST_PARTS, read_xml, spell_xml

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPELLED = {
    "a section": ("<a><![CDATA[<x>&]]></a>", "<a>&lt;x&gt;&amp;</a>"),
    "a comment within a value": ("<a>138<!-- x -->0013</a>", "<a>1380013</a>"),
    "an instruction within a value": ("<a>138<?x y?>0013</a>", "<a>1380013</a>"),
    "references": ("<a b='&#34;&#x4E2D;'>&#49;&lt;</a>", '<a b="&quot;中">1&lt;</a>'),
    "namespaces": ("<p:a xmlns:p='urn:x' p:b='1'/>", '<p:a xmlns:p="urn:x" p:b="1"/>'),
    "a mark and a declaration": ("\ufeff<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>", "<a/>"),
    "what lies around": ("<!-- x --><?x y?><a> <b/> </a><!-- x -->", "<a> <b/> </a>"),
}
REFUSED = {
    "nothing": "",
    "no XML": "{}",
    "half": "<a>",
    "two": "<a/><b/>",
    "another version": "<?xml version='1.1'?><a/>",
    "another charset": "<?xml version='1.0' encoding='GBK'?><a/>",
    "a type": "<!DOCTYPE a><a/>",
    "an entity": '<!DOCTYPE a [<!ENTITY n "x">]><a>&n;</a>',
    "an entity from elsewhere": '<!DOCTYPE a [<!ENTITY n SYSTEM "file:///etc/passwd">]><a>&n;</a>',
    "an entity of nobody": "<a>&n;</a>",
    "an attribute twice": "<a b='1' b='2'/>",
    "an attribute twice by namespace": "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>",
    "a prefix of nothing": "<p:a/>",
    "a namespace that tells": "<a xmlns:p='urn:13800138000'/>",
    "a signature": "<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>",
    "an inclusion": "<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='/etc/passwd'/></a>",
    "too deep": "<a>" * 65 + "</a>" * 65,
    "too many elements": f"<a>{'<b/>' * MOST_PARTS}</a>",
    "too many attributes": f"<a>{'<b c="" d=""/>' * (MOST_PARTS // 3 + 1)}</a>",
    "a control": "<a>\x01</a>",
}


@pytest.mark.parametrize("case", SPELLED)
def test_what_is_understood_is_spelled(case: str) -> None:
    came, goes = SPELLED[case]
    assert spell_xml(read_xml(came.encode(), frozenset())).decode() == HEAD + goes


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_read_otherwise_is_refused(case: str) -> None:
    with pytest.raises(Withheld):
        read_xml(REFUSED[case].encode(), frozenset())


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "gbk", "utf-7"])
def test_another_charset_is_refused(codec: str) -> None:
    with pytest.raises(Withheld):
        read_xml("<a>张伟+ADw-</a>".encode(codec) if codec != "utf-7" else b"+ADw-a/+AD4-", frozenset())


def test_as_many_parts_as_may_be() -> None:
    assert len(read_xml(f"<a>{'<b/>' * (MOST_PARTS - 1)}</a>".encode(), frozenset()).content) == MOST_PARTS - 1


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff")
)


@given(TEXT, TEXT)
def test_any_text_means_the_same_to_the_next_parser(text: str, value: str) -> None:
    root = ElementTree.Element("a", {"b": value})
    root.text = text
    goes = ElementTree.fromstring(spell_xml(read_xml(ElementTree.tostring(root, "utf-8"), frozenset())))
    came = ElementTree.fromstring(ElementTree.tostring(root, "utf-8"))
    assert ((goes.text or ""), goes.attrib) == ((came.text or ""), came.attrib)
