"""Processes that are forked behave as those that were started: `tests.forked`."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.forked import Forked, forks, run_forked


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


def asleep(told: Path) -> Forked:
    """A process that does nothing for long."""
    with told.open("wb") as out, Path(os.devnull).open("rb") as nothing:
        return forks(("timeit",)).start(
            "timeit", "-n1", "-r1", "import signal; signal.pause()", stdin=nothing, stdout=out, stderr=out
        )


def test_it_is_ended_and_says_how(told: Path) -> None:
    process = asleep(told)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    assert process.poll() == -signal.SIGKILL
    process.kill()


def test_one_that_has_just_ended_is_not_waited_for_to_be_signalled(told: Path) -> None:
    """Between its end and the word of how it ended lies a moment in which nothing has its number any more."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    end, unsaid = os.pipe()
    process = Forked(ended.pid, end)
    process.kill()
    process.terminate()
    assert process.poll() is None
    os.write(unsaid, b"-9")
    assert process.wait(60) == -signal.SIGKILL
    os.close(unsaid)


def test_a_command_is_told_and_tells_what_it_should() -> None:
    done = run_forked("json.tool", "--compact", said='{"a": [1]}', limit_s=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"a":[1]}\n', "")
    done = run_forked("json.tool", said="{", environment={"LANG": "C"}, limit_s=300)
    assert done.returncode == 1
    assert "Expecting property name" in done.stderr


LATE = """
import atexit, threading
atexit.register(print, "at the end")
threading.Thread(target=lambda: (threading.main_thread().join(), print("in a thread"))).start()
"""


def test_what_is_to_be_done_at_the_end_is_done() -> None:
    done = run_forked("timeit", "-n1", "-r1", LATE, limit_s=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["in a thread", "at the end"]


def test_one_that_is_apart_is_told_nothing_of_the_terminal(told: Path) -> None:
    said = "import os; print(os.getsid(0) == os.getpid())"
    with told.open("wb") as out, Path(os.devnull).open("rb") as nothing:
        process = forks(("timeit",)).start(
            *("timeit", "-n1", "-r1", said), stdin=nothing, stdout=out, stderr=out, apart=True
        )
    assert process.wait(60) == 0
    assert told.read_text().startswith("True\n")
