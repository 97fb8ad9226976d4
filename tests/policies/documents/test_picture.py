"""Pictures: what has to be hidden is painted over, what surrounds them in a file is gone, odd ones are withheld."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from policies.formats.masker import Withheld
from tests.policies.documents.drawn import encoded, picture
from tests.policies.documents.masked import ID_NO, MOBILE, NAME, masked, texts

LINES = ["办件回执", f"申请人：{NAME}", f"手机号 {MOBILE}"]
SIZE = (420, 220)


def said(data: bytes, name: str) -> str:
    """What can be read on a picture."""
    return " ".join(text for _, text, _ in texts(data, name))


def _with_everything_beside() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = ID_NO  # description
    exif[0x0112] = 3  # upside down
    made = picture(LINES, SIZE).rotate(180)
    return encoded(made, "jpeg", quality=92, exif=exif, comment=ID_NO.encode(), icc_profile=ID_NO.encode() * 10)


def test_a_photograph_keeps_its_way_up_and_nothing_that_was_written_into_it() -> None:
    taken = _with_everything_beside()
    made = masked(taken, "jpeg")
    assert ID_NO.encode() in taken
    assert ID_NO.encode() not in made
    with Image.open(io.BytesIO(made)) as opened:
        assert (opened.size, opened.mode, dict(opened.getexif())) == (SIZE, "RGB", {})
    read = said(made, "jpeg")
    assert "办件回执" in read
    assert "申请人" in read
    assert NAME not in read
    assert MOBILE[3:] not in read


def test_a_drawing_with_a_clear_ground_is_masked_as_it_is_seen() -> None:
    clear = picture(LINES[:2], (420, 140)).convert("L")
    drawn = Image.merge("LA", (Image.new("L", clear.size), clear.point(lambda level: 255 - level)))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", ID_NO)
    made = masked(encoded(drawn, "png", pnginfo=notes), "png")
    assert ID_NO.encode() not in made
    read = said(made, "png")
    assert "申请人" in read
    assert NAME not in read


def test_a_line_that_is_found_and_not_read_is_painted_over() -> None:
    mirrored = picture([f"身份证号{NAME}"] * 2, (420, 200), 30).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    with Image.open(io.BytesIO(masked(encoded(mirrored, "png"), "png"))) as opened:
        assert _black(mirrored) < 2 * 200 * 30 < _black(opened)


def _black(seen: Image.Image) -> int:
    """How many pixels are as good as black."""
    return sum(seen.convert("L").histogram()[:20])


def _animated() -> bytes:
    frames = [picture(["一"], (80, 60)), picture(["二"], (80, 60))]
    return encoded(frames[0], "png", save_all=True, append_images=frames[1:])


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "several in one": (_animated, "document_malformed"),
    "sixteen bits": (lambda: encoded(Image.new("I;16", (50, 50)), "png"), "document_malformed"),
    "colours of print": (lambda: encoded(Image.new("CMYK", (50, 50)), "jpeg"), "document_malformed"),
    "vast": (lambda: encoded(Image.new("1", (9000, 9000)), "png"), "too_large_to_mask"),
    "cut off": (lambda: encoded(picture(LINES, SIZE), "png")[:-200], "document_malformed"),
    "something behind it": (lambda: encoded(picture(LINES, SIZE), "png") + ID_NO.encode(), "document_malformed"),
    "another format": (lambda: encoded(picture(LINES, SIZE), "gif"), "document_malformed"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_picture_that_is_no_single_plain_one_is_withheld(make: Callable[[], bytes], reason: str) -> None:
    data = make()
    name = "png" if not data.startswith(b"\xff\xd8") else "jpeg"
    with pytest.raises(Withheld) as withheld:
        masked(data, name)
    assert withheld.value.reason == reason


@pytest.mark.property
@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(["png", "jpeg"]),
    st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=8)), min_size=1, max_size=3),
)
def test_a_broken_picture_is_withheld_or_written_anew(name: str, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(encoded(Image.new("RGB", (60, 60), "white"), name, comment=ID_NO.encode()))
    for at, octets in changes:
        at %= len(data)
        data[at : at + len(octets)] = octets
    try:
        made = masked(bytes(data), name)
    except Withheld:
        return
    assert ID_NO.encode() not in made
    with Image.open(io.BytesIO(made)) as opened:
        opened.load()
