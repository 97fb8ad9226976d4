"""`yingbi reload`: has the workers of a running installation renewed, one after another, and no request fails."""

import os
import signal
import threading
import time

from yingbi.home import Home
from yingbi.settings import Settings
from yingbi.standing import is_alive
from yingbi.status import is_supervised
from yingbi.told import hear

LIMIT_S = 30.0
"""For one worker to start, beyond what it is given to hand over."""


class NotReloaded(Exception):
    """Nothing was renewed, or not all. The message says why and what to do."""


def reload(settings: Settings) -> str:
    """Have every worker renewed by *settings* and wait until that is done. Returns what to say. Raises NotReloaded."""
    home = Home(settings.home)
    told = hear(home.told("supervisor")) if is_supervised(home) else {}
    if not told.get("ready"):
        raise NotReloaded(f"`{home.root}` 没有运行 / it does not run: yingbi up")
    before = _workers(home)
    os.kill(int(told["pid"]), signal.SIGUSR1)
    deadline = time.monotonic() + len(before) * (settings.capacity.handover_s + settings.capacity.drain_s + LIMIT_S)
    while any(is_alive(pid) for pid in before.values()) or set(before.values()) & set(_workers(home).values()):
        if time.monotonic() > deadline or not is_supervised(home):
            raise NotReloaded("没有全部更换，原来的照常工作 / not all were renewed; the others go on: yingbi status")
        threading.Event().wait(0.2)
    return f"已更换 {len(before)} 个工作进程 / {len(before)} workers were renewed"


def _workers(home: Home) -> dict[str, int]:
    processes = hear(home.told("supervisor")).get("processes", [])
    return {process["name"]: process["pid"] for process in processes if "number" in process}
