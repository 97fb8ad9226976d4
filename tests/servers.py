"""Real servers for tests: a program that is stopped when its test is over."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
START_LIMIT_SECONDS = 180
_POLL_SECONDS = 0.05


@contextlib.contextmanager
def serving(
    command: Sequence[str], url: str, log: Path, *, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """*command*, running from the root of the project and answering at *url*; what it says goes to *log*."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        _wait_until_it_answers(process, url, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(int(START_LIMIT_SECONDS / _POLL_SECONDS)):
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url, trust_env=False, timeout=START_LIMIT_SECONDS)
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            raise AssertionError(f"{process.args!r} ended:\n{log.read_text('utf-8', 'replace')[-2000:]}")
    raise AssertionError(f"{process.args!r} does not answer:\n{log.read_text('utf-8', 'replace')[-2000:]}")
