"""The templates that a person may have the notice filled in by, as the form of drafting anew offers them."""

from collections.abc import Sequence

from console.forms import Mistyped, Typed
from incident.ids import Bilingual

TEMPLATE_NAMES = {
    "bulk-retrieval": Bilingual(zh="内部账号大量读取", en="bulk retrieval by an account of ours"),
    "stolen-credential": Bilingual(zh="账号被冒用", en="a stolen account"),
    "leaking-integration": Bilingual(zh="对接的系统取得过多", en="an integration that was given too much"),
    "page-scraping": Bilingual(zh="公开页面被程序大量读取", en="a public page that was scraped"),
    "e-licence-documents": Bilingual(zh="电子证照文件外泄", en="e-licence documents"),
    "chat-assistant": Bilingual(zh="智能问答显示了个人信息", en="what a chat assistant showed"),
    "lost-terminal": Bilingual(zh="办公设备遗失", en="a lost device"),
    "extortion": Bilingual(zh="有人声称取得信息并要挟", en="extortion with a sample"),
    "outside-report": Bilingual(zh="群众或其他单位反映", en="a report from outside"),
    "canary-record": Bilingual(zh="诱饵记录被读取", en="a canary that was read"),
}
"""What the templates that come with us are for. One of the installation's own is shown by its name alone."""


def template_options(names: Sequence[str]) -> list[tuple[str, str]]:
    """The templates *names* as choices of a form."""
    return [
        (name, f"{known.zh} / {known.en}" if (known := TEMPLATE_NAMES.get(name)) else name) for name in sorted(names)
    ]


def template_chosen(form: Typed, names: Sequence[str], otherwise: str) -> str:
    """The template that *form* names, or *otherwise* where it names none. Raises Mistyped where there is none such."""
    chosen = form.text("template") or otherwise
    if chosen not in names:
        raise Mistyped("template", "没有这个模板，请重新选择", "there is no such template: choose another")
    return chosen
