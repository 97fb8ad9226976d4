"""What is told of one person whom incidents may affect: in each of them, and in all together. One set of words for all.

Nothing here says more than the log knows: "not found" is about what it holds, and what it cannot hold is said beside.
What cannot be told is never told as "no".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from policies.affected import AffectedTable, Incident, NotKnown, shown_of

type Words = tuple[str, str]
"""Chinese and English."""


class Standing(StrEnum):
    """What can be said of one person in one incident."""

    SHOWN = "shown"
    MASKED = "masked"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"


class Verdict(StrEnum):
    """What can be said of one person in all incidents together."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one incident."""

    incident: Incident
    standing: Standing

    @property
    def is_found(self) -> bool:
        """Whether the log names who asks."""
        return self.standing in (Standing.SHOWN, Standing.MASKED)


STANDINGS: dict[Standing, Words] = {
    Standing.SHOWN: (
        "您的个人信息在这起事件中被他人看到。",
        "In this incident somebody was shown personal data of yours.",
    ),
    Standing.MASKED: (
        "您的记录在这起事件中被他人看到，但显示的内容经过遮盖。",
        "In this incident somebody was shown your record, with its values masked.",
    ),
    Standing.NOT_FOUND: ("没有查到您的记录。", "No record of yours was found."),
    Standing.CANNOT_SAY: (
        "现在还不能确定您是否受到影响，请稍后再查，或拨打热线。",
        "Whether you are affected cannot be told yet: ask again later, or ring the hotline.",
    ),
}
UNATTRIBUTED: Words = (
    "这起事件中有一部分信息，记录没有写明是谁的，因此不能排除其中有您的信息。",
    "Of some of what was shown the record does not say whose it is, so it may be yours.",
)
OTHER_NUMBERS: Words = (
    "这起事件中有的记录不是按身份证号登记的（例如只登记户号或手机号），因此不能排除其中有您的信息；可以请热线用那个号码再查。",
    "Some of its records are kept by other numbers than a resident ID, such as a household's or a telephone's, and may"
    " be yours: the hotline can look those up.",
)
_UNNAMED: Words = ("一起已经通知受影响个人的事件", "An incident of which the persons affected were told")
VERDICTS: dict[Verdict, Words] = {
    Verdict.FOUND: ("查到了您的记录", "Your record was found"),
    Verdict.NOT_FOUND: (
        "在已公布的事件中，没有查到您的记录",
        "In the incidents made public, no record of yours was found",
    ),
    Verdict.CANNOT_SAY: (
        "现在还不能确定您是否受到影响。这不表示没有受到影响，请稍后再查，或拨打热线",
        "Whether you are affected cannot be told yet. That does not mean that you are not: ring the hotline",
    ),
}
CANNOT_KNOW: tuple[Words, ...] = (
    (
        "这里只查经过本网关的访问。从别处读取、拍照、转发的，这里没有记录。",
        "Only what passed this gateway is looked up: what was read elsewhere, photographed or passed on is not here.",
    ),
    (
        "按您登录时使用的号码查找。用其他号码（如手机号、单位代码）登记的记录，可能查不到。",
        "You are looked up by the number that you signed in with; records under another number may not be found.",
    ),
    (
        "只回答您本人。替家人或他人查询的，请由本人登录，或拨打热线。",
        "The answer is about you alone. Others sign in themselves, or ring the hotline.",
    ),
    (
        "正在调查、尚未公布的事件，这里不回答。",
        "Nothing is said here of what is still investigated and not public.",
    ),
)
_BY_PHONE: tuple[Words, ...] = (
    CANNOT_KNOW[0],
    (
        "按来电人报的号码查找。用其他号码（如手机号、单位代码）登记的记录，要用那个号码再查。",
        "The caller is looked up by the number told; records under another number are found by that one.",
    ),
    (
        "只答来电人本人。替家人或他人问的，请由本人来电、登录或到窗口查。",
        "The answer is about the caller alone. Others ring, sign in or come to a counter themselves.",
    ),
    CANNOT_KNOW[3],
)
"""The same where somebody else looks, by what they are told."""
_OF_NO_KNOWN_FORM: Words = (
    "刚才查的号码不是身份证号或手机号的样子。报错、听错一个字就查不到：请再核对一遍；是系统里的编号（如户号）的除外。",
    "That was neither a resident ID nor a mobile number. With one wrong letter nobody is found: read it over, unless it"
    " is a number of a system's own, as a household's.",
)
WHAT_TO_DO: tuple[Words, ...] = (
    (
        "接到自称公安、银行、客服的电话或短信，不要转账，不要告诉对方验证码。可拨打 96110（反诈专线）核实。",
        "Whoever rings or writes as police, bank or service: transfer nothing, tell no code. Check with 96110.",
    ),
    (
        "不要点开陌生人发来的链接，不要按对方要求下载软件或共享屏幕。",
        "Open no links of strangers, install nothing and share no screen at their request.",
    ),
    (
        "留意银行卡、手机号和各类账户的变动，发现异常马上联系银行、运营商或报警（110）。",
        "Watch your bank cards, telephone number and accounts; report anything odd to the bank, the carrier or 110.",
    ),
    (
        "有疑问，或者需要帮助，请拨打政务服务热线 12345。工作人员不会向您要密码和验证码。",
        "For questions and help ring 12345. Nobody there asks you for a password or a code.",
    ),
)


def told_of(folder: Path, table: AffectedTable, digests: Iterable[str]) -> tuple[Told, ...]:
    """What can be said of the person whom *digests* name, by all epochs, in each incident of *table*.

    *folder* holds the digests of the persons affected.
    """
    each = tuple(digests)
    return tuple(Told(incident, _standing(folder, incident, each)) for incident in table.incidents)


def shown_to_them(told: Iterable[Told]) -> tuple[Told, ...]:
    """What of *told* a person may learn: of what no notice tells, only who is affected, who was told of it already."""
    return tuple(each for each in told if each.is_found or each.incident.notice)


def verdict_of(told: Sequence[Told]) -> Verdict:
    """What is said above all of *told*: "not found" only where each of them says so."""
    if any(each.is_found for each in told):
        return Verdict.FOUND
    is_known = all(each.standing is Standing.NOT_FOUND for each in told)
    return Verdict.NOT_FOUND if is_known else Verdict.CANNOT_SAY


def cannot_know_by_phone(kind: str) -> tuple[Words, ...]:
    """What cannot be known of a caller who was looked up by a number of *kind*, as `resident_id`."""
    return (_OF_NO_KNOWN_FORM, *_BY_PHONE) if kind == "other" else _BY_PHONE


def caveats_of(told: Told) -> tuple[Words, ...]:
    """Why the one who was not found may be affected all the same; nothing of whom more is known."""
    if told.standing is not Standing.NOT_FOUND:
        return ()
    incident = told.incident
    said = ((incident.has_unattributed, UNATTRIBUTED), (incident.has_other_numbers, OTHER_NUMBERS))
    return tuple(words for holds, words in said if holds)


def title_of(incident: Incident) -> Words:
    """What *incident* is called to who asks."""
    return (incident.title_zh, incident.title_en) if incident.notice else _UNNAMED


def address_of(table: AffectedTable, incident: Incident) -> str:
    """Where the notice of *incident* is, or empty where it has none."""
    return f"{table.site}/notices/{incident.notice}" if table.site and incident.notice else ""


def _standing(folder: Path, incident: Incident, digests: tuple[str, ...]) -> Standing:
    try:
        shown = shown_of(folder, incident, digests)
    except NotKnown:
        return Standing.CANNOT_SAY
    if shown is None:
        return Standing.NOT_FOUND
    return Standing.SHOWN if shown else Standing.MASKED
