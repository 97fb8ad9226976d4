"""Why something is withheld: one table of codes, with the status and the words that go with each.

A code is what records hold and programs read; the words are for people. None of them ever holds a value from traffic.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason."""

    status: int
    zh: str
    en: str


REASONS: dict[str, Reason] = {
    # what came in
    "malformed_request": Reason(400, "请求格式有歧义，网关不予转发", "the request can be read in more than one way"),
    "upgrade_refused": Reason(400, "该操作不支持这种协议升级", "this operation does not speak that protocol"),
    "foreign_origin": Reason(403, "请求来自别的网站的页面", "a page of another site asks for it"),
    "grpc_refused": Reason(
        403, "本网关不对 gRPC 脱敏，因此不予转发", "gRPC is not masked here, so nothing of it passes"
    ),
    "precondition_refused": Reason(412, "经网关不支持条件写入", "conditional writes are not supported here"),
    "request_too_large": Reason(413, "请求内容超过大小限制", "the request is larger than allowed"),
    "body_not_declared": Reason(415, "该操作不接受这种格式的内容", "this operation takes no content of that kind"),
    "body_unreadable": Reason(400, "请求内容无法按其格式读取", "the content cannot be read as what it says it is"),
    "not_as_declared": Reason(
        400,
        "提交的名称与安全策略声明的只差大小写、空格、括号等写法，或应填一个值的位置是列表或对象",
        "a name is nearly one that the policy declares, or a list or an object stands in the place of a single value",
    ),
    "mask_returned": Reason(
        409,
        "提交的内容含有脱敏后的值。为避免把真实数据覆盖，未予提交",
        "it holds a masked value; sending it on would overwrite the true one",
    ),
    "subject_kept": Reason(
        409,
        "您可以按当事人查看记录，因此不能更改已有记录的当事人。未予提交",
        "the subject of a record cannot be changed by whoever may see records by their subject",
    ),
    "file_refused": Reason(
        415, "提交的文件未在安全策略中声明，或类型、大小不符", "the policy does not know the file, its kind or its size"
    ),
    "file_personal": Reason(
        403, "提交的文件中有个人信息，本系统不接受", "the file holds personal data, which this system does not take"
    ),
    "file_unreadable": Reason(
        415, "提交的文件无法检查，未予提交", "the file cannot be looked into, so it is not sent on"
    ),
    "value_not_sent": Reason(403, "提交的内容中有您不得发出的信息", "it holds what you may not send to this system"),
    "caller_left": Reason(499, "请求方已断开连接", "the caller has gone before the answer came"),
    # who asks
    "bad_credential": Reason(401, "凭证无效或已过期", "the credential is not valid, or no longer"),
    "certificate_refused": Reason(
        403,
        "客户端证书已到期、已吊销，或未在本系统登记",
        "the client certificate has ended, was revoked, or is not known to this system",
    ),
    "misdirected": Reason(
        421,
        "这个连接是为另一个域名建立的，请重新连接",
        "the connection was made for another host: connect anew for this one",
    ),
    "request_replayed": Reason(
        401, "这个已签名的请求已经用过一次，请重新签名", "this signed request has been used before: sign a new one"
    ),
    "replay_unchecked": Reason(
        503,
        "网关暂时无法核对签名请求是否重复，请稍后再试",
        "whether a signed request has been used before cannot be known just now",
    ),
    "session_unchecked": Reason(
        503,
        "网关暂时无法核对登录状态，请稍后再试",
        "whether you are still signed in cannot be known just now",
    ),
    "sign_in_needed": Reason(401, "该操作需要先登录", "sign in first"),
    "not_allowed": Reason(403, "您的岗位无权执行该操作", "your post may not do this"),
    "caller_blocked": Reason(
        403, "该账号已被安全值班人员暂停访问", "this account has been suspended by the staff on duty"
    ),
    "too_many_requests": Reason(
        429, "请求过于频繁，请稍后再试", "there were too many requests within a minute: try again in a moment"
    ),
    "subject_limit": Reason(
        429,
        "您在规定时间内查看的人数已到上限，暂不能再查看其他人的信息",
        "you have been shown as many people as you may be within the time: no more of them for now",
    ),
    "step_up_needed": Reason(
        401,
        "您在规定时间内查看的人数已到上限，需要加强登录（如动态口令、证书）后继续",
        "you have been shown as many people as you may be: sign in again, more strongly, to go on",
    ),
    "limit_unknown": Reason(
        503,
        "网关暂时无法核对是否超过上限，因此不提供数据，请稍后再试",
        "whether a limit is reached cannot be known just now: nothing is shown until it can",
    ),
    # what is asked
    "unknown_host": Reason(421, "本网关不提供该域名的服务", "no system answers under this name"),
    "operation_not_declared": Reason(
        403, "该操作未在安全策略中声明，不予提供", "the policy does not know this operation"
    ),
    "operation_refused": Reason(403, "安全策略不允许该操作", "the policy refuses this operation"),
    "operation_stopped": Reason(503, "该功能已因安全事件暂停", "this function is suspended because of an incident"),
    "export_quarantined": Reason(
        503, "该导出因安全事件封存，暂不提供", "this export is in quarantine because of an incident"
    ),
    "session_revoked": Reason(
        401, "这次登录因安全事件已被注销，请重新登录", "this session was revoked because of an incident: sign in anew"
    ),
    "parameter_not_declared": Reason(403, "查询参数未在安全策略中声明", "the policy does not know a parameter"),
    "unknown_handle": Reason(
        404,
        "该链接已经失效，或不是给您的。请回到列表重新打开",
        "the link has expired, or was not made for you: open it from the list again",
    ),
    "parameter_refused": Reason(403, "安全策略不允许该查询参数", "the policy refuses a parameter"),
    "question_about_hidden_field": Reason(
        403,
        "不能按您无权查看的字段查询、筛选或排序，否则查询结果会泄露该字段",
        "a field you may not see cannot be searched, filtered or sorted by: the answer would tell it",
    ),
    "listing_refused": Reason(
        403,
        "该字段的值不能脱离具体记录汇总列出",
        "the values of this field are not listed outside of the records they belong to",
    ),
    "subject_left_out": Reason(
        403,
        "不能去掉标明当事人的字段，否则访问无法按人记录",
        "the field that says whom a record is about cannot be left out: what is shown could not be recorded",
    ),
    "writes_refused_while_learning": Reason(
        403, "系统尚在登记中，暂不接受写入", "the system is being declared: no writes"
    ),
    # ourselves
    "not_ready": Reason(
        503, "网关暂时无法确认当前的安全策略，请稍后再试", "the gateway cannot confirm the policy in force"
    ),
    "keys_missing": Reason(
        503,
        "该系统的密钥无法读取，因此不提供服务，请联系系统管理员",
        "the keys of this system cannot be read: its operator has to restore them",
    ),
    "too_busy": Reason(
        503, "网关此刻忙，未受理您的请求，请稍后再试", "the gateway is busy and has done nothing: try again in a moment"
    ),
    "gateway_stopping": Reason(
        503, "网关正在重新启动，请稍后再试", "the gateway is being restarted: try again in a moment"
    ),
    "record_failed": Reason(
        503, "访问日志暂时无法写入，因此不提供数据，请稍后再试", "what cannot be recorded is not shown"
    ),
    "internal_error": Reason(500, "网关处理出错，未返回任何数据", "the gateway failed and shows nothing"),
    # the system behind
    "upstream_unreachable": Reason(502, "后端系统暂时无法连接", "the system behind the gateway cannot be reached"),
    "upstream_too_slow": Reason(504, "后端系统响应超时", "the system behind the gateway did not answer in time"),
    "upstream_broke_off": Reason(502, "后端系统的响应不完整", "the answer of the system behind broke off"),
    "upstream_malformed": Reason(502, "后端系统的响应格式有误", "the answer of the system behind is malformed"),
    "answer_not_declared": Reason(
        502, "返回内容的类型未在安全策略中声明", "the policy does not know answers of that kind"
    ),
    "answer_encoded": Reason(502, "返回内容经过压缩或编码，无法检查", "the answer is encoded and cannot be checked"),
    "answer_unreadable": Reason(
        502, "返回内容无法按其格式读取，因此不予显示", "the answer cannot be read as what it says it is"
    ),
    "answer_signed": Reason(
        502,
        "返回内容带有电子签名，遮盖后签名即失效，因此不予显示",
        "the answer is signed, and no mask of it would bear the signature",
    ),
    "document_encrypted": Reason(
        502, "文档加了密码，无法检查，因此不予显示", "the document has a password and cannot be checked"
    ),
    "document_legacy": Reason(
        502,
        "文档是旧版 Office 格式（.doc、.xls、.ppt），无法检查，请提供方另存为新格式",
        "the document is of an older Office (.doc, .xls, .ppt) and cannot be checked: save it in a newer one",
    ),
    "document_active": Reason(
        502,
        "文档中有宏、嵌入对象或外部链接，因此不予显示",
        "the document holds macros, embedded objects or links to other files",
    ),
    "document_revisions": Reason(
        502,
        "文档中有修订记录，可能含有已删除的内容，请提供方接受全部修订后重新上传",
        "the document holds tracked changes, and in them what was deleted: have all of them accepted first",
    ),
    "document_within_undeclared": Reason(
        502,
        "文档中有图片或其他文件，其格式未在安全策略中声明",
        "in the document are pictures or files of a format that the policy does not know",
    ),
    "document_nested": Reason(
        502,
        "压缩包或文档一层套一层，超过可检查的层数，请先解开再提供",
        "files lie within each other, deeper than is looked into: unpack them first",
    ),
    "document_doubled": Reason(
        502,
        "压缩包或文档中有两个同名的文件，各种软件打开的可能不是同一个，因此不予显示",
        "two files in the package or document have one name, and programs may open either: have it packed anew",
    ),
    "document_doctype": Reason(
        502,
        "XML 声明了文档类型（DOCTYPE），所引用的定义一律不取，无法检查",
        "the XML declares a document type, whose definition is never fetched",
    ),
    "document_malformed": Reason(502, "文档已损坏或不符合其格式，无法检查", "the document is damaged, or is none"),
    "answer_too_large": Reason(502, "返回内容超过可检查的大小", "the answer is larger than can be checked"),
    "prose_unread": Reason(
        502,
        "返回内容的正文太长，来不及检查其中的姓名和地址",
        "the answer holds more running text than may be read for names and addresses",
    ),
    "redirect_withheld": Reason(
        502,
        "后端系统转向的地址未在安全策略中声明，或其中可能有个人信息",
        "the system behind leads to an address that the policy does not know, or that may tell of somebody",
    ),
    "answer_cut": Reason(502, "访问已被终止", "the answer was cut"),
    # what the answer holds
    "value_blocked": Reason(
        403,
        "返回内容中有您无权接触的信息，整页不予显示",
        "the answer holds what you may not have in any form, so none of it is shown",
    ),
    "too_many_subjects": Reason(
        403,
        "返回内容涉及的人数超过您一次可以查看的上限，请缩小查询范围",
        "the answer is about more people than you may see at once: ask for fewer",
    ),
    "script_from_elsewhere": Reason(
        403,
        "其他网站的页面不能用脚本引用已登录的人的数据",
        "a page of another site may not have, as a script, what is shown to somebody who is signed in",
    ),
    "permit_ended": Reason(
        403,
        "查看原文的许可在答复期间到期或被终止，请重新打开页面，需要时再申请",
        "the permit to see this in clear has ended meanwhile: open the page again, and ask again where you must",
    ),
    "record_left_out": Reason(404, "没有您可以查看的这条记录", "there is no such record that you may see"),
    "page_of_an_error": Reason(
        502, "后端系统返回了错误页面，其内容不予显示", "the system behind answered with an error"
    ),
    # who asks whether an incident affects him
    "affected_for_citizens": Reason(
        403,
        "这里只回答公民本人。请本人登录后查询，或拨打热线",
        "this is answered to citizens about themselves: sign in as yourself, or ring the hotline",
    ),
    "affected_unknown": Reason(
        503,
        "现在无法确定您是否受到影响（这不表示没有受到影响）。请稍后再查，或拨打热线",
        "whether you are affected cannot be told just now, which does not mean that you are not: ring the hotline",
    ),
    # what is asked to be seen whole
    "reveal_not_granted": Reason(
        403, "没有授权允许您在这里申请查看原文", "no grant lets you ask to see anything whole here"
    ),
    "reveal_from_elsewhere": Reason(
        403, "申请必须从本系统的申请页提交", "it has to be asked for on the page of this system"
    ),
    "reveal_incomplete": Reason(400, "申请填写得不完整，或格式不对", "something is missing, or is not of its form"),
    "reveal_tells_of_somebody": Reason(
        400,
        "案件编号和事由会留在记录里，不能写证件号码、电话、姓名等个人信息",
        "case number and reason are recorded: write nobody's name or number in them",
    ),
    "asking_not_taken": Reason(
        503, "申请暂时无法受理，请稍后再试", "nobody can decide about it now: ask again in a moment"
    ),
    "permit_unknown": Reason(404, "没有您申请的这个许可", "there is no such permit that you have asked for"),
    "asked_too_late": Reason(
        403, "申请没有及时受理，请重新申请", "what was asked for was not decided in time: ask again"
    ),
    "reveal_not_in_force": Reason(
        403, "您申请时所依据的授权已不再生效", "what let you ask for it is not in force any more"
    ),
    "too_many_today": Reason(
        403, "您今天的查看次数已经用完", "you have been let see as many records whole today as you may"
    ),
    "event_unknown": Reason(
        403,
        "没有找到您的这次访问，请从脱敏页面上重新申请",
        "no such event of yours was found: ask again from the page that hides it",
    ),
    "event_too_old": Reason(
        403,
        "这次访问已超过八小时，请重新打开该记录后再申请",
        "the event is older than eight hours: open the record again, and then ask",
    ),
    "not_one_record": Reason(
        403, "请先打开要查看的那一条记录", "open the one record that you want to see, and then ask"
    ),
    "reveal_of_other_pages": Reason(
        403,
        "您选的授权不适用于您打开的那个页面，请改选另一项或换一个页面",
        "what you chose is not about the page that you opened: choose another, or open another page of the record",
    ),
}

UNREADABLE = "answer_unreadable"
"""For whatever a masker finds wrong with a body."""

TOO_LARGE_TO_MASK = "too_large_to_mask"


def reason_for_body(code: str) -> str:
    """The reason for a code that a masker gave."""
    return "answer_too_large" if code == TOO_LARGE_TO_MASK else code if code in REASONS else UNREADABLE


@dataclass(frozen=True, slots=True)
class ForFile:
    """Why a file is not sent on."""

    code: str
    zh: str = ""
    """What is wrong with it, where that is known."""
    en: str = ""


FILE_UNREADABLE = "file_unreadable"
"""For whatever is wrong with a file that cannot be looked into."""
_OF_FILES = frozenset({"mask_returned", "file_personal", "internal_error"})


def reason_for_file(code: str) -> ForFile:
    """The reason for a code that was given by what looks into files that are sent."""
    if code in _OF_FILES:
        return ForFile(code)
    known = REASONS.get(code) if code.startswith("document_") else None
    zh, en = (known.zh.removesuffix("，因此不予显示"), known.en) if known is not None else ("", "")
    return ForFile(FILE_UNREADABLE, zh, en)
