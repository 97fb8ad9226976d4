"""Identifiers in disguise: which spellings of a number and of a name are found in text that is scanned, and which are not.

What is not found is a stated gap: a scan finds what people and programs write, not what somebody hides on purpose. So
operations declare their fields, and free text is masked as a whole for whoever may not see it.
"""

import base64
import gzip
import json
import zlib
from urllib.parse import quote

import pytest

from tests.evasion.cases import HTML, JSON, PLAIN, TEXT
from tests.rig import ID_NO, MOBILE, NAME, Rig, reads, shows_nothing
from tests.scripted import answering


def in_digits(zero: str) -> str:
    """The mobile number in the digits of the script whose zero is *zero*."""
    return "".join(chr(ord(zero) + int(digit)) for digit in MOBILE)


def spelled(number: str, spelling: str) -> str:
    return "".join(spelling.format(ord(char)) for char in number)


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def packed(text: str) -> str:
    return as_base64(text.encode())


def shown(answer: bytes) -> str:
    return reads(answer)[2].decode()


TOKEN = (
    f"eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(json.dumps({'phone': MOBILE}).encode()).decode().rstrip('=')}.c2ln"
)
WRITTEN = {
    "with tildes": "138~0013～8000",
    "with colons": "138:0013：8000",
    "with bars": "138|0013｜8000",
    "with marks of Chinese": "138、0013。8000",
    "with dots of leaving out": "138…0013…8000",
    "with lines of Japanese and of boxes": "138ー0013─8000",
    "in numerals with circles": "一三八○○一三八○○○",
    "in numerals in brackets": "㈠㈢㈧〇〇㈠㈢㈧〇〇〇",
    "in numerals, one by one": "、".join("一三八零零一三八零零零"),
    "in numerals with dots in the middle": "一三八·零零一三·八零零零",
    "in digits with commas": in_digits("\U0001f101"),
    "with blank braille": "\u2800".join(MOBILE),
    "with marks of music": "\U0001d173".join(MOBILE),
    "together": MOBILE,
    "in groups": "138 0013 8000",
    "with hyphens": "138-0013-8000",
    "with dashes": "138–0013—8000",
    "with dots": "138.0013.8000",
    "with dots in the middle": "138·0013·8000",
    "with underscores": "138_0013_8000",
    "with commas": "138,0013，8000",
    "with two hyphens": "138--0013--8000",
    "in brackets": "(138)0013-8000",
    "in wide brackets": "（138）0013-8000",
    "with tabs": "138\t0013\t8000",
    "with wide spaces": "138\u30000013\u30008000",
    "with thin spaces": "138\u20090013\u202f8000",
    "digit by digit": " ".join(MOBILE),
    "with a prefix": f"+86-{MOBILE}",
    "with a prefix in zeros": f"0086{MOBILE}",
    "within a word": f"abc{MOBILE}def",
    "in full width": in_digits("０"),
    "in Arabic digits": in_digits("٠"),
    "in Indian digits": in_digits("०"),
    "in Thai digits": in_digits("๐"),
    "in Tibetan digits": in_digits("༠"),
    "in digits of mathematics": in_digits("\U0001d7ce"),
    "raised": MOBILE.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")),
    "lowered": in_digits("₀"),
    "in circles": MOBILE.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")),
    "in boxes": "".join(f"{digit}\ufe0f\u20e3" for digit in MOBILE),
    "in Chinese": MOBILE.translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
    "in Chinese for money": MOBILE.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")),
    "as it is said": "幺三八零零幺三八零零零",
    "in the numerals of merchants": "〡〣〨〇〇〡〣〨〇〇〇",
    "in older numerals": "壹參捌零零壹參捌零零零",
    "in digits and numerals": "一3八00壹38〇零0",
    "with one numeral": f"{MOBILE[:10]}〇",
    "with marks of direction": "\u200f".join(MOBILE),
    "in a stretch that runs the other way": f"\u2067{MOBILE[:5]}\u2069{MOBILE[5:]}",
    "as base32": base64.b32encode(MOBILE.encode()).decode(),
    "as base32 in small letters": base64.b32encode(MOBILE.encode()).decode().lower().rstrip("="),
    "with nothing to see between": "\u200b".join(MOBILE),
    "with nothing to see before another": f"{MOBILE}\u200b{MOBILE}\ufeff12",
    "with soft hyphens": "\u00ad".join(MOBILE),
    "with an accent": f"1\u0301{MOBILE[1:]}",
    "with letters of tags": f"1\U000e0031{MOBILE[1:]}",
    "with fillers": "138\u31640013\u31648000",
    "with a bell": "138\a0013\a8000",
    "percent": spelled(MOBILE, "%{:02x}"),
    "percent of percent": spelled(MOBILE, "%25{:02x}"),
    "percent of old": spelled(MOBILE, "%u{:04x}"),
    "in letters of JavaScript": spelled(MOBILE, "\\u{:04x}"),
    "in long letters of JavaScript": spelled(MOBILE, "\\u{{{:04x}}}"),
    "in bytes of JavaScript": spelled(MOBILE, "\\x{:02x}"),
    "in letters of JavaScript, quoted": spelled(MOBILE, "\\\\u{:04x}"),
    "in references": spelled(MOBILE, "&#{};"),
    "in references without their end": spelled(MOBILE, "&#{}"),
    "in references to references": spelled(MOBILE, "&amp;#x{:x};"),
    "within tags": "138<b>0013</b>8000",
    "as base64": packed(MOBILE),
    "as base64 of base64": packed(packed(MOBILE)),
    "as base64 of more": packed(TEXT),
    "as base64 of gzip": base64.b64encode(gzip.compress(TEXT.encode(), mtime=0)).decode(),
    "as hexadecimal digits": MOBILE.encode().hex(),
    "in a token": TOKEN,
}  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN)
@pytest.mark.parametrize("content_type", [PLAIN, HTML, JSON])
def test_a_mobile_number_is_found(rig: Rig, content_type: str, case: str) -> None:
    """In text, in an attribute of a page, and in a string of JSON; whatever stands beside it stays."""
    text = f"见 {WRITTEN[case]} 。"
    body = {PLAIN: text, HTML: f'<p title="{text.replace("<", "&lt;")}">见</p>', JSON: json.dumps({"error": text})}
    answer = rig.ask(answering(body[content_type].encode(), content_type, "400 X" if content_type == JSON else "200 X"))
    assert shows_nothing(answer)
    assert "见" in shown(answer)
    assert "***" in shown(answer)


IDS = {
    "together": ID_NO,
    "in small letters": ID_NO.lower(),
    "a wide X": ID_NO.replace("X", "Ｘ"),
    "a Cyrillic X": ID_NO.replace("X", "Х"),
    "a Roman ten": ID_NO.replace("X", "Ⅹ"),
    "a sign of multiplication": ID_NO.replace("X", "×"),
    "in groups": "110105 19491231 002X",
    "in groups far apart": "110105  19491231  002X",
    "with slashes": "110105/19491231/002X",
    "with a date in brackets": "110105(19491231)002X",
    "in groups with commas": "110105,19491231，002X",
    "in groups further apart": "110105   19491231   002X",
    "with a date in it": "110105-1949-12-31-002X",
    "digit by digit": "-".join(ID_NO),
    "within letters": f"NO{ID_NO}XYZ",
    "with nothing to see between": "\u2060".join(ID_NO),
    "in Chinese": ID_NO.translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
    "percent": spelled(ID_NO, "%{:02X}"),
    "as base64": packed(ID_NO),
    "as hexadecimal digits": ID_NO.encode().hex().upper(),
    "as base32": base64.b32encode(ID_NO.encode()).decode(),
    "in digits and numerals": f"{ID_NO[:6]}一九四九{ID_NO[10:]}",
}  # fmt: skip


@pytest.mark.parametrize("case", IDS)
def test_a_resident_id_is_found(rig: Rig, case: str) -> None:
    answer = rig.ask(answering(f"见 {IDS[case]} 。".encode(), PLAIN))
    assert shows_nothing(answer)
    assert "***" in shown(answer)


NAMES = {
    "together": NAME,
    "spread": " ".join(NAME),
    "spread wide": "\u3000".join(NAME),
    "spread in a page": "&nbsp;".join(NAME),
    "with nothing to see between": "\u200b".join(NAME),
    "with tags between": "<b>".join(NAME),
    "in references": spelled(NAME, "&#{};"),
    "in references to references": spelled(NAME, "&amp;#{};"),
    "percent": quote(NAME),
    "in letters of JavaScript": spelled(NAME, "\\u{:04x}"),
    "in long letters of JavaScript": spelled(NAME, "\\u{{{:x}}}"),
    "in bytes, as programs write them": "".join(f"\\x{byte:02x}" for byte in NAME.encode()),
    "in octal digits, as logs write them": "".join(f"\\{byte:03o}" for byte in NAME.encode()),
    "as base64": packed(NAME),
    "as hexadecimal digits": NAME.encode().hex(),
}


@pytest.mark.parametrize("case", NAMES)
@pytest.mark.parametrize("place", ["<p>{}</p>", '<p title="{}">', "<script>x = '{}'</script>", "<!-- {} -->"])
def test_a_name_that_a_page_hides_is_found_wherever_it_stands(rig: Rig, place: str, case: str) -> None:
    page = f'<td class="col-name">{NAME}</td>{place.format(NAMES[case])}'
    answer = rig.ask(answering(page.encode(), HTML))
    assert shows_nothing(answer)
    assert '<td class="col-name">张**</td>' in shown(answer)


def test_a_mailbox_of_a_domain_in_chinese_is_found(rig: Rig) -> None:
    assert shown(rig.ask(answering("见 x@例子.中国 。".encode(), PLAIN))) == "见 *** 。"


def test_a_name_in_other_characters_is_found_behind_its_label(rig: Rig) -> None:
    assert shown(rig.ask(answering("联系人：張三豐".encode(), PLAIN))) == "联系人：***"


GAPS = {
    "with slashes": "138/0013/8000",
    "over two lines": "138\n00138000",
    "in a longer number": f"77{MOBILE}00",
    "as a power of ten": "1.3800138e10",
    "with signs of arithmetic": "138*0013+8000=",
    "in square brackets": "见 [138]0013[8000]",
    "far apart": "138    0013    8000",
    "in octal digits": spelled(MOBILE, "\\{:03o}"),
    "in hexadecimal digits, parted": MOBILE.encode().hex(":"),
    "as base64 of gzip with a wrong sum": f"见 {as_base64(gzip.compress(TEXT.encode(), mtime=0)[:-8] + bytes(8))}",
    "as base64 of gzip, far behind": f"见 {as_base64(gzip.compress(b' ' * 2_000_000 + MOBILE.encode(), mtime=0))}",
    "as base64 of bare deflate": f"见 {as_base64(zlib.compress(TEXT.encode(), wbits=-15))}",
    "from behind": MOBILE[::-1],
    "from behind, and drawn from behind": f"\u202e{MOBILE[::-1]}\u202c",
    "letters like digits": "l38OO138OOO",
    "for mail": spelled(MOBILE, "={:02X}"),
    "put together by a script": '"138" + "0013" + "8000"',
    "number by number": "1,3,8,0,0,1,3,8,0,0,0",
    "a name in Latin letters": "Zhang Sanfeng",
}


@pytest.mark.parametrize("case", GAPS)
def test_a_gap_is_a_gap(rig: Rig, case: str) -> None:
    """Nothing of these is found. Whoever closes a gap moves its row."""
    assert shown(rig.ask(answering(GAPS[case].encode(), PLAIN))) == GAPS[case]
