"""A second party that keeps anchors in a mailbox: each mail holds one, in a line that a program reads again.

Mails that were saved as `.eml` files in a folder are read by `siem.record.anchor.anchors_in`.
"""

from siem.notify.message import Text
from siem.notify.sender import Sender
from siem.record.anchor import Anchor, line_of

_BODY = """\
这封邮件证明访问日志封存到第 {seal} 号。请保存，不必处理；核验日志时把存下的邮件（.eml）放进一个目录：
This mail shows how far the access log is sealed. Keep it; there is nothing else to do. To verify the log, put the mails
that you kept (as .eml) into a folder:

    yingbi log verify --anchors FOLDER

{line}
"""


class AnchorMailbox:
    """The mailbox that *sender* writes to."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def put(self, anchor: Anchor) -> None:
        """See `SecondParty`. Doing it twice is a second mail, which says the same."""
        title = f"影壁日志封存 {anchor.seal} / seal {anchor.seal} of the access log"
        body = _BODY.format(seal=anchor.seal, line=line_of(anchor).decode())
        outcome = self._sender.send(Text(title, body), anchor.digest[:32])
        if not outcome.delivered:
            raise OSError(outcome.result)
