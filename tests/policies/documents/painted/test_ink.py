"""What lies below coloured ink, and what is too faint to be seen."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from policies.documents.painted.ink import below, faint


def page(ground: int, ink: int, *, seen: int | None = None) -> Image.Image:
    picture = Image.new("RGB", (320, 160), (ground,) * 3)
    draw = ImageDraw.Draw(picture)
    draw.text((20, 20), "13800138000", fill=(ink,) * 3, font_size=24)
    if seen is not None:
        draw.text((20, 100), "13800138000", fill=(seen,) * 3, font_size=24)
    return picture


@pytest.mark.parametrize(("ground", "ink"), [(255, 254), (255, 240), (0, 3), (24, 20)])
def test_what_hardly_differs_from_its_ground_is_black_on_white(ground: int, ink: int) -> None:
    found = faint(page(ground, ink, seen=128))
    assert found is not None
    dark = np.asarray(found.convert("L")) < 128
    assert dark[20:50].any()
    assert not dark[80:].any()


@pytest.mark.parametrize("quality", [30, 85])
def test_edges_of_what_is_seen_are_not_faint(quality: int) -> None:
    written = io.BytesIO()
    page(255, 0, seen=90).save(written, "JPEG", quality=quality)
    assert faint(Image.open(written).convert("RGB")) is None


def test_grain_is_not_faint() -> None:
    assert faint(Image.effect_noise((200, 200), 8).convert("RGB")) is None


def test_ink_in_colour_is_taken_away_where_there_is_any() -> None:
    stamped = page(255, 0)
    assert below(stamped) is None
    ImageDraw.Draw(stamped).ellipse((10, 10, 120, 120), outline=(220, 30, 30), width=6)
    found = below(stamped)
    assert found is not None
    assert found.getpixel((12, 65)) != (220, 30, 30)
