"""Figures for Prometheus: numbers that the processes count or tell, and nothing of any exchange."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from policies.permits import Kind
from siem.notify.watchdog import Part
from yingbi.check_tls import ends_of
from yingbi.home import Home
from yingbi.metrics.systems import memory, of_systems
from yingbi.standing import baselines_behind_s, broken_journals, broken_log, processes_of
from yingbi.subscribers.standing import figures_of_subscribers, told_of_subscribers
from yingbi.told import hear

COUNTED = {
    "requests": "Requests that arrived.",
    "withheld": "Answers withheld, refusals included.",
    "failures": "Failures on the data path; each has shown nothing.",
    "record_failures": "Answers withheld because the log could not be written.",
    "refused_publications": "Programs or overlays that a worker would not take.",
    "refused_busy": "Requests refused because the worker was busy; they were not sent on.",
    "refused_connections": "Connections closed unread because the worker had as many as it takes on.",
    "limited": "Answers withheld, cut or masked harder because a limit was reached or could not be asked about.",
    "unopened": "Stored values that did not open, a different one in an answer counted once: hidden from everybody.",
}
MEASURED = {
    "serving": "1 while the worker's lease on programs and overlay holds.",
    "ready": "1 while new callers should be led to the worker.",
    "live": "Exchanges under way.",
    "held": "Exchanges under way, and answers that callers have not taken yet.",
    "connections": "Callers' connections.",
    "late_ms": "Milliseconds by which the loop was late when last looked at.",
    "programs": "Generation of the programs that the worker serves by.",
    "overlay": "Generation of the overlay that the worker serves by.",
    "kernel": "1 where the worker masks lists with the compiled kernel.",
}


class Figures:
    """Collects what there is to tell at the moment somebody asks."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        processes = processes_of(self._home)
        up = GaugeMetricFamily("yingbi_process_up", "1 while the process runs.", labels=["process"])
        restarts = CounterMetricFamily("yingbi_process_restarts", "Times it was started again.", labels=["process"])
        failing = GaugeMetricFamily(
            "yingbi_process_failing", "Times in a row that it ended soon after its start.", labels=["process"]
        )
        for process in processes:
            up.add_metric([process["name"]], int(process["alive"]))
            restarts.add_metric([process["name"]], process["restarts"])
            failing.add_metric([process["name"]], process.get("failing", 0))
        yield from (up, restarts, failing)
        workers = [process for process in processes if "number" in process]
        for kind, names in ((CounterMetricFamily, COUNTED), (GaugeMetricFamily, MEASURED)):
            for name, about in names.items():
                family = kind(f"yingbi_worker_{name}", about, labels=["worker"])
                for worker in workers:
                    family.add_metric([worker["name"]], worker[name])
                yield family
        yield from of_systems(self._home, workers)
        yield from memory(processes)
        yield from self._told()

    def _told(self) -> Iterable[Metric]:
        policy = hear(self._home.told("supervisor")).get("policy", {})
        errors = [finding for finding in policy.get("findings", []) if finding["severity"] == "error"]
        siem = hear(self._home.told("siem"))
        control = hear(self._home.told("control"))
        numbers = control.get("numbers", {})
        yield GaugeMetricFamily(
            "yingbi_policy_errors", "Errors in the policy files; the programs before them stay.", value=len(errors)
        )
        yield GaugeMetricFamily(
            "yingbi_policy_generation", "Generation of the programs published.", value=policy.get("generation", 0)
        )
        yield GaugeMetricFamily(
            "yingbi_policy_version",
            "Version of the policy; 0 where nobody approves it.",
            value=policy.get("version", 0),
        )
        yield GaugeMetricFamily(
            "yingbi_policy_journal_broken",
            "1 where the journal of policies was altered.",
            value=int(bool(control.get("broken_policies"))),
        )
        permits = [each["kind"] for each in control.get("permits", [])]
        yield GaugeMetricFamily(
            "yingbi_permits_in_force", "Permits by which callers are shown more.", value=len(permits)
        )
        yield GaugeMetricFamily(
            "yingbi_break_glass_in_force",
            "Permits among them that are about a whole system.",
            value=permits.count(Kind.BREAK_GLASS),
        )
        yield GaugeMetricFamily(
            "yingbi_permit_journal_broken",
            "1 where the journal of permits was altered.",
            value=int(bool(control.get("broken_permits"))),
        )
        yield GaugeMetricFamily(
            "yingbi_alert_journal_broken",
            "1 where the journal of alerts was altered.",
            value=int(bool(control.get("broken_alerts"))),
        )
        yield GaugeMetricFamily(
            "yingbi_rule_journal_broken",
            "1 where the journal of detection rules was altered.",
            value=int(bool(control.get("broken_rules"))),
        )
        yield GaugeMetricFamily(
            "yingbi_playbook_journal_broken",
            "1 where the journal of playbooks of others was altered.",
            value=int(bool(control.get("broken_playbooks"))),
        )
        quota = hear(self._home.told("quota"))
        yield CounterMetricFamily(
            "yingbi_quota_admitted",
            "Answers and windows that a limit on people let go.",
            value=quota.get("admitted", 0),
        )
        yield CounterMetricFamily(
            "yingbi_quota_refused", "Answers and windows that a limit on people did not.", value=quota.get("refused", 0)
        )
        yield GaugeMetricFamily(
            "yingbi_quota_at_limit",
            "Callers refused more people in the last hour, counted for each limit, to 100.",
            value=len(quota.get("at_limit", [])),
        )
        yield GaugeMetricFamily(
            "yingbi_quota_trouble",
            "1 while nobody can say whether a limit is reached.",
            value=int(bool(quota.get("trouble"))),
        )
        yield GaugeMetricFamily(
            "yingbi_index_behind_bytes", "Log not yet in the index.", value=siem.get("behind_bytes", 0)
        )
        yield GaugeMetricFamily(
            "yingbi_index_trouble", "1 while the index cannot be written.", value=int(bool(siem.get("trouble")))
        )
        yield GaugeMetricFamily(
            "yingbi_index_dead_letters",
            "Events that the index has not taken: in the log, and in no search.",
            value=siem.get("refused", 0),
        )
        yield from _of_baselines(hear(self._home.told("baselines")))
        yield GaugeMetricFamily(
            "yingbi_log_broken_chains", "Worker starts whose chain breaks.", value=len(broken_log(self._home))
        )
        yield GaugeMetricFamily(
            "yingbi_journals_broken", "Cases whose journal was altered.", value=len(broken_journals(self._home))
        )
        yield from self._notified()
        opened = sum(numbers.get(state, 0) for state in ("open", "contained"))
        ending = GaugeMetricFamily(
            "yingbi_certificate_ends", "POSIX time at which a certificate ends.", labels=["certificate"]
        )
        for name, ends in ends_of(self._home).items():
            ending.add_metric([name], ends.timestamp())
        yield ending
        yield GaugeMetricFamily("yingbi_cases_open", "Cases not yet resolved.", value=opened)

    def _notified(self) -> Iterable[Metric]:
        notify = hear(self._home.told("notifier"))
        waiting = GaugeMetricFamily(
            "yingbi_notify_waiting", "Messages a channel has not taken yet.", labels=["channel"]
        )
        down = GaugeMetricFamily(
            "yingbi_notify_down", "1 while a channel takes nothing, or its address cannot be used.", labels=["channel"]
        )
        for channel in notify.get("channels", []):
            waiting.add_metric([channel["name"]], channel["waiting"])
            down.add_metric([channel["name"]], int(bool(channel["down"] or channel["wrong"])))
        still = GaugeMetricFamily(
            "yingbi_pipeline_still", "1 while a part of the pipeline stands still.", labels=["part"]
        )
        for part in Part:
            still.add_metric([part], int(part in notify.get("still", {})))
        yield from (waiting, down, still)
        processes = hear(self._home.told("supervisor")).get("processes", [])
        yield from figures_of_subscribers(told_of_subscribers(self._home, processes))
        yield GaugeMetricFamily(
            "yingbi_notifier_beat",
            "POSIX time at which the notifier last looked at everything.",
            value=datetime.fromisoformat(notify["beat"]).timestamp() if notify else 0,
        )
        yield GaugeMetricFamily(
            "yingbi_heartbeat_trouble",
            "1 while the heartbeat does not arrive where it is to.",
            value=int(bool(notify.get("heartbeat", {}).get("trouble"))),
        )


def _of_baselines(told: dict[str, Any]) -> Iterable[Metric]:
    yield GaugeMetricFamily(
        "yingbi_baselines_building",
        "1 while what is usual is being read; nothing new is judged by it until then.",
        value=int(told.get("building", True)),
    )
    yield GaugeMetricFamily(
        "yingbi_baselines_callers", "Callers of whom is known what is usual.", value=told.get("callers", 0)
    )
    yield GaugeMetricFamily(
        "yingbi_baselines_behind_seconds",
        "By how much the baselines are behind the index.",
        value=baselines_behind_s(told),
    )
    yield GaugeMetricFamily(
        "yingbi_baselines_trouble", "1 while they cannot look.", value=int(bool(told.get("trouble")))
    )
