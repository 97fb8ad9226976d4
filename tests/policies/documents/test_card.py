"""Cards and calendars: property by property."""

import pytest

from policies.documents.desk import masked_file, texts_in
from policies.formats.masker import Withheld

BEFORE, AFTER = "BEGIN:VCARD\r\n", "END:VCARD\r\n"
CASES: dict[str, tuple[str, str]] = {
    "a structured name in groups": ("item1.N;X=\"a:b\":大;牛\\;二;;;\r\n", "item1.N;X=\"a:b\":***;***;;;\r\n"),
    "a folded value": ("ADR:;;柳林\r\n 村;;;;\r\n", "ADR:;;***;;;;\r\n"),
    "a note in lines": ("NOTE:姓名：大牛\\n好\\, 行\r\n", "NOTE:姓名：***\\n好\\, 行\r\n"),
    "a note that says nothing": ("NOTE:好\\, 行\r\n  再见\r\n", "NOTE:好\\, 行\r\n  再见\r\n"),
    "a value in GBK, over lines": (
        "ADR;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:;;=C1=F8=\r\n=C1=D6;;;;\r\n",
        "ADR;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:;;***;;;;\r\n",
    ),
    "a note in base64": ("NOTE;ENCODING=B:5aeT5ZCN77ya5aSn54mb\r\n", "NOTE;ENCODING=B:5aeT5ZCN77yaKioq\r\n"),
    "what parts values": (
        "ORG:某局;张雪琴\r\nCATEGORIES:同事,张雪琴\r\nNOTE:张雪琴来过;甲\\,乙\r\n",
        "ORG:某局;***\r\nCATEGORIES:同事,***\r\nNOTE:***来过;甲\\,乙\r\n",
    ),
    "a picture": ("PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJ\r\n", "PHOTO;ENCODING=b;TYPE=JPEG:\r\n"),
    "who comes": (
        "ATTENDEE;CN=\"大牛\";X=1:mailto:a@b.cn\r\n", "ATTENDEE;CN=\"***\";X=1:mailto:***\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_card(name: str) -> None:
    before, after = (BEFORE + each + AFTER for each in CASES[name])
    out, tally = masked_file("a.vcf", before.encode())
    assert out.decode() == after
    assert bool(tally.found or tally.fields) == (before != after) or name == "a picture"
    assert list(texts_in("a.vcf", before.encode())) or name == "a picture"


@pytest.mark.parametrize(
    "data",
    [b"x", b"BEGIN:VCARD\nxx\n", b"BEGIN:VCARD\nFN;ENCODING=B:5!\n", b"BEGIN:VCARD\nFN;CHARSET=x;ENCODING=B:eA==\n"],
)
def test_a_card_that_cannot_be_read_is_withheld(data: bytes) -> None:
    with pytest.raises(Withheld):
        masked_file("a.vcf", data)
