"""What the gateway covers: every declared system, how far it is declared, and whether it can be reached past us."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from policies.findings import PolicyError
from policies.load import load_policy
from policies.policy_kinds import State
from policies.program import digest_of
from proxy.published import NotPublished
from siem.index.condition import AllOf, Is
from siem.index.store import EventStore, StoreUnavailable
from yingbi.bypass import Probed, Way, own_addresses, probe
from yingbi.home import Home
from yingbi.in_force import programs_in_force

LOOKED_BACK = timedelta(days=7)
_COUNT_TIMEOUT = timedelta(seconds=10)
_WAYS = {
    Way.LISTENS_OUTSIDE: (
        "后端在其他机器够得着的地址上监听，可以绕过网关",
        "listens where others reach it, past the gateway",
    ),
    Way.REACHED_FROM_HERE: (
        "从这台机器可以直接访问后端，绕过了网关",
        "can be reached from this machine, past the gateway",
    ),
    Way.NAME_LEADS_PAST: ("域名指向后端，不经过网关", "the name leads to the system, not to the gateway"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One declared system."""

    system: str
    title_zh: str
    title_en: str
    state: State
    hosts: tuple[str, ...]
    upstream: str
    operations: int
    refused: int
    """How many of the operations nobody may call."""
    in_force: bool | None
    """Whether it is in force as the files declare it; None where there is no installation to ask."""
    undeclared: int | None
    """How many requests of the last seven days were for nothing that is declared; None where the index cannot say."""
    probed: Probed | None
    """None where it was not looked."""

    @property
    def is_well(self) -> bool:
        """Whether it is in force as declared and no way round the gateway is known."""
        return self.in_force is not False and not (self.probed and self.probed.bypasses)

    def as_json(self) -> dict[str, Any]:
        """With its fields as keys; `bypasses` has a list of `way` and `address`, null where it was not looked."""
        told = {key: value for key, value in asdict(self).items() if key != "probed"}
        bypasses = None if self.probed is None else [asdict(each) for each in self.probed.bypasses]
        return {**told, "bypasses": bypasses, "elsewhere": self.probed and self.probed.is_elsewhere}


def coverage_of(
    folder: Path, home: Home, store: EventStore | None, now: datetime, *, probing: bool, as_caller: bool
) -> list[Covered]:
    """Each system of the policy in *folder*, by name. Raises PolicyError and OSError."""
    loaded = load_policy(folder, now)
    if loaded.findings.errors:
        raise PolicyError(loaded.findings.errors)
    current = _in_force(home)
    own = own_addresses()
    covered = []
    for name, system in sorted(loaded.policy.systems.items()):
        program = loaded.programs[name]
        covered.append(
            Covered(
                system=name,
                title_zh=system.title.zh,
                title_en=system.title.en,
                state=system.state,
                hosts=system.hosts,
                upstream=system.upstream,
                operations=len(program.operations),
                refused=sum(1 for operation in program.operations if operation.refuse_zh),
                in_force=None if current is None else current.get(name) == digest_of(program),
                undeclared=_undeclared(store, name, now),
                probed=probe(system.upstream, system.hosts, own, as_caller=as_caller) if probing else None,
            )
        )
    return covered


def lines_of(covered: list[Covered]) -> Iterator[str]:
    """The same for people, Chinese first."""
    for each in covered:
        state = "登记中 / learning" if each.state is State.LEARNING else "已登记 / enforcing"
        yield f"{each.system}  {each.title_zh} / {each.title_en}"
        yield f"  状态 / state: {state}，{_told_force(each.in_force)}"
        yield f"  域名 / hosts: {', '.join(each.hosts) or '无 / none'}，后端 / upstream: {each.upstream}"
        yield f"  操作 / operations: {each.operations}，其中拒绝 / of them refused: {each.refused}"
        if each.undeclared is not None:
            yield f"  七天内对未声明操作的请求 / requests of seven days for nothing declared: {each.undeclared}"
        if each.probed is None:
            continue
        for bypass in each.probed.bypasses:
            zh, en = _WAYS[bypass.way]
            yield f"  ！{bypass.address}：{zh} / {en}"
        if each.probed.is_elsewhere:
            yield "  后端在另一台机器上：请在调用者所在的机器上运行 `yingbi coverage --as-caller --policy DIR`"
            yield "    it is on another machine: run this where callers are to see whether they reach it"
        elif not each.probed.bypasses:
            yield "  没有发现绕过网关的途径 / no way round the gateway was found"


def _told_force(in_force: bool | None) -> str:
    match in_force:
        case None:
            return "这里没有安装 / no installation here"
        case True:
            return "按文件所写在用 / in force as written"
        case False:
            return "文件所写尚未生效 / not in force as written"


def _in_force(home: Home) -> Mapping[str, str] | None:
    """The digest of each program in force; None where there is no installation."""
    try:
        return {name: digest for name, (_, digest) in programs_in_force(home).items()}
    except (NotPublished, OSError, ValueError):
        return None


def _undeclared(store: EventStore | None, system: str, now: datetime) -> int | None:
    if store is None:
        return None
    asked = AllOf((Is("event.reason", "operation_not_declared"), Is("service.name", system)))
    try:
        return store.count(asked, now - LOOKED_BACK, now, _COUNT_TIMEOUT)
    except StoreUnavailable:
        return None
