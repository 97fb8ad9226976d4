"""What was read of a picture once is not read again: who looks at a document and then masks it asks no eye twice."""

import io

import msgspec
import pytest
from PIL import Image

from policies.documents.document import Bounds, Clock
from policies.documents.look import Look
from policies.documents.registry import Inner, by_name, learnt_and_masked
from policies.formats.masker import Withheld
from tests.policies.documents.drawn import encoded, picture
from tests.policies.documents.made import packed, parts
from tests.policies.documents.masked import ID_NO
from tests.policies.formats.masking import REMARK, UNDECLARED, tally

DRAWN = encoded(picture(["回执", f"身份证号 {ID_NO}"], (520, 150)), "png")
NOTHING = msgspec.msgpack.encode([])


def within() -> Inner:
    return Inner(("png", "zip"), Bounds(), Clock(60))


def look() -> Look:
    return Look(UNDECLARED, REMARK, tally())


def black(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as opened:
        return sum(opened.convert("L").histogram()[:20])


def test_what_is_remembered_is_what_was_read_and_is_not_read_again() -> None:
    png, here = by_name()["png"], within()
    told = [text.text for text in png.texts(DRAWN, here)]
    assert ID_NO in "".join(told)
    (digest,) = here.remembered(DRAWN)
    again = here.afresh()
    assert png.mask(DRAWN, look(), again) == png.mask(DRAWN, look(), within())
    again.remember(DRAWN, digest, NOTHING)
    assert black(png.mask(DRAWN, look(), again)) == black(DRAWN), "as if nothing had been seen"


def test_a_picture_in_a_package_is_read_once() -> None:
    data, here = packed({"a.png": DRAWN}), within()
    made = learnt_and_masked(by_name()["zip"], data, look(), here)
    assert len(here.remembered(DRAWN)) == 1
    assert black(parts(made)["a.png"]) > 2 * black(DRAWN)


def test_what_is_remembered_wrongly_withholds() -> None:
    png, here = by_name()["png"], within()
    list(png.texts(DRAWN, here))
    (digest,) = here.remembered(DRAWN)
    here.remember(DRAWN, digest, b"\xff")
    with pytest.raises(Withheld):
        png.mask(DRAWN, look(), here)
