from console.way_json import way_json
from incident.dry_run import dry_run
from tests.incident.books import book, manual
from yingbi.lines.ways import way_lines


def test_a_way_for_people_and_for_programs() -> None:
    way = dry_run(
        book(start={"then": "do"}, do=manual("请停用", ok="end", failed="end", delay=60_000), end={}), failing=["do"]
    )
    assert list(way_lines(way)) == [
        "  1  +0:00:00  start  start",
        "  2  +0:01:00  action  do  ← 值班员  失败 failed",
        "                  请停用",
        "                  试运行中设为失败 / told to fail",
        "  3  +0:01:00  end  end",
        "走到了终点 / it came to its end",
    ]
    told = way_json(way)
    assert told["ended"] == "succeeded"
    assert [(step["name"], step["after_s"], step["succeeded"]) for step in told["steps"]] == [
        ("start", 0.0, True),
        ("do", 60.0, False),
        ("end", 60.0, True),
    ]
