"""What runs of an installation, where it answers, and what its processes have told."""

import fcntl
from typing import Any

from policies.recognisers import weights
from yingbi import interpreter
from yingbi.home import Home
from yingbi.rehearsing.shadow_standing import shadow_of
from yingbi.settings import Settings
from yingbi.standing import broken_journals, broken_log, processes_of, started_and_alive
from yingbi.subscribers.standing import told_of_subscribers
from yingbi.told import hear


def status_of(settings: Settings) -> dict[str, Any]:
    """Every address and process of the installation, as far as its processes have told."""
    home = Home(settings.home)
    told = hear(home.told("supervisor")) if is_supervised(home) else {}
    if not told:
        left = [{"name": name, "pid": process.pid} for name, process in started_and_alive(home)]
        return {"running": False, "ready": False, "home": str(home.root), "left": left}
    processes = [{key: value for key, value in each.items() if key != "created"} for each in processes_of(home)]
    control = hear(home.told("control"))
    supervisor = {"name": "supervisor", "pid": told["pid"], "restarts": 0, "alive": True}
    return {
        "running": True,
        **{key: value for key, value in told.items() if key not in ("pid", "processes")},
        "processes": [supervisor, *processes],
        "shipping": hear(home.told("siem")),
        "sealing": hear(home.told("sealer")),
        "baselines": hear(home.told("baselines")),
        "reasons": hear(home.told("reasons")),
        "issuers": hear(home.told("issuers")).get("issuers", []),
        "cases": control.get("cases", []),
        "case_numbers": control.get("numbers", {}),
        "shadow": shadow_of(home),
        "broken_log": broken_log(home),
        "broken_journals": broken_journals(home),
        "broken_policies": control.get("broken_policies", ""),
        "broken_permits": control.get("broken_permits", ""),
        "broken_alerts": control.get("broken_alerts", ""),
        "broken_rules": control.get("broken_rules", ""),
        "broken_searches": control.get("broken_searches", ""),
        "policies": control.get("policies", {}),
        "permits": control.get("permits", []),
        "quota": hear(home.told("quota")),
        "python": interpreter.own(),
        "reads_prose": weights.are_there(),
        "notify": hear(home.told("notifier")),
        "subscribers": told_of_subscribers(home, told["processes"]),
    }


def is_running(home: Home) -> bool:
    """Whether a supervisor holds the installation, or one that was killed has left processes of it running.

    Raises PermissionError where that is not ours to know.
    """
    return is_supervised(home) or bool(started_and_alive(home))


def is_supervised(home: Home) -> bool:
    """Whether a supervisor holds the installation. Raises PermissionError where that is not ours to know."""
    try:
        with home.lock.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    return False
