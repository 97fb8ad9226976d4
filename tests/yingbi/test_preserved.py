from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.keys import Signer, make_secret
from policies.overlay import Overlay, OverlayEntry, Tightening
from proxy.board import Board
from proxy.published import publish_overlay
from yingbi.home import Home
from yingbi.preserved import preserved_in

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_nothing_is_known_of_evidence_but_by_the_overlay_that_was_published_last(tmp_path: Path) -> None:
    """One that is altered, older, or gone: nothing may be deleted then."""
    home = Home(tmp_path)
    for path in (home.keys, home.published, home.board.parent):
        path.mkdir(parents=True, exist_ok=True)
    make_secret(home.private_key("overlay"))
    signer = Signer(home.private_key("overlay"))
    home.public_key("overlay").write_bytes(signer.public_bytes)
    assert preserved_in(home) == ()
    entry = OverlayEntry(
        id="C-1.0.1",
        kind=Tightening.PRESERVE_EVIDENCE,
        since=NINE - timedelta(days=1),
        until=NINE,
        reason="r",
        by="person:P-001",
    )
    board = Board(home.board)
    publish_overlay(home.published, Overlay(generation=2, entries=(entry,)), signer)
    board.overlay = 2
    assert preserved_in(home) == ((NINE - timedelta(days=1), NINE),)
    file = home.published / "overlay.json"
    as_published = file.read_bytes()
    publish_overlay(home.published, Overlay(generation=1), signer)
    older = file.read_bytes()
    for spoilt in (older, as_published.replace(b"2026", b"2025"), b""):
        file.write_bytes(spoilt)
        with pytest.raises(OSError, match="what is evidence"):
            preserved_in(home)
    file.unlink()
    with pytest.raises(OSError, match="what is evidence"):
        preserved_in(home)
