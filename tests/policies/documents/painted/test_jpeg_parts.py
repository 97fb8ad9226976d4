"""What is left of a JPEG, and what is none."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from policies.documents.painted.jpeg_parts import only_picture

SECRET = b"110101199003074514"


def jpeg(**how: object) -> bytes:
    written = io.BytesIO()
    Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 40).convert("RGB").save(written, "JPEG", **how)
    return written.getvalue()


def test_the_picture_is_the_same_and_nothing_else_is_left() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    written = jpeg(exif=exif, comment=SECRET, icc_profile=SECRET) + SECRET
    plain = only_picture(written)
    assert written.count(SECRET) == 4
    assert plain is not None
    assert SECRET not in plain
    with Image.open(io.BytesIO(plain)) as left, Image.open(io.BytesIO(written)) as right:
        assert left.tobytes() == right.tobytes()


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\x89PNG", jpeg()[:60], b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 9]
)
def test_what_is_no_jpeg_is_none(data: bytes) -> None:
    assert only_picture(data) is None


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_not(data: bytes) -> None:
    only_picture(b"\xff\xd8\xff" + data)
