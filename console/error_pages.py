"""What the console says where there is no page to show."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from console.access import API
from console.admission import ELSEWHERE, TOKEN_FIELD, SignInFirst
from console.api.problems import BY_STATUS, Problem, answer_of
from console.cases.gate import RESTRICTED
from console.desk import Desk
from console.pages import Pages
from console.policy.journal import BrokenPolicyJournal
from console.policy.pages import altered_page
from console.policy.store import AlteredFiles
from console.sign_in import SignIn
from incident.ids import Bilingual

log = logging.getLogger("console")

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


class ErrorPages:
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
