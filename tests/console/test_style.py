"""The style sheet keeps what WCAG 2.2 AA asks for, computed from its own numbers."""

import re

import pytest

from console.pages import TEMPLATES

CSS = (TEMPLATES / "style.css").read_text("utf-8")
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", CSS))
SIZES = {"target", "round"}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, contrast ratio: 1 to 21."""
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = {
    "text": ("paper", "shade", "danger-shade", "warn-shade", "good-shade", "note-shade"),
    "quiet": ("paper", "shade", "danger-shade", "warn-shade", "good-shade", "note-shade"),
    "link": ("paper", "shade", "danger-shade", "warn-shade", "good-shade", "note-shade"),
    "head": ("paper",),
    "head-text": ("head", "danger", "tlp-back"),
    "head-quiet": ("head",),
    "danger": ("danger-shade", "paper", "warn-shade"),
    "warn": ("warn-shade",),
    "good": ("good-shade",),
    "note": ("note-shade",),
    "tlp-green": ("tlp-back",),
    "tlp-amber": ("tlp-back",),
    "tlp-red": ("tlp-back",),
}
SHAPES_ON = {
    "focus": ("paper", "shade", "danger-shade", "warn-shade", "good-shade", "note-shade"),
    "line": ("paper", "shade"),
    "head": ("paper", "rule"),
    "danger": ("paper", "rule"),
    "warn": ("paper", "rule"),
    "good": ("paper",),
    "head-text": ("head",),
}
PAIRS = [(front, back, 4.5) for front, backs in TEXT_ON.items() for back in backs]
PAIRS += [(front, back, 3.0) for front, backs in SHAPES_ON.items() for back in backs]


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(front: str, back: str, least: float) -> None:
    assert contrast(front, back) >= least


def test_every_colour_is_a_named_one() -> None:
    outside = re.sub(r":root \{.*?\}", "", CSS, count=1, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", outside)
    assert set(re.findall(r"var\(--([a-z-]+)\)", CSS)) <= set(COLOURS) | SIZES
    used = set(re.findall(r"var\(--([a-z-]+)\)", outside))
    assert set(COLOURS) <= used, "a colour that nothing uses is tried for nothing"


def test_text_is_in_no_colour_that_is_not_tried() -> None:
    texts = set(re.findall(r"(?<![-a-z])color: var\(--([a-z-]+)\)", CSS))
    assert texts <= set(TEXT_ON)


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "//" not in CSS


def test_sizes_follow_the_reader() -> None:
    """Source: WCAG 2.2, 1.4.4: text grows with the browser's own size."""
    sizes = set(re.findall(r"font-size: ([^;]+);", CSS))
    assert sizes
    assert all(re.fullmatch(r"[\d.]+r?em", size) for size in sizes)


def test_every_class_of_the_templates_has_a_rule_or_none_at_all() -> None:
    named = set(re.findall(r"\.([a-z][a-z0-9-]*)", CSS))
    used = {
        word
        for path in TEMPLATES.glob("*.j2")
        for words in re.findall(r'class="([^"{]+)"', path.read_text("utf-8"))
        for word in words.split()
    }
    assert used <= named, sorted(used - named)
