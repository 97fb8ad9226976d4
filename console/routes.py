"""Which page of the console answers where."""

from collections.abc import Callable

from starlette.responses import Response

from console.alerts.acts import AlertActs
from console.alerts.pages import AlertPages
from console.cases.acts import CaseActs
from console.cases.canary_acts import CanaryActs
from console.cases.duty_pages import DutyPages
from console.cases.evidence_acts import EvidenceActs
from console.cases.handling_acts import HandlingActs
from console.cases.handling_pages import HandlingPages
from console.cases.pages import CasePages
from console.cases.person_pages import PersonPages
from console.cases.several_cases import SeveralCases
from console.cases.step_acts import StepActs
from console.dashboard_pages import DashboardPages
from console.hotline_pages import HotlinePages
from console.machinery_pages import MachineryPages
from console.notices.pages import NoticePages
from console.overview import Overview
from console.pages import STYLE, Pages
from console.permits.pages import PermitPages
from console.playbooks.pages import PlaybookPages
from console.policy.forms import PolicyForms
from console.policy.pages import PolicyPages
from console.rules.pages import RulePages
from console.search.event_pages import EventPages
from console.search.pages import SearchPages
from console.search.people_pages import PeoplePages
from console.sign_in import SignIn
from console.subscriber_pages import SubscriberPages
from console.token_pages import TokenPages

type Endpoint = Callable[..., Response]


def endpoints_of(pages: Pages, signing: SignIn) -> tuple[tuple[str, str, Endpoint], ...]:
    """Method, path and what answers, of every page of the console."""
    cases = CasePages(pages)
    overview, alerts, events = Overview(pages), AlertPages(pages), EventPages(pages)
    acts, notices, machinery = CaseActs(pages, cases), NoticePages(pages, cases), MachineryPages(pages)
    permits, policies, alert_acts = PermitPages(pages), PolicyPages(pages), AlertActs(pages, alerts)
    searches, people, dashboard = SearchPages(pages, events), PeoplePages(pages), DashboardPages(pages)
    forms, persons = PolicyForms(pages, policies), PersonPages(pages, cases)
    tokens, subscribers, hotline = TokenPages(pages), SubscriberPages(pages), HotlinePages(pages)
    evidence, several = EvidenceActs(pages, cases), SeveralCases(pages, cases)
    handling, handled = HandlingActs(pages, cases), HandlingPages(pages)
    duties, steps = DutyPages(pages, cases, acts), StepActs(pages, cases, acts)
    playbooks = PlaybookPages(pages)
    rules, proposal = RulePages(pages), "/rules/proposals/{number}"
    case, notice = "/cases/{case}", "/cases/{case}/notice"
    draft, version = "/policies/drafts/{draft}", "/policies/versions/{version}"
    return (
        ("GET", "/style.css", _style),
        ("GET", "/sign-in", signing.form),
        ("POST", "/sign-in", signing.sign_in),
        ("POST", "/sign-out", signing.sign_out),
        ("GET", "/password", signing.password),
        ("POST", "/password", signing.change_password),
        ("GET", "/", overview.show),
        ("GET", "/alerts", alerts.index),
        ("GET", "/alerts/rules", alerts.rules),
        ("GET", "/alerts/{alert}", alerts.show),
        ("POST", "/alerts/{alert}/acknowledge", alert_acts.acknowledge),
        ("POST", "/alerts/{alert}/assign", alert_acts.assign),
        ("POST", "/alerts/{alert}/snooze", alert_acts.snooze),
        ("POST", "/alerts/{alert}/close", alert_acts.close),
        ("POST", "/alerts/{alert}/reopen", alert_acts.reopen),
        ("POST", "/alerts/{alert}/silence", alert_acts.silence),
        ("POST", "/alerts/{alert}/end-silence", alert_acts.end_silence),
        ("GET", "/events", events.index),
        ("POST", "/events/export", searches.export),
        ("GET", "/events/{event}", events.show),
        ("GET", "/searches", searches.index),
        ("POST", "/searches", searches.save),
        ("GET", "/searches/{search}", searches.open),
        ("POST", "/searches/{search}/rename", searches.rename),
        ("POST", "/searches/{search}/delete", searches.delete),
        ("GET", "/people", people.form),
        ("POST", "/people", people.look_up),
        ("GET", "/callers", people.caller),
        ("GET", "/hotline", hotline.index),
        ("POST", "/hotline", hotline.look_up),
        ("GET", "/figures", dashboard.show),
        ("GET", "/rules", rules.index),
        ("POST", "/rules/propose", rules.propose),
        ("GET", "/rules/{file}", rules.show),
        ("POST", "/rules/{file}/adapt", rules.adapt),
        ("POST", "/rules/{file}/end", rules.end),
        ("GET", proposal, rules.proposal),
        ("POST", f"{proposal}/live", rules.put_live),
        ("POST", f"{proposal}/withdraw", rules.withdraw),
        ("GET", "/permits", permits.index),
        ("GET", "/permits/{permit}", permits.show),
        ("POST", "/permits/{permit}/end", permits.end),
        ("POST", "/permits/{permit}/review", permits.review),
        ("GET", "/cases", cases.index),
        ("POST", "/cases", cases.open_by_hand),
        ("GET", case, cases.show),
        ("POST", f"{case}/answer", acts.answer),
        ("POST", f"{case}/take-step", steps.take),
        ("POST", f"{case}/give-back-step", steps.give_back),
        ("POST", f"{case}/retry", acts.retry),
        ("POST", f"{case}/contain", acts.contain),
        ("POST", f"{case}/lift", acts.lift),
        ("POST", f"{case}/agree", acts.agree),
        ("POST", f"{case}/reassess", acts.reassess),
        ("POST", f"{case}/grade", acts.grade),
        ("POST", f"{case}/judge", acts.judge),
        ("POST", f"{case}/clock", acts.clock),
        ("POST", f"{case}/fulfil", acts.fulfil),
        ("POST", f"{case}/happened", acts.happened),
        ("POST", f"{case}/dispute", acts.dispute),
        ("POST", f"{case}/withdraw", acts.withdraw),
        ("POST", f"{case}/move", acts.move),
        ("POST", f"{case}/note", acts.note),
        ("POST", f"{case}/role", handling.role),
        ("POST", f"{case}/task", handling.task),
        ("POST", f"{case}/task-done", handling.done),
        ("POST", f"{case}/mark", handling.mark),
        ("POST", f"{case}/restrict", handling.restrict),
        ("POST", f"{case}/review", handling.review),
        ("POST", f"{case}/evidence", evidence.add),
        ("POST", f"{case}/evidence-move", evidence.move),
        ("POST", f"{case}/evidence-open", evidence.open),
        ("POST", f"{case}/evidence-export", evidence.export),
        ("POST", f"{case}/canaries", CanaryActs(pages, cases).plant),
        ("GET", "/playbooks", playbooks.index),
        ("POST", "/playbooks/propose", playbooks.propose),
        ("GET", "/playbooks/{name}", playbooks.show),
        ("GET", "/playbooks/proposals/{number}", playbooks.proposal),
        ("POST", "/playbooks/proposals/{number}/agree", playbooks.agree),
        ("POST", "/playbooks/proposals/{number}/withdraw", playbooks.withdraw),
        ("GET", "/actions", handled.actions),
        ("GET", "/summary", handled.summary),
        ("GET", "/summary/{kind}", handled.export),
        ("GET", "/drills", handled.drills),
        ("POST", "/drills", handled.begin_drill),
        ("GET", f"{case}/forms/{{form}}", duties.form),
        ("POST", f"{case}/state-item", duties.state),
        ("GET", f"{case}/persons", persons.show),
        ("POST", f"{case}/persons", persons.ask),
        ("POST", f"{case}/persons/agree", persons.agree),
        ("POST", f"{case}/persons/stop", persons.stop),
        ("GET", f"{case}/persons/{{number}}/{{part}}", persons.part),
        ("POST", f"{case}/merge", several.merge),
        ("POST", f"{case}/split", several.split),
        ("POST", f"{case}/link", several.link),
        ("POST", f"{case}/unlink", several.unlink),
        ("GET", notice, notices.show),
        ("POST", f"{notice}/settle", notices.settle),
        ("POST", f"{notice}/redraft", notices.redraft),
        ("POST", f"{notice}/edit", notices.edit),
        ("POST", f"{notice}/submit", notices.submit),
        ("POST", f"{notice}/approve", notices.approve),
        ("POST", f"{notice}/call-off", notices.call_off),
        ("POST", f"{notice}/withdraw", notices.withdraw),
        ("GET", "/policies", policies.index),
        ("POST", "/policies/drafts", forms.draft),
        ("POST", "/policies/roll-back", forms.roll_back),
        ("GET", draft, policies.draft),
        ("GET", f"{draft}/file", policies.draft_file),
        ("POST", f"{draft}/file", forms.file),
        ("POST", f"{draft}/files", forms.files),
        ("POST", f"{draft}/submit", forms.submit),
        ("POST", f"{draft}/approve", forms.approve),
        ("POST", f"{draft}/publish", forms.publish),
        ("POST", f"{draft}/rebase", forms.rebase),
        ("POST", f"{draft}/withdraw", forms.withdraw),
        ("GET", version, policies.version),
        ("GET", f"{version}/file", policies.version_file),
        ("GET", "/subscribers", subscribers.index),
        ("POST", "/subscribers", subscribers.begin),
        ("POST", "/subscribers/{hook}/end", subscribers.end),
        ("GET", "/system", machinery.system),
        ("GET", "/accounts", machinery.accounts),
        ("GET", "/tokens", tokens.index),
        ("POST", "/tokens", tokens.make),
        ("POST", "/tokens/{token}/revoke", tokens.revoke),
    )


def _style() -> Response:
    return Response(STYLE, media_type="text/css")
