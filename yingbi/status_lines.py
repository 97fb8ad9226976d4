"""What `yingbi status` says to people: how each part of an installation stands."""

from typing import Any

from policies.permits import Kind
from yingbi import interpreter
from yingbi.clock import now
from yingbi.keys import status as key_status
from yingbi.standing import baselines_behind_s
from yingbi.status_problems import problems_of
from yingbi.subscribers.standing import lines_of_subscribers


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
