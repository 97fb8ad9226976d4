"""The page of shared memory by which the supervisor tells every worker what is current."""

import subprocess
import sys
import time
from pathlib import Path

from proxy.board import Board, boot_time_ns
from tests.gateway import ROOT


def test_what_one_writes_the_other_reads_at_once(tmp_path: Path) -> None:
    supervisor, worker = Board(tmp_path / "board"), Board(tmp_path / "board")
    assert (worker.programs, worker.overlay, worker.permits, worker.heartbeat_ns) == (0, 0, 0, 0)
    supervisor.programs, supervisor.overlay, supervisor.permits = 3, 2**40, 5
    supervisor.beat()
    assert (worker.programs, worker.overlay, worker.permits) == (3, 2**40, 5)
    assert worker.heartbeat_ns == supervisor.heartbeat_ns > 0
    supervisor.issuers = 6
    worker.miss()
    assert (worker.issuers, worker.permits) == (6, 5)
    assert supervisor.heartbeat_ns < supervisor.missed_ns <= boot_time_ns()
    supervisor.close()
    worker.close()


def test_it_reaches_another_process_and_outlives_its_writer(tmp_path: Path) -> None:
    code = "from proxy.board import *; board = Board(Path('board')); board.overlay = 7; board.beat()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    board = Board(tmp_path / "board")
    assert board.overlay == 7
    assert 0 < board.heartbeat_ns <= boot_time_ns()
    board.close()


def test_nobody_else_may_write_it(tmp_path: Path) -> None:
    Board(tmp_path / "board").close()
    assert (tmp_path / "board").stat().st_mode & 0o777 == 0o600


def test_its_time_is_the_machines_and_not_the_clocks() -> None:
    """`CLOCK_BOOTTIME` cannot be set, and goes on while the machine sleeps or a process is stopped."""
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert before <= boot_time_ns() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
