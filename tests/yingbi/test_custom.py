"""What the baselines told of customs is read as soon as it has changed, and where it cannot be read nothing is."""

from datetime import timedelta
from pathlib import Path

from siem.detect.custom import Custom, Usual
from siem.detect.definition import Measure, Threshold
from tests.siem.detect.rules import rule
from tests.siem.events import NINE
from yingbi.custom import CustomFile, write_custom

PEOPLE = Threshold(measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=300, within=timedelta(minutes=10))
ASKS = rule(threshold=PEOPLE, custom=True)


def test_what_was_told_last_counts_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "custom.json"
    file = CustomFile(path)

    def covers(caller: str) -> bool:
        return file.read().covers(ASKS, (("user.id", caller),), NINE)

    assert not covers("wang")
    write_custom(path, Custom({"wang": Usual(900, 900)}, NINE))
    assert (covers("wang"), covers("li")) == (True, False)
    assert path.stat().st_mode & 0o777 == 0o600
    write_custom(path, Custom({"li": Usual(900, 900)}, NINE))
    assert (covers("wang"), covers("li")) == (False, True)
    path.write_bytes(b"[half")
    assert not covers("li")
    path.write_bytes(b"[1, 2]")
    assert not covers("li")
    path.unlink()
    assert not covers("li")
    assert [each.name for each in tmp_path.iterdir()] == []
