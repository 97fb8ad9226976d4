"""What was logged that must not be deleted, since it is evidence of a case: as the overlay in force has it."""

from policies.keys.key_files import Verifier
from policies.overlay import Overlay
from proxy.board import Board
from proxy.published import NotPublished, read_published_overlay
from siem.record.keep import Spans
from yingbi.home import Home


def preserved_in(home: Home) -> Spans:
    """From when to when nothing may be deleted. Raises OSError where that cannot be known."""
    return overlay_in(home).preserved


def overlay_in(home: Home) -> Overlay:
    """The overlay in force. Raises OSError where it is gone, altered, or older than the one that was published last."""
    try:
        overlay = read_published_overlay(home.published, Verifier(home.public_key("overlay").read_bytes()))
        newest = Board(home.board).overlay if home.board.exists() else 0
    except (NotPublished, ValueError) as error:
        raise OSError(f"it cannot be known what is evidence: {error}") from None
    if overlay.generation < newest:
        raise OSError("it cannot be known what is evidence: the overlay is older than the one published last")
    return overlay
