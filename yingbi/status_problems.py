"""What is not as it should be in an installation, a sentence each."""

from typing import Any

from yingbi.clock import now
from yingbi.keys import status as key_status
from yingbi.notify_status import troubles_of
from yingbi.subscribers.standing import troubles_of_subscribers


def problems_of(status: dict[str, Any]) -> list[str]:
    """What is not as it should be, a sentence each, Chinese first."""
    if not status["running"]:
        left = ", ".join(f"{process['name']} {process['pid']}" for process in status["left"])
        return (
            [f"监管进程已不在，还有进程在运行 / the supervisor is gone, and processes are left: {left}"] if left else []
        )
    found = []
    for process in status["processes"]:
        if not process["alive"]:
            found.append(f"{process['name']} 没有运行 / does not run")
        elif "serving" in process and not process["serving"]:
            found.append(f"{process['name']} 暂不提供服务 / withholds")
        if process.get("failing", 0) > 2:
            found.append(
                f"{process['name']} 连续 {process['failing']} 次启动后很快退出，稍后再试 / "
                f"has ended soon after its start {process['failing']} times in a row, and is tried again later"
            )
    if unopened := sum(process.get("unopened", 0) for process in status["processes"]):
        found.append(f"加密存储的值有 {unopened} 个打不开，已遮盖 / stored values do not open, and are hidden")
    errors = [finding for finding in status["policy"]["findings"] if finding["severity"] == "error"]
    if errors:
        found.append(
            f"策略有 {len(errors)} 处错误，沿用第 {status['policy']['generation']} 代 / "
            "the policy has errors, the programs before it stay in force:"
        )
        found += [f"  {each['file']}:{each['line']}:{each['column']}: {each['message']}" for each in errors]
    found += key_status.problems_of(status.get("keys", {}))
    if status["shipping"].get("trouble"):
        found.append(f"索引不可用 / the index is not available: {status['shipping']['trouble']}")
    if trouble := status["shipping"].get("rules_trouble"):
        found.append(f"检测规则没有全部生效 / not all detection rules are applied: {trouble}")
    if ended_by := status["shipping"].get("ended_by"):
        found.append(
            f"检测进程因程序出错而退出，会自动重启，见 said/siem.log / the detecting process ended with a fault, "
            f"and is started again; see said/siem.log: {ended_by}"
        )
    found += _of_the_sealer(status.get("sealing", {}))
    if trouble := status.get("baselines", {}).get("trouble"):
        found.append(f"基线没有看新的记录 / the baselines do not look at what is new: {trouble}")
    found += _of_reasons(status.get("reasons", {}))
    if refused := status["shipping"].get("refused"):
        reasons = ", ".join(f"{reason} ({count})" for reason, count in status["shipping"].get("reasons", {}).items())
        found.append(f"有 {refused} 条记录没有进入索引，检索不到 / events are in the log and in no search: {reasons}")
    found += [f"日志链断裂 / a chain of the log breaks: {place}" for place in status["broken_log"].values()]
    found += [
        f"案件记录被改动 / a journal was altered: {case}: {place}" for case, place in status["broken_journals"].items()
    ]
    found += [
        f"身份提供方的公钥取不到，沿用上次的 / keys of an issuer cannot be fetched, and the last ones count: "
        f"{each['issuer']} ({each['trouble']})"
        for each in status.get("issuers", [])
        if each["trouble"]
    ]
    if trouble := status.get("quota", {}).get("trouble"):
        found.append(f"{trouble}；有人数上限的调用者什么也看不到 / who has a limit is shown nothing")
    if status["broken_policies"]:
        found.append(f"策略记录被改动 / the journal of policies was altered: {status['broken_policies']}")
    if status["broken_permits"]:
        found.append(f"许可记录被改动 / the journal of permits was altered: {status['broken_permits']}")
    if status["broken_alerts"]:
        found.append(f"告警处置记录被改动 / the journal of alerts was altered: {status['broken_alerts']}")
    if status["broken_rules"]:
        found.append(f"规则记录被改动 / the journal of rules was altered: {status['broken_rules']}")
    if status["broken_searches"]:
        found.append(f"查询记录被改动 / the journal of searches was altered: {status['broken_searches']}")
    found += [f"{words.zh} / {words.en}" for words in troubles_of(status.get("notify", {}), now())]
    found += troubles_of_subscribers(status.get("subscribers", {}))
    return found


def _of_the_sealer(sealing: dict[str, Any]) -> list[str]:
    """Why the log is not sealed now, or nobody else is told of it."""
    trouble, keeping = sealing.get("trouble"), sealing.get("keeping")
    return [
        *([f"日志没有压缩或复制 / the log is not compressed or copied: {keeping}"] if keeping else []),
        *([f"日志没有封存 / the log is not sealed: {trouble}"] if trouble else []),
        *(
            f"封存没有送到第三方 / a second party does not take the seals: {each['place']}: {each['trouble']}"
            for each in sealing.get("anchors", [])
            if each["trouble"]
        ),
    ]


def _of_reasons(reasons: dict[str, Any]) -> list[str]:
    """Why looks are not judged now: nobody is blamed meanwhile, and nobody found."""
    trouble = reasons.get("trouble")
    return [
        *([f"无事项的查看没有判断 / looks are not judged: {trouble}"] if trouble else []),
        *(
            f"{system} 的事项来源不能用 / its source of cases is not used: {each['feed'] or each['look_up']}"
            for system, each in reasons.get("systems", {}).items()
            if each["feed"] or each["look_up"]
        ),
    ]
