"""What an installation without weights says."""

from pathlib import Path

import pytest

from policies.recognisers import weights


def test_without_weights_nobody_is_told_that_there_are_no_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "STAMP", tmp_path / "stamp")
    weights.tagger.cache_clear()
    assert not weights.are_there()
    with pytest.raises(weights.NoWeights, match="make venv"):
        weights.tagger()
