"""What is measured for each system: by declared names and codes alone."""

from pathlib import Path

from proxy.meter import BOUNDS_S, Durations, Meter, read_measured
from tests.gateway import wait_until
from tests.rig import ID_NO, MOBILE, NAME, rigged
from tests.scripted import answering
from tests.siem.events import event

PERSON = f'{{"items": [{{"name": "{NAME}", "id_no": "{ID_NO}", "mobile": "{MOBILE}"}}]}}'.encode()


def test_durations_fall_into_the_class_that_they_do_not_exceed() -> None:
    durations = Durations()
    for duration_s in (0.0, *BOUNDS_S, 1e6):
        durations.add(duration_s)
    assert durations.classes == [2, *[1] * len(BOUNDS_S)]


def test_nothing_is_written_where_nothing_has_changed(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "measured")
    meter.recorded(event(1))
    meter.tick()
    (tmp_path / "measured").unlink()
    meter.tick()
    assert read_measured(tmp_path / "measured") == {}


def test_what_is_damaged_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "measured").write_text("{")
    assert read_measured(tmp_path / "measured") == {}


def test_an_exchange_is_measured_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    with rigged(tmp_path) as rig:
        rig.ask(answering(PERSON))
        rig.ask(answering(b"x", "application/pdf"))
        rig.ask(target=f"/people/{MOBILE}")
        file = rig.gateway.home / "measured-0.json"
        wait_until(lambda: read_measured(file).get("people", {}).get("exchanges") == 3, 10)
        measured = read_measured(file)["people"]
    assert measured["withheld"].keys() >= {"answer_not_declared"}
    assert sum(measured["own"][0]) == sum(measured["upstream"][0]) == 1
    assert 0 < measured["own"][1] < 30
    assert measured["bytes_out"] > 20
    said = file.read_text("utf-8")
    assert not [value for value in (NAME, ID_NO, MOBILE) if value in said]
