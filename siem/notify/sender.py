"""Carries messages to channels through Apprise. The only module that imports it.

INVARIANT: an address is in no message, error, log or name of ours: Apprise's own log, which may hold it, goes nowhere.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import SMTPSecureMode
from apprise.plugins.feishu import NotifyFeishu

from siem.notify import wire
from siem.notify.delivery import Outcome
from siem.notify.feishu_sign import signed
from siem.notify.message import Text
from siem.notify.secret import Secret, WrongAddress, is_here

LIMIT_S = 45.0
"""An attempt that takes longer has failed, whatever may become of it."""
TOO_MANY = 429
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
BOTS = ("wecombot", "dingtalk", "feishu")
"""Answer 200 with a code in the body also where they refuse."""
KINDS = (*BOTS, "mailto", "mailtos", "json", "jsons")
"""The schemas of Apprise that channels may have. Others write to files, start programs, or speak to who knows whom."""
_LASTING = range(400, 500)
_NOT_LASTING = (401, 403, 404, 408, 429)
"""About the address or the moment, and not about what was sent."""
_SMTP_CODE = re.compile(r"\(?\b([245][0-9]{2}), b?['\"]")
_WORDS = (
    ("CERTIFICATE_VERIFY_FAILED", "tls"),
    ("certificate", "tls"),
    ("SSL", "tls"),
    ("timed out", "timeout"),
    ("refused", "unreachable"),
    ("Name or service", "unreachable"),
)


class _Notes(logging.Handler):
    """Reads codes from what the mail plugin logs, which tells them nowhere else; keeps no text."""

    def emit(self, record: logging.LogRecord) -> None:
        noted = wire.current()
        if noted is not None and "Socket Exception" in (said := record.getMessage()):
            code = _SMTP_CODE.search(said)
            word = next((word for part, word in _WORDS if part in said), "unreachable")
            noted.notes.append(f"SMTP {code[1]}" if code else word)


_log = logging.getLogger("apprise")
_log.propagate = False
_log.handlers = [_Notes(logging.DEBUG)]
_log.setLevel(logging.DEBUG)
logging.getLogger("urllib3").propagate = False  # it warns of headers it cannot read with the whole address
logging.getLogger("urllib3").addHandler(logging.NullHandler())

wire.watch()


class Sender:
    """Carries messages to one address."""

    def __init__(self, name: str, address: Secret, *, clock: Callable[[], datetime], limit_s: float = LIMIT_S) -> None:
        """*name* is the channel's; *clock* says when something is signed. Raises WrongAddress."""
        self._clock = clock
        self.name = name
        self.limit_s = limit_s
        self._address = address
        self.kind = _kind_of(name, address)
        self._plugin(Secret(address.reveal()))

    def send(self, text: Text, key: str, headers: Mapping[str, str] = NO_HEADERS) -> Outcome:
        """What becomes of *text*, sent under the idempotency *key*. Returns within the limit, whatever happens.

        *headers* are those of a mail beside its usual ones.
        """
        return _within(self.limit_s, lambda: self._send(text, key, headers))

    def _send(self, text: Text, key: str, headers: Mapping[str, str]) -> Outcome:
        plugin = self._plugin(self._address)
        if isinstance(plugin, NotifyJSON):
            plugin.headers["Idempotency-Key"] = f'"{key}"'
        elif isinstance(plugin, NotifyEmail):
            plugin.headers |= {"X-Yingbi-Notification": key, **headers}
        with wire.seen() as noted:
            if isinstance(plugin, NotifyFeishu) and (secret := plugin.user):  # Apprise signs for DingTalk alone
                noted.finish = lambda body: signed(body, secret, self._clock())
            carried = plugin.notify(
                body=text.body, title=text.title, notify_type=NotifyType.WARNING, body_format=NotifyFormat.TEXT
            )
        return _outcome(self.kind, bool(carried), noted)

    def _plugin(self, address: Secret) -> NotifyBase:
        """A plugin for one message: one that is used again would pause between two."""
        asset = AppriseAsset(app_id="Yingbi", app_desc="Yingbi", storage_mode="memory", http_redirects=False)
        found = Apprise.instantiate(address.reveal(), asset=asset)
        if not isinstance(found, NotifyBase):
            raise WrongAddress(f"`{self.name}` 的地址不合 Apprise 的写法 / its address is not one as Apprise writes it")
        if not found.verify_certificate:
            raise WrongAddress(f"`{self.name}` 的地址不可写 verify=no / certificates are verified: leave `verify` out")
        if not _is_encrypted(found) and self.kind not in BOTS:
            raise WrongAddress(
                f"`{self.name}` 未加密：请用 jsons:// 或 mailtos://，不加密只限本机 / it is not encrypted:"
                " use jsons:// or mailtos://; without is for this machine alone"
            )
        return found


def trust(authorities: str) -> None:
    """Let this process trust the *authorities* in a PEM file alone, where one is named, for whatever channel."""
    wire.trust(authorities)
    if authorities:
        os.environ["SSL_CERT_FILE"] = authorities  # what the mail plugin's contexts are made from


def _kind_of(name: str, address: Secret) -> str:
    schema = address.reveal().partition("://")[0].lower()
    if schema in KINDS:
        return schema
    native = Apprise.instantiate(address.reveal()) if schema in ("http", "https") else None
    found = str(native.secure_protocol) if isinstance(native, NotifyBase) else ""
    if found in BOTS:
        return found
    raise WrongAddress(f"`{name}` 的地址以 {'、'.join(KINDS)} 之一开头 / its address begins with one of these, and ://")


def _is_encrypted(plugin: NotifyBase) -> bool:
    """Whether what goes out is encrypted, or does not leave this machine."""
    if isinstance(plugin, NotifyEmail):
        return plugin.secure_mode != SMTPSecureMode.INSECURE or is_here(plugin.smtp_host)
    return bool(plugin.secure) or is_here(plugin.host)


def _outcome(kind: str, carried: bool, noted: wire.Seen) -> Outcome:
    if kind.startswith("mailto"):
        last = noted.notes[-1] if noted.notes else ""
        refused = not carried and last.startswith("SMTP 5")
        return Outcome(delivered=carried, result="SMTP 250" if carried else last or "failed", refused=refused)
    if not noted.status:
        return Outcome(delivered=False, result=noted.trouble or "failed")
    if kind in BOTS and noted.status == HTTPStatus.OK and noted.code != 0:
        said = "no code" if noted.code is None else f"code {noted.code}"
        return Outcome(delivered=False, result=f"HTTP {noted.status}, {said}")
    lasting = noted.status in _LASTING and noted.status not in _NOT_LASTING
    return Outcome(
        delivered=carried and noted.trouble == "",
        result=f"HTTP {noted.status}",
        refused=not carried and lasting,
        retry_after_s=noted.retry_after_s,
    )


def _within(limit_s: float, act: Callable[[], Outcome]) -> Outcome:
    """What *act* comes to, or a failure after so long; then it goes on in its thread, which nobody can end."""
    found: list[Outcome] = []

    def carry() -> None:
        try:
            found.append(act())
        except (AppriseException, WrongAddress, OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
            found.append(Outcome(delivered=False, result=type(error).__name__))  # its words may hold the address

    running = threading.Thread(target=carry, name="send", daemon=True)
    running.start()
    running.join(limit_s)
    return found[0] if found else Outcome(delivered=False, result="timeout")
