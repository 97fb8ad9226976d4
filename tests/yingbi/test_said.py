import os
import subprocess
import sys

from tests.gateway import ROOT
from yingbi.said import Teller


def test_what_nobody_can_read_any_more_stops_nothing() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        tell = Teller(stream)
        tell("first")
        assert os.read(reading, 100) == b"first\n"
        os.close(reading)
        tell("second")
        tell("third")


def test_a_reader_who_has_gone_does_not_change_how_the_program_ends() -> None:
    """What stays in the buffer is written when the interpreter ends, and would fail there."""
    script = "import sys; from yingbi.said import Teller; tell = Teller(sys.stdout); input(); tell('x'); tell('y')"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
