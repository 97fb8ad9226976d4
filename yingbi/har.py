"""Notes on a system from a browser's recording (HAR 1.2), for applications that nobody can sign in to while they are
learnt, because writing is refused. The recording holds what was shown: delete it afterwards.
"""

import base64
import json
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from policies.learning.inventory import Inventory, Notes
from policies.learning.sketch import sketch
from proxy.answer import kind_of
from proxy.message import media_type_in

FIRST_OF_ERRORS = 400


def notes_of_har(data: bytes, hosts: Collection[str]) -> Notes:
    """What the recording *data* holds of requests that were answered. Raises ValueError where it is none.

    Requests to other names than *hosts* and to this machine, under its own name, are passed over.
    """
    try:
        entries = json.loads(data)["log"]["entries"]
        inventory = Inventory()
        for entry in entries:
            _note(inventory, entry, {*hosts, "localhost", "127.0.0.1"})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a HAR recording: {type(error).__name__}") from None
    return inventory.notes


def _note(inventory: Inventory, entry: dict[str, Any], hosts: Collection[str]) -> None:
    request, response = entry["request"], entry["response"]
    split = urlsplit(request["url"])
    if split.hostname not in hosts or not 200 <= response["status"] < FIRST_OF_ERRORS:
        return
    names = (name for name, _ in parse_qsl(split.query, keep_blank_values=True))
    operation = inventory.operation(request["method"], unquote(split.path), names)
    content = response["content"]
    media_type, charset = media_type_in(content.get("mimeType", ""))
    format_ = kind_of(media_type)
    if operation is None or not format_ or request["method"] != "GET":
        return
    text = content.get("text", "")
    body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode(charset or "utf-8")
    inventory.answered(operation, format_)
    sketch(inventory, operation, format_, body, charset or "utf-8")
