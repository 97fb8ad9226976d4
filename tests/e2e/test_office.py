"""Texts and slides in an office program, LibreOffice: it opens what we have masked, and what it saves is masked."""

import io
from pathlib import Path

import docx
import pptx
import pypdf
import pytest

from policies.documents.painted.radicals import unified
from tests.e2e.office import converted
from tests.policies.documents.made import CANARIES, KEPT, NAME, OFFICE, canaries_in, masked

KINDS = ("docx", "pptx")


def printed(folder: Path, data: bytes, kind: str) -> str:
    """All that stands on the pages that it prints."""
    pages = pypdf.PdfReader(io.BytesIO(converted(folder, data, kind, "pdf"))).pages
    return unified("".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_masked_opens_and_tells_nothing(tmp_path: Path, kind: str) -> None:
    assert NAME in printed(tmp_path / "true", OFFICE[kind](), kind)
    shown = printed(tmp_path / "masked", masked(OFFICE[kind]()), kind)
    assert KEPT in shown
    assert "***" in shown
    assert [canary for canary in CANARIES if canary in shown] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_has_saved_is_masked_and_opens(tmp_path: Path, kind: str) -> None:
    """It writes other parts than the libraries do, and writes them otherwise."""
    saved = converted(tmp_path / "saved", OFFICE[kind](), kind, kind)
    assert canaries_in(saved)
    made = masked(saved)
    assert canaries_in(made) == set()
    (docx.Document if kind == "docx" else pptx.Presentation)(io.BytesIO(made))
    assert KEPT in printed(tmp_path / "masked", made, kind)
