import threading
from pathlib import Path

from yingbi.told import hear, tell


def test_what_was_told_last_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "siem.json"
    assert hear(path) == {}
    for facts in ({"pid": 1, "text": "影壁"}, {"pid": 2}):
        tell(path, facts)
        assert hear(path) == facts
    assert [each.name for each in tmp_path.iterdir()] == ["siem.json"]


def test_what_is_no_fact_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "siem.json"
    for data in (b"", b"{", b"[]", b"\xff"):
        path.write_bytes(data)
        assert hear(path) == {}


def test_nobody_hears_half_of_it(tmp_path: Path) -> None:
    path = tmp_path / "siem.json"
    over = threading.Event()
    heard: list[int] = []

    def listen() -> None:
        while not over.is_set():
            facts = hear(path)
            if facts:
                heard.append(len(facts["filling"]))

    tell(path, {"filling": "x" * 50_000})
    listening = threading.Thread(target=listen)
    listening.start()
    for _ in range(300):
        tell(path, {"filling": "x" * 50_000})
    over.set()
    listening.join()
    assert set(heard) == {50_000}
