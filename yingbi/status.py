"""What `yingbi status` says: what runs, where it answers, and what is wrong with it."""

import fcntl
from typing import Any

from policies.permits import Kind
from policies.recognisers import weights
from yingbi import interpreter, key_status
from yingbi.clock import now
from yingbi.home import Home
from yingbi.notify_status import troubles_of
from yingbi.settings import Settings
from yingbi.shadow_standing import shadow_of
from yingbi.standing import baselines_behind_s, broken_journals, broken_log, processes_of, started_and_alive
from yingbi.subscriber_standing import lines_of_subscribers, told_of_subscribers, troubles_of_subscribers
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


def lines_of(status: dict[str, Any]) -> list[str]:
    """*status* for people."""
    if not status["running"]:
        ends = ["yingbi up 会结束它们，重新启动一切 / ends them and starts everything anew"] if status["left"] else []
        return [f"没有运行 / not running: {status['home']}", *problems_of(status), *ends]
    lines = [f"运行中 / running: {status['home']} ({status['index']})", ""]
    for name, address in status["addresses"].items():
        parts = address.items() if isinstance(address, dict) else [("", address)]
        lines += [f"  {f'{name} {part}'.strip():<18} {url}" for part, url in parts]
    lines.append("")
    for process in status["processes"]:
        counted = ""
        if "requests" in process:
            counted = f"访问 / requests {process['requests']}  拦截 / withheld {process['withheld']}"
        restarted = f"重启 / restarts {process['restarts']}"
        lines.append(f"  {process['name']:<12} pid {process['pid']:<8} {restarted}  {counted}".rstrip())
    policy, shipping = status["policy"], status["shipping"]
    version = f"版 / version {policy['version']}  " if policy.get("version") else ""
    lines += [
        "",
        f"  策略 / policy    {version}代 / generation {policy['generation']}  系统 / systems {len(policy['systems'])}",
        f"  索引 / index     落后日志的字节 / bytes behind the log {shipping.get('behind_bytes', 0)}",
        *_of_seals(status.get("sealing", {})),
        *_of_baselines(status.get("baselines", {})),
        f"  案件 / cases     {sum(status['case_numbers'].values())}",
        *_of_permits(status["permits"]),
        *_of_the_quota(status.get("quota", {})),
        *_of_notifications(status.get("notify", {})),
        *lines_of_subscribers(status.get("subscribers", {})),
        *_of_policies(status),
        *_of_the_shadow(status.get("shadow", {})),
        *_of_python(status.get("python", {})),
        *_of_prose(reads=status.get("reads_prose", True)),
        *_of_the_kernel(status["processes"]),
    ]
    if (keys := status.get("keys")) and keys["root"]:
        proved = key_status.age_of(keys["escrow"]["proved_at"], now())
        lines.append(f"  密钥 / keys      {keys['root']['id']} {key_status.age_of(keys['root']['made_at'], now())}")
        lines.append(f"  托管 / escrow    {proved}")
    problems = problems_of(status)
    return [*lines, "", *problems] if problems else lines


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


def _of_seals(sealing: dict[str, Any]) -> list[str]:
    if not sealing.get("seal"):
        return []
    held = max((each["seal"] for each in sealing["anchors"]), default=0)
    anchored = f"第三方存有 / a second party holds {held}" if held else "没有第三方存有 / no second party holds any"
    return [f"  封存 / seals     {sealing['seal']}，{anchored}"]


def _of_baselines(told: dict[str, Any]) -> list[str]:
    """Since when, and of how many, is known what is usual; while it is being read, how far."""
    if "callers" not in told:
        return ["  基线 / baselines 等待索引 / waiting for the index"] if told else []
    known = f"调用者 / callers {told['callers']}" + (f"，自 / since {told['since']}" if told["since"] else "")
    if told["building"]:
        return [f"  基线 / baselines 学习中 / learning，读到 / read to {(told['read_to'] or '-')[:16]}，{known}"]
    few = "" if told["is_learned"] else "，工作日还不够 / too few workdays yet"
    return [f"  基线 / baselines {known}，落后索引的秒数 / seconds behind the index {baselines_behind_s(told)}{few}"]


def _of_permits(permits: list[dict[str, str]]) -> list[str]:
    """How many are let see more, and who sees all of a system."""
    broken = (each for each in permits if each["kind"] == Kind.BREAK_GLASS)
    return [
        f"  许可 / permits   {len(permits)} 生效 / in force",
        *(
            f"  紧急查看 / glass broken: {each['caller']}, {each['system']}，到 / until {each['until']}"
            for each in broken
        ),
    ]


def _of_the_quota(quota: dict[str, Any]) -> list[str]:
    """Who was refused more people in the last hour, by which limit."""
    return [
        f"  到了上限 / at a limit: {each['caller']}, {each['limit']}: "
        f"一小时看过 / people in the hour {each['an_hour']}，"
        f"一天 / in the day {each['a_day']}，被拒绝 / refused {each['refused']}"
        for each in quota.get("at_limit", [])
    ]


def _of_notifications(notify: dict[str, Any]) -> list[str]:
    """How many channels there are, and what waits for them."""
    channels = notify.get("channels", [])
    if not channels:
        return ["  通知 / notify    没有设置渠道，只在控制台可见 / no channel is set: alerts show in the console alone"]
    waiting = sum(channel["waiting"] for channel in channels)
    return [f"  通知 / notify    渠道 / channels {len(channels)}，待送 / messages that wait {waiting}"]


def _of_policies(status: dict[str, Any]) -> list[str]:
    """What somebody should know of the policies, though nothing is wrong."""
    if not status["policy"].get("two_people", True):
        return [
            "",
            "注意：没有人审批策略，保存文件即生效（two_people = false）",
            "  beware: nobody approves policies, a saved file is in force",
        ]
    told = status["policies"]
    found = []
    if told.get("drafts"):
        numbers = ", ".join(map(str, told["drafts"]))
        found.append(f"  待处理的策略草稿 / drafts that wait: {numbers}")
    if told.get("folder_differs"):
        found.append("  策略目录与现行版本不同 / the folder differs from what is in force: yingbi policy diff")
    return found


def _of_python(python: dict[str, Any]) -> list[str]:
    """That everything takes longer than it need, where it does."""
    return ["", f"注意 / beware: {interpreter.sentence(python)}"] if python and not python["optimised"] else []


def _of_prose(*, reads: bool) -> list[str]:
    """That texts are hidden which could be read, where they are."""
    if reads:
        return []
    said = "没有安装识别姓名的模型，正文中凡可能有姓名或地址的句子整句隐藏；联网后运行 make venv"
    also = (
        "the weights that names are recognised with are not installed: each sentence that could name somebody is "
        "hidden; run make venv"
    )
    return ["", f"注意 / beware: {said} / {also}"]


def _of_the_kernel(processes: list[dict[str, Any]]) -> list[str]:
    """That workers do slowly what they could do fast, where they do."""
    if not (without := [each["name"] for each in processes if each.get("serving") and not each.get("kernel", 1)]):
        return []
    said = f"没有编译的内核，列表处理得慢：{'、'.join(without)}；装好 rustc 后运行 make venv，再 yingbi reload"
    also = "without the compiled kernel lists are masked slowly; install rustc, run make venv, then yingbi reload"
    return ["", f"注意 / beware: {said} / {also}"]


def _of_the_shadow(shadow: dict[str, int]) -> list[str]:
    if not shadow:
        return []
    return [
        f"  旁路 / shadow    代 / generation {shadow['generation']}，访问 / exchanges {shadow['exchanges']}，"
        f"不同 / disagreements {shadow['disagreements']}，失败 / failed {shadow['failures']}"
    ]
