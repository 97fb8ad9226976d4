"""Mails as files: who writes and gets one, what it says and what is with it."""

import base64
import contextlib
from email import charset, message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.documents.desk import masked_file, texts_in
from policies.formats.masker import Withheld
from tests.policies.documents.made import NAME


def coded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


CASES: dict[str, tuple[bytes, bytes]] = {
    "a mail without parts": (
        "From: 大牛 <a@b.cn>\r\nSubject: x\r\n\r\n姓名：二妞\r\n".encode(),
        "From: *** <***>\r\nSubject: x\r\n\r\n姓名：***\r\n".encode(),
    ),
    "several who get it, over lines": (
        b"To: a@b.cn,\n c@d.cn\nDate: Mon, 2 Mar 2026 10:00:00 +0800\n\nx\n",
        b"To: ***, ***\nDate: Mon, 2 Mar 2026 10:00:00 +0800\n\nx\n",
    ),
    "the thread and the road": (
        b"Message-ID: <1.2@b.cn>\nReceived: from x by y\n for <a@b.cn>; Mon, 2 Mar 2026 10:00:00 +0800\n\nx\n",
        b"Message-ID: <1.2@b.cn>\nReceived: from x by y for <***>; Mon, 2 Mar 2026 10:00:00 +0800\n\nx\n",
    ),
    "an address where a mail is identified, and a number that identifies one": (
        b"Message-ID: wangxq@b.cn\nIn-Reply-To: <13800138000@b.cn>\nReferences: <1.2@b.cn> <a.13800138000@b.cn>\n\nx\n",
        b"Message-ID: ***\nIn-Reply-To: <***@b.cn>\nReferences: <1.2@b.cn> <a.13800138000@b.cn>\n\nx\n",
    ),
    "a mail in a mail": (
        b"Subject: x\nContent-Type: message/rfc822\n\nFrom: a@b.cn\n\nx\n",
        b"Subject: x\nContent-Type: message/rfc822\n\nFrom: ***\n\nx\n",
    ),
    "a page with what it shows": (
        b"From: <x>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n"
        b"--b\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<p>=D0=D5=C3=FB=A3=BA=B4=F3=C5=A3</p>\n--b--\n",
        b"From: ***\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n"
        b"--b\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<p>=D0=D5=C3=FB=A3=BA***</p>\n--b--\n",
    ),
    "a header beside words that are coded": (
        "Subject: =?gbk?B?zfXQocP3?= 的申请\u00e9\U00020021C:\\users\n\nx\n".encode(),
        f"Subject: {coded('*** 的申请\u00e9\U00020021C:\\users')}\n\nx\n".encode(),
    ),
    "a name beside words that are coded": (
        "Subject: =?gbk?B?yerH6w==?= 姓名：二妞\n\nx\n".encode(),
        f"Subject: {coded('申请 姓名：***')}\n\nx\n".encode(),
    ),
    "a charset of seven bits": (
        b"Content-Type: text/plain; charset=hz-gb-2312\n\n" + "姓名：二妞\n".encode("hz"),
        b"Content-Type: text/plain; charset=hz-gb-2312\n\n" + "姓名：***\n".encode("hz"),
    ),
    "and by its other name": (
        b"Content-Type: text/plain; charset=hz\n\n" + "姓名：二妞\n".encode("hz"),
        b"Content-Type: text/plain; charset=hz\n\n" + "姓名：***\n".encode("hz"),
    ),
    "where a page was that was saved": (
        "Content-Location: http://a/?xm=大牛&sjh=13800138000\n\nx\n".encode(),
        b"Content-Location: http://a/?xm=***&sjh=***\n\nx\n",
    ),
    "where it was, in percent codes": (
        b"Snapshot-Content-Location: http://a/?xm=%E5%A4%A7%E7%89%9B&a=1\n\nx\n",
        b"Snapshot-Content-Location: http://a/?xm=***&a=1\n\nx\n",
    ),
    "which part of it that is": (
        b"Content-Location: cid:css-1b7d0a8f@mhtml.blink\n\nx\n",
        b"Content-Location: cid:css-1b7d0a8f@mhtml.blink\n\nx\n",
    ),
    "nothing of anybody's": (
        b"Subject: =?utf-8?B?6YCa55+l?=\r\nContent-Transfer-Encoding: base64\r\n\r\n6YCa55+l\r\n",
        b"Subject: =?utf-8?B?6YCa55+l?=\r\nContent-Transfer-Encoding: base64\r\n\r\n6YCa55+l\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_mail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However libraries that send mail have others of this process write it."""
    monkeypatch.setitem(charset.CHARSETS, "utf-8", (charset.QP, charset.QP, "utf-8"))
    before, after = CASES[name]
    out, tally = masked_file("a.eml", before)
    assert out == after
    assert bool(tally.found or tally.fields) == (before != after)


def test_what_is_with_a_mail_is_masked_as_what_it_is_and_the_mail_is_still_one() -> None:
    mail = EmailMessage(policy.SMTP)
    mail["From"], mail["Subject"] = f"{NAME} <wxm@b.cn>", "名单"
    mail.set_content("见附件", cte="base64")
    mail.add_alternative("<p>姓名：四喜</p>", subtype="html")
    mail.add_attachment("姓名,单位\r\n大牛,补办\r\n".encode("gb18030"), "text", "csv", filename=f"{NAME}.csv")
    mail.add_attachment(b'{"xm": "x"}', "application", "json", filename="a.json")
    out, _ = masked_file("a.eml", mail.as_bytes())
    after = message_from_bytes(out, policy=policy.default)
    parts = [part for part in after.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/csv", "application/json"]
    assert [part.get_payload(decode=True) for part in parts] == [
        "见附件\r\n".encode(), "<p>姓名：***</p>\r\n".encode(), "姓名,单位\r\n***,补办\r\n".encode("gb18030"),
        b'{"xm": "***"}',
    ]  # fmt: skip
    assert [part.get_filename() for part in parts] == [None, None, "___.csv", "a.json"]
    assert not any(part.defects for part in after.walk())
    assert NAME not in "".join(text.place for text in texts_in("a.eml", mail.as_bytes()))


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n",
        b"Subject: x\nContent-Transfer-Encoding: base64\n\n5byg5Li!\n",
        b"Subject: x\nContent-Type: text/plain; charset=x-none\n\nx\n",
        b"Subject: =?x-none?B?6YCa?=\n\nx\n",
        b'Subject: x\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nx\n',
        b"Subject: x\nContent-Type: multipart/mixed\n\nx\n",
        b'Subject: x\nContent-Type: multipart/signed; boundary="b"\n\n--b\n\nx\n--b--\n',
        b"Subject: x\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(bytes(99)),
        b"not a mail",
        b"Subject: =?utf-8?b?5byg5?=\r\nFrom: a@b.example\r\n\r\n",
    ],
)
def test_a_mail_that_cannot_be_read_is_withheld(data: bytes) -> None:
    with pytest.raises(Withheld):
        masked_file("a.eml", data)
    with pytest.raises(Withheld):
        list(texts_in("a.eml", data))


@settings(max_examples=25)
@given(st.sampled_from([before for before, _ in CASES.values()]), st.integers(0, 400), st.binary(max_size=6))
def test_a_broken_mail_is_masked_or_withheld(data: bytes, at: int, put: bytes) -> None:
    with contextlib.suppress(Withheld):
        masked_file("a.eml", data[:at] + put + data[at + len(put) :])
