from bulletin.wording import Site, chinese_time, english_time, machine_time
from tests.incident.office import TEN


def test_every_time_has_its_zone() -> None:
    site = Site()
    assert machine_time(TEN, site) == "2026-11-23T18:00:00+08:00"
    assert chinese_time(TEN, site) == "2026年11月23日 18:00（北京时间）"
    assert english_time(TEN, site) == "2026-11-23 18:00 (Beijing time)"
