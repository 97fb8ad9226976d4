"""`python -m tests.run_quota FOLDER SOCKET TOLD`: the quota process, as the supervisor runs it."""

import signal
import sys
import threading
from pathlib import Path

from proxy.quota.keeper import FileKeeper
from proxy.quota.server import QuotaServer
from yingbi.told import tell


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    folder, path, told = map(Path, sys.argv[1:])
    QuotaServer(lambda: FileKeeper(folder), path).serve(stop.is_set, lambda facts: tell(told, facts), 0.1)


if __name__ == "__main__":
    main()
