"""What goes on beside the main loop of a process, each in a thread of its own."""

import threading
from collections.abc import Callable


class Threads:
    """All of them are asked to stop by `stop`. Where one ends before that, `failed` is set and the others are asked.

    A process of which a part is gone ends whole, and the supervisor starts it anew.
    """

    def __init__(self) -> None:
        self.stop, self.failed = threading.Event(), threading.Event()

    def start(self, run: Callable[[threading.Event], None], name: str) -> threading.Thread:
        """Let *run* go on in a thread called *name* until `stop`, which it is given, is set."""
        thread = threading.Thread(target=self._carry_on, args=(run,), name=name, daemon=True)
        thread.start()
        return thread

    def _carry_on(self, run: Callable[[threading.Event], None]) -> None:
        try:
            run(self.stop)
        finally:
            if not self.stop.is_set():
                self.failed.set()
                self.stop.set()
