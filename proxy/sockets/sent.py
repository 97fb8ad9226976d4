"""What of a caller's messages in a WebSocket may be sent on: no mask, as in a body, and what handles stand for."""

from datetime import datetime

from msgspec.structs import replace

from policies.formats.masker import Tally
from policies.program_shapes import ValueShape
from policies.sent.directed import Sending, SentBlocked
from policies.sent.settling import Settling
from policies.sent.write_back import MaskReturned
from policies.transforms.handle import holds_handle
from proxy.decide_body import JSON, with_body
from proxy.identity.caller import Caller
from proxy.message import Request
from proxy.system import System
from proxy.verdict import Forward, Refuse


def message_to_send(
    text: str, request: Request, forward: Forward, system: System, caller: Caller, now: datetime
) -> bytes | Refuse:
    """The message to send on in the place of *text*, or why there is none. *request* opened the WebSocket."""
    operation = forward.operation
    index = operation.body.text
    if index is None:
        asking = replace(request, method="POST", headers={"content-type": [JSON]})
        verdict = with_body(replace(forward, request=asking), asking, text.encode(), system, caller, now)
        return verdict if isinstance(verdict, Refuse) else verdict.body
    view = forward.view
    try:
        Settling(system.writes, view.actions, view.sends).single(text, ValueShape(index), droppable=False)
        if holds_handle(text):
            raise MaskReturned(system.program.fields[index].name)
        return Sending(view.sends, system.program.fields, Tally(system.digester)).text(index, text).encode()
    except MaskReturned as returned:
        return Refuse(reason="mask_returned", operation=operation, field=returned.field)
    except SentBlocked as blocked:
        return Refuse(reason="value_not_sent", operation=operation, field=blocked.field)
