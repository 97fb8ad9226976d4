"""How the installation stands, put together from what its processes tell: for the console, `yingbi status`, metrics."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import psutil

from console.installation import (
    AnchorState,
    Installation,
    KeyState,
    PolicyState,
    ProgramVersion,
    SealState,
    ShadowState,
    ShippingState,
    SystemKeys,
    SystemState,
    WorkerState,
)
from incident.ids import Bilingual
from policies.findings import Finding, Position, Severity
from policies.overlay import Overlay
from proxy.counters import read_counters
from yingbi.clock import now
from yingbi.home import Home
from yingbi.log.verified import verified_in
from yingbi.notify_status import troubles_of
from yingbi.publications import Publication, publications_in, version_of
from yingbi.rehearsing.shadow_standing import shadow_of
from yingbi.told import hear

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def indexed_until(home: Home) -> datetime:
    """Until when the index is known to hold all that was logged."""
    return _moment(hear(home.told("siem")).get("indexed_until")) or _NEVER


def baselines_behind_s(told: Mapping[str, Any]) -> int:
    """By how many seconds the baselines, of whom *told* tells, are behind what the index holds."""
    read_to, until = _moment(told.get("read_to")), _moment(told.get("until"))
    return max(int((until - read_to).total_seconds()), 0) if read_to and until else 0


def processes_of(home: Home) -> list[dict[str, Any]]:
    """The processes that the supervisor told of, with whether each lives, workers with what they have counted."""
    found = []
    for process in hear(home.told("supervisor")).get("processes", []):
        described = {**process, "alive": is_alive(process["pid"])}
        if "number" in process:
            described |= read_counters(home.counters(process["number"]))
            described["serving"] = int(described["alive"] and described["serving"])
        found.append(described)
    return found


def started_and_alive(home: Home) -> list[tuple[str, psutil.Process]]:
    """What the supervisor told that it started and what still lives, by name; another with the same pid is not meant.

    Where the supervisor was killed it is gone, and these are left.
    """
    found = []
    for process in hear(home.told("supervisor")).get("processes", []):
        with contextlib.suppress(psutil.Error):
            started = psutil.Process(process["pid"])
            if process["pid"] and started.create_time() == process.get("created") and is_alive(started.pid):
                found.append((process["name"], started))
    return found


def broken_log(home: Home) -> dict[str, str]:
    """By start of the log, where its chain breaks: as the shipper found it and as whoever looks at it again did."""
    return {**hear(home.told("siem")).get("broken", {}), **hear(home.told("control")).get("broken_log", {})}


def broken_journals(home: Home) -> dict[str, str]:
    """By case, where its journal is not as it was written."""
    found: dict[str, str] = hear(home.told("control")).get("broken_journals", {})
    return found


def is_alive(pid: int) -> bool:
    """Whether there is a process *pid* that has not ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def installation_of(home: Home, overlay: Overlay) -> Installation:
    """What the console shows of the installation."""
    told, siem = hear(home.told("supervisor")), hear(home.told("siem"))
    policy = _policy(told.get("policy", {}), publications_in(home.publications))
    shadow = shadow_of(home)
    return Installation(
        policy=policy,
        shadow=ShadowState(**shadow) if shadow else None,
        workers=tuple(_worker(process) for process in processes_of(home) if "number" in process),
        shipping=ShippingState(
            index=str(siem.get("index", "")),
            behind_bytes=int(siem.get("behind_bytes", 0)),
            refused=int(siem.get("refused", 0)),
            broken=siem.get("broken", {}),
            trouble=str(siem.get("trouble", "")),
            rules_trouble=str(siem.get("rules_trouble", "")),
            indexed_until=_moment(siem.get("indexed_until")),
        ),
        keys=_keys(told["keys"]) if told.get("keys") else None,
        pipeline=tuple(
            Bilingual(zh=words.zh, en=words.en) for words in troubles_of(hear(home.told("notifier")), now())
        ),
        seals=_seals(home),
        overlay=overlay.entries,
        addresses=dict(_flat(told.get("addresses", {}), policy)),
    )


def _flat(addresses: dict[str, Any], policy: PolicyState) -> Iterator[tuple[str, str]]:
    titles: dict[str, str] = {system.name: system.title_zh for system in policy.systems}
    for name, address in addresses.items():
        if isinstance(address, dict):
            before = "演示后端：" if name == "demo" else ""
            yield from ((before + titles.get(str(inner), str(inner)), each) for inner, each in address.items())
        else:
            yield name, address


def _worker(process: dict[str, Any]) -> WorkerState:
    names = ("requests", "withheld", "failures", "live", "programs", "overlay")
    return WorkerState(
        name=process["name"],
        pid=process["pid"],
        alive=process["alive"],
        serving=bool(process["serving"]),
        **{name: int(process[name]) for name in names},
    )


def version_in(home: Home, program: str, at: datetime) -> ProgramVersion | None:
    """The version of the policy that the program with the digest *program* stood for at the time *at*, where known."""
    found = version_of(program, at, publications_in(home.publications))
    if found is None:
        return None
    return ProgramVersion(number=found.version, drafted_by=found.drafted_by, approved_by=found.approved_by)


def _policy(told: dict[str, Any], publications: Iterable[Publication]) -> PolicyState:
    return PolicyState(
        generation=int(told.get("generation", 0)),
        version=int(told.get("version", 0)),
        two_people=bool(told.get("two_people", True)),
        versions={each.generation: each.version for each in publications},
        published_at=_moment(told.get("published_at")),
        checked_at=_moment(told.get("checked_at")),
        systems=tuple(SystemState(**{**system, "hosts": tuple(system["hosts"])}) for system in told.get("systems", [])),
        findings=tuple(
            Finding(
                Position(finding["file"], finding["line"], finding["column"]),
                finding["code"],
                finding["message"],
                Severity(finding["severity"]),
                finding.get("about", ""),
            )
            for finding in told.get("findings", [])
        ),
    )


def _seals(home: Home) -> SealState:
    told = hear(home.told("sealer"))
    return SealState(
        number=int(told.get("seal", 0)),
        at=_moment(told.get("sealed_at")),
        fingerprint=str(told.get("fingerprint", "")),
        trouble=str(told.get("trouble", "")),
        keeping=str(told.get("keeping", "")),
        anchors=tuple(
            AnchorState(
                place=str(each["place"]),
                seal=int(each["seal"]),
                at=_moment(each["at"]),
                trouble=str(each["trouble"]),
            )
            for each in told.get("anchors", [])
        ),
        verified=verified_in(home),
    )


def _keys(told: dict[str, Any]) -> KeyState:
    root, escrow = told["root"] or {}, told["escrow"] or {}
    return KeyState(
        wrong=told["wrong"],
        root=root.get("id", ""),
        root_made_at=_moment(root.get("made_at")),
        proved_at=_moment(escrow.get("proved_at")),
        systems=tuple(
            SystemKeys(
                name=system["name"],
                wrong=system["wrong"],
                current=system.get("current", ""),
                made_at=_moment(system.get("made_at")),
                old=system.get("old", 0),
                revoked=system.get("revoked", 0),
                proved=system.get("proved", False),
            )
            for system in told["systems"]
        ),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
