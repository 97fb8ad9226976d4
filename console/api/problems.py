"""What the API answers where it does not do what was asked: RFC 9457, in both languages."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from incident.ids import Bilingual

MEDIA_TYPE = "application/problem+json"

CODES: Mapping[str, tuple[int, Bilingual]] = {
    "unreadable": (400, Bilingual(zh="提交的内容不是 JSON 对象", en="what was sent is no JSON object")),
    "idempotency-key-missing": (
        400,
        Bilingual(zh="请求缺少 Idempotency-Key（1 至 200 个可见 ASCII 字符）", en="an Idempotency-Key is needed"),
    ),
    "token-needed": (401, Bilingual(zh="缺少令牌，或令牌无效", en="a token is needed that is good")),
    "role": (403, Bilingual(zh="令牌的角色无权进行此操作", en="the roles of the token may not do this")),
    "restricted": (
        403,
        Bilingual(zh="这个案件限制查看，令牌的人不在名单上", en="this case is open to named persons only"),
    ),
    "second-look": (
        403,
        Bilingual(
            zh="由第二人作出的决定不能用程序的令牌，请本人在控制台办理，或用本人在场的令牌",
            en="what a second person decides takes that person: at the console, or by an attended token",
        ),
    ),
    "not-found": (404, Bilingual(zh="没有这个地址，或者编号不存在", en="no such address, or nothing of that number")),
    "method": (405, Bilingual(zh="这个地址不接受此方法", en="this address does not take that method")),
    "under-way": (409, Bilingual(zh="同一请求正在执行，请稍候", en="the same request is being carried out: wait")),
    "outcome-unknown": (
        409,
        Bilingual(
            zh="同一请求此前已开始而结果不明，没有重做：请先查看案件的经过",
            en="the same request was begun before and nobody knows what came of it; look at the timeline first",
        ),
    ),
    "not-yet": (
        409,
        Bilingual(
            zh="还在等待，请稍后用同一 Idempotency-Key 再试", en="it has to be waited for: ask again, by the same key"
        ),
    ),
    "too-long": (413, Bilingual(zh="提交的内容太长", en="what was sent is too long")),
    "media-type": (415, Bilingual(zh="只接受 application/json", en="only application/json is taken")),
    "field": (422, Bilingual(zh="字段有误", en="a field is wrong")),
    "not-permitted": (422, Bilingual(zh="规则不允许", en="a rule of the work forbids it")),
    "another-request": (
        422,
        Bilingual(zh="这个 Idempotency-Key 用于过另一请求", en="the Idempotency-Key was used for another request"),
    ),
    "too-many": (429, Bilingual(zh="请求过于频繁，请稍后再试", en="too many requests: try again in a moment")),
    "failed": (500, Bilingual(zh="暂时出错，请稍后再试", en="something went wrong: try again in a moment")),
    "unavailable": (503, Bilingual(zh="索引或告警暂时不可用", en="the index or the alerts do not answer")),
}
"""Every code there is: its status, and what it says unless it can say more."""
BY_STATUS = {401: "token-needed", 403: "role", 404: "not-found", 405: "method", 413: "too-long", 503: "unavailable"}


class Problem(Exception):
    """That the API does not do it. *code* is one of CODES."""

    def __init__(self, code: str, said: Bilingual | None = None, *, field: str = "", wait_s: int = 0) -> None:
        super().__init__(code)
        self.code, self.said, self.field, self.wait_s = code, said, field, wait_s


def answer_of(problem: Problem) -> Response:
    """The answer that says so."""
    status, title = CODES[problem.code]
    said = problem.said or title
    told = {
        "type": f"urn:yingbi:problem:{problem.code}",
        "title": f"{title.zh} / {title.en}",
        "status": status,
        "code": problem.code,
        "detail": f"{said.zh} / {said.en}",
    }
    if problem.field:
        told["field"] = problem.field
    headers = {"WWW-Authenticate": 'Bearer realm="yingbi"'} if status == 401 else {}
    if problem.wait_s:
        headers["Retry-After"] = str(problem.wait_s)
    return Response(json.dumps(told, ensure_ascii=False), status, headers, MEDIA_TYPE)
