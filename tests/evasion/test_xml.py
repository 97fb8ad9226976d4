"""XML that nobody declared is not read: under no name, in no shape, does any of it leave. Only XHTML is, as a page."""

import pytest

from tests.evasion.cases import CELL, CELL_MASKED, JSON, TEXT, Case, check, shows, withholds
from tests.front import Front
from tests.rig import MOBILE, NAME
from tests.scripted import answering

TYPES = (
    "application/xml", "text/xml", "application/soap+xml", "application/atom+xml", "application/rss+xml",
    "application/vnd.x+xml", "image/svg+xml", "application/xslt+xml", "application/mathml+xml",
)  # fmt: skip
DOCUMENTS = {
    "text": f"<people><name>{NAME}</name></people>",
    "an attribute": f'<people name="{NAME}" phone="{MOBILE}"/>',
    "a section": f"<x><![CDATA[{TEXT}]]></x>",
    "a comment": f"<x><!-- {TEXT} --></x>",
    "an instruction": f"<?people {NAME} {MOBILE}?><x/>",
    "names": f"<x xmlns:n='urn:{MOBILE}'><n:{NAME}/></x>",
    "an entity": f'<!DOCTYPE x [<!ENTITY n "{NAME}">]><x>&n;</x>',
    "an entity from elsewhere": '<!DOCTYPE x [<!ENTITY n SYSTEM "file:///etc/passwd">]><x>&n;</x>',
    "entities that grow": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "references": f"<x>{''.join(f'&#{ord(char)};' for char in TEXT)}</x>",
}
AS_XHTML = {
    "XHTML": (f'<html xmlns="http://www.w3.org/1999/xhtml">{CELL}</html>', f'<html xmlns="http://www.w3.org/1999/xhtml">{CELL_MASKED}</html>'),
    "XHTML with a section": (f"{CELL}<p><![CDATA[{NAME} {MOBILE}]]></p>", f"{CELL_MASKED}<p><![CDATA[*** ***]]></p>"),
    "XHTML with an instruction": (f"<?x {MOBILE}?>{CELL}", f"<?x ***?>{CELL_MASKED}"),
    "XHTML with entities": (f'<!DOCTYPE html [<!ENTITY n "{NAME}">]>{CELL}', f"<!DOCTYPE html>]>{CELL_MASKED}"),
}  # fmt: skip
CASES = {
    **{f"{name} as {said}": withholds(body, said, "answer_not_declared") for said in TYPES for name, body in DOCUMENTS.items()},
    **{name: shows(body, "application/xhtml+xml", shown) for name, (body, shown) in AS_XHTML.items()},
    "XML as JSON": withholds(DOCUMENTS["text"], JSON, "answer_unreadable"),
    "an error in XML": Case(answering(b"<x/>", "application/xml", "500 X"), 500, reason="page_of_an_error"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_xml(front: Front, case: str) -> None:
    check(front, CASES[case])
