import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.keys.key_files import Signer, make_secret
from policies.overlay import Overlay, OverlayEntry, Tightening
from proxy.board import Board
from proxy.published import publish_overlay
from siem.record.log import begun_at
from tests.siem.record.sealed import two_days
from yingbi.cli import main
from yingbi.clock import now
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.log.held_segments import held_segments
from yingbi.log.preserved import preserved_in
from yingbi.settings import HOME

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_it_is_told_which_segments_a_case_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, made = Home(tmp_path / "home"), two_days(tmp_path / "made")
    make_folders(home)
    make_keys(home, now)
    shutil.copytree(made.log, home.log, dirs_exist_ok=True)
    home.seals.parent.mkdir(exist_ok=True)
    shutil.copy(made.journal, home.seals)
    signer, board = Signer(home.private_key("overlay")), Board(home.board)
    starts = [log.start for log in made.logs]
    first, last = starts[0], starts[-1]

    def held(since: datetime, until: datetime) -> set[str]:
        entry = OverlayEntry(
            id="C-1.0.1",
            kind=Tightening.PRESERVE_EVIDENCE,
            since=since,
            until=until,
            reason="r",
            by="b",
            case="C-1",
        )
        board.overlay += 1
        publish_overlay(home.published, Overlay(generation=board.overlay, entries=(entry,)), signer)
        (found,) = held_segments(home, home.log)
        return {each.partition("/")[0] for each in found.segments}

    day = timedelta(days=1)
    assert held(begun_at(first) - day, begun_at(last) + day) == {*starts}
    assert held(begun_at(first) - 9 * day, begun_at(first) - day) == set()
    early = {start for start in starts if begun_at(start) <= begun_at(first)}
    assert held(begun_at(first), begun_at(first)) == early
    assert held(begun_at(first), begun_at(first) - timedelta(seconds=1)) == set()
    assert held(made.now + day, made.now + 2 * day) == set()
    held(begun_at(first), begun_at(first) + day)
    monkeypatch.setenv(HOME, str(home.root))
    main(["log", "verify", "--json"])
    (told,) = json.loads(capsys.readouterr().out)["held"]
    assert (told["case"], f"{first}/000001" in told["segments"]) == ("C-1", True)
    main(["log", "verify"])
    assert f"{first}/000001" in capsys.readouterr().out
    (home.published / "overlay.json").write_bytes(b"")
    main(["log", "verify"])
    assert "no file is deleted" in capsys.readouterr().out


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
