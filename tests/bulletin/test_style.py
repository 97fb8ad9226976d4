"""The style sheet keeps what WCAG 2.2 AA and the large-type rules ask for, computed from its own numbers."""

import re

import pytest

from bulletin.pages import TEMPLATES

CSS = (TEMPLATES / "style.css").read_text("utf-8")
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", CSS))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, contrast ratio: 1 to 21."""
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "paper", 4.5),
        ("text", "shade", 4.5),
        ("quiet", "paper", 4.5),
        ("quiet", "shade", 4.5),
        ("text", "gone", 4.5),
        ("text", "new", 4.5),
        ("link", "paper", 4.5),
        ("link", "shade", 4.5),
        ("head-text", "head", 4.5),
        ("focus", "paper", 3),
        ("focus", "shade", 3),
        ("line", "paper", 3),
    ],
)
def test_contrast(front: str, back: str, least: float) -> None:
    assert contrast(front, back) >= least


def test_every_colour_is_a_named_one() -> None:
    outside = re.sub(r":root \{.*?\}", "", CSS, count=1, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", outside)
    assert set(re.findall(r"var\(--([a-z-]+)\)", CSS)) <= set(COLOURS) | {"target"}


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "//" not in CSS


def test_print_has_its_own_rules() -> None:
    assert "@media print" in CSS
