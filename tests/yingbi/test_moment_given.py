from datetime import UTC, datetime, timedelta

import pytest

from yingbi.cli import main
from yingbi.moment_given import moment_given

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_times_are_given_as_people_say_them() -> None:
    assert moment_given("90m", NOW) == NOW - timedelta(minutes=90)
    assert moment_given("7d", NOW) == NOW - timedelta(days=7)
    assert moment_given("2026-11-23T09:00+08:00", NOW) == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert moment_given("2026-11-23", NOW) == datetime(2026, 11, 23).astimezone()


@pytest.mark.parametrize(
    "command",
    [
        ("trace", "leaked.csv", "--since"),
        ("trace", "leaked.csv", "--until"),
        ("rules", "run", "many_subjects", "--since"),
        ("rules", "run", "many_subjects", "--since", "1d", "--until"),
        ("log", "export", "--since"),
        ("log", "export", "--until"),
        ("log", "verify", "--index", "--since"),
    ],
)
def test_every_command_says_what_is_no_time(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "yesterday"])
    assert ended.value.code == 2
    assert "is no time: write one of these" in capsys.readouterr().err
