"""The web console: its pages together, behind one admission. `create_app` is all that the composition root needs."""

import logging
from collections.abc import Callable

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access import API
from console.admission import ELSEWHERE, TOKEN_FIELD, Admission, ChangePasswordFirst, SignInFirst
from console.alert_acts import AlertActs
from console.alert_pages import AlertPages
from console.api import Api
from console.api_admission import TokenAdmission
from console.api_problems import BY_STATUS, Problem, answer_of
from console.api_route import endpoint_of
from console.canary_acts import CanaryActs
from console.case_acts import CaseActs
from console.case_gate import RESTRICTED, CaseGate
from console.case_pages import CasePages
from console.dashboard_pages import DashboardPages
from console.desk import Desk
from console.duty_pages import DutyPages
from console.event_pages import EventPages
from console.evidence_acts import EvidenceActs
from console.handling_acts import HandlingActs
from console.handling_pages import HandlingPages
from console.hotline_pages import HotlinePages
from console.machinery_pages import MachineryPages
from console.notice_pages import NoticePages
from console.office import Office
from console.overview import Overview
from console.pages import STYLE, Pages
from console.permit_pages import PermitPages
from console.person_pages import PersonPages
from console.playbook_pages import PlaybookPages
from console.policy_forms import PolicyForms
from console.policy_journal import BrokenPolicyJournal
from console.policy_pages import PolicyPages, altered_page
from console.policy_store import AlteredFiles
from console.rule_pages import RulePages
from console.search_pages import SearchPages
from console.search_people_pages import PeoplePages
from console.several_cases import SeveralCases
from console.sign_in import SignIn
from console.step_acts import StepActs
from console.subscriber_pages import SubscriberPages
from console.token_pages import TokenPages
from incident.ids import Bilingual
from siem.index.store import StoreUnavailable

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not `no-referrer`: with it browsers say of our own forms that they come from nowhere.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

log = logging.getLogger("console")

type Endpoint = Callable[..., Response]


def create_app(office: Office) -> ASGIApp:
    """The console of *office*. It must be served over TLS: browsers keep its cookies for nothing else."""
    return _WithHeaders(build(office))


def build(office: Office) -> FastAPI:
    """The application without its headers, so that a test can walk its routes."""
    pages = Pages(office)
    signing, cases = SignIn(pages), CasePages(pages)
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[
            Depends(Admission(office.accounts, TokenAdmission(office.tokens, office.now))),
            Depends(CaseGate(office.cases)),
        ],
    )
    for method, path, endpoint in _endpoints(pages, signing, cases):
        app.add_api_route(path, endpoint, methods=[method], response_model=None)
    for route in Api(office).routes:
        method, path = route.key
        app.add_api_route(path, endpoint_of(route, office.repeats), methods=[method], response_model=None)
    errors = _Errors(pages, signing)
    app.add_exception_handler(HTTPException, errors.refused)
    app.add_exception_handler(Problem, errors.not_done)
    app.add_exception_handler(SignInFirst, errors.sign_in_first)
    app.add_exception_handler(ChangePasswordFirst, errors.change_password_first)
    app.add_exception_handler(StoreUnavailable, errors.unavailable)
    app.add_exception_handler(BrokenPolicyJournal, errors.altered)
    app.add_exception_handler(AlteredFiles, errors.altered)
    app.add_exception_handler(500, errors.failed)
    return app


def _endpoints(pages: Pages, signing: SignIn, cases: CasePages) -> tuple[tuple[str, str, Endpoint], ...]:
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


class _WithHeaders:
    """Adds the security headers to every answer, those to errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


_SAID = {
    400: Bilingual(zh="提交的内容无法读取", en="what was sent cannot be read"),
    403: Bilingual(zh="您的角色无权进行此操作", en="your roles may not do this"),
    404: Bilingual(zh="没有这个页面，或者编号不存在", en="there is no such page, or nothing of that number"),
    405: Bilingual(zh="这个地址只接受表单提交，请从页面进入", en="this address takes forms only: begin at a page"),
    413: Bilingual(zh="提交的内容太长", en="what was sent is too long"),
    415: Bilingual(
        zh="提交的格式无法识别，请从页面上的表单提交", en="what was sent is no form: begin at the form on a page"
    ),
    503: Bilingual(
        zh="索引或告警暂时不可用，请稍后再试", en="the index or the alerts do not answer: try again in a moment"
    ),
}
_STALE_FORM = Bilingual(
    zh="页面已过期，请返回上一页刷新后再提交", en="the page is out of date: go back, load it again and send it anew"
)
_ELSEWHERE = Bilingual(
    zh="提交来自另一个地址，没有受理：请直接打开控制台的地址；前面有代理时，代理要原样传递 Host",
    en="sent from a page under another address, and refused: open the console by its own address;"
    " a proxy in front has to pass the Host on",
)
_RESTRICTED = Bilingual(
    zh="这个案件限制查看，您不在名单上：请联系案件负责人", en="this case is open to named persons only: ask its lead"
)
_FOR_REASON = {TOKEN_FIELD: _STALE_FORM, ELSEWHERE: _ELSEWHERE, RESTRICTED: _RESTRICTED}
_FAILED = Bilingual(zh="页面暂时出错，请稍后再试", en="something went wrong: try again in a moment")


def _frame(request: Request) -> Desk | None:
    """Whose page it would have been, where that was found out before it failed."""
    found = getattr(request.state, "frame", None)
    return found if isinstance(found, Desk) else None


def _asks_the_api(request: Request) -> bool:
    return request.url.path.startswith(f"{API}/")


class _Errors:
    """A page for everything that is no page."""

    def __init__(self, pages: Pages, signing: SignIn) -> None:
        self._pages = pages
        self._signing = signing

    async def refused(self, request: Request, error: Exception) -> Response:
        """What cannot be had."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        if _asks_the_api(request):
            restricted = isinstance(error, HTTPException) and error.detail == RESTRICTED
            return answer_of(Problem("restricted" if restricted else BY_STATUS.get(status, "not-found")))
        why = _FOR_REASON.get(error.detail) if isinstance(error, HTTPException) else None
        return self._pages.error(status, why or _SAID.get(status, _SAID[404]), _frame(request))

    async def not_done(self, request: Request, error: Exception) -> Response:
        """What the API does not do."""
        assert isinstance(error, Problem)
        return answer_of(error)

    async def sign_in_first(self, request: Request, error: Exception) -> Response:
        """The way to the sign-in form."""
        assert isinstance(error, SignInFirst)
        return self._signing.first(request, error)

    async def change_password_first(self, request: Request, error: Exception) -> Response:
        """The way to the form for the password."""
        return self._pages.go("/password")

    async def unavailable(self, request: Request, error: Exception) -> Response:
        """The index or the file of alerts does not answer now."""
        log.warning("store_unavailable")
        return self._pages.error(503, _SAID[503], _frame(request))

    async def altered(self, request: Request, error: Exception) -> Response:
        """What the page would be made from is not as it was written."""
        log.error("policies_altered")
        assert isinstance(error, BrokenPolicyJournal | AlteredFiles)
        return altered_page(self._pages, _frame(request), error)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Something of ours failed; what it was is in the process's own log, without what was typed."""
        log.error("page_failed kind=%s", type(error).__name__)
        if _asks_the_api(request):
            return answer_of(Problem("failed"))
        return self._pages.error(500, _FAILED)
