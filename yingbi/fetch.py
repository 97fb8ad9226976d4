"""Fetches a small document by HTTPS from a server that the policy names, with bounds on everything it may do.

No redirect is followed, no proxy of the environment is used, and nothing is sent but the request.
"""

import http.client
import socket
import ssl
import threading
from contextlib import closing, suppress
from urllib.parse import urlsplit

LARGEST = 256 * 1024
"""Bytes of a document."""
LIMIT_S = 10.0
"""From the first packet to the last byte."""


class NotFetched(Exception):
    """The document cannot be had. Its argument is the code of why."""


def fetch(address: str, trusted: ssl.SSLContext, limit_s: float = LIMIT_S, authorization: str = "") -> str:
    """The text at *address*, whose server one of the *trusted* authorities has certified. Raises NotFetched.

    *authorization*: the value of the header of that name, or empty.
    """
    try:
        split = urlsplit(address)
        host, port = split.hostname, split.port or 443
    except ValueError:
        raise NotFetched("bad-address") from None
    if split.scheme != "https" or not host or "@" in split.netloc:
        raise NotFetched("bad-address")
    connection = http.client.HTTPSConnection(host, port, timeout=limit_s, context=trusted)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    is_over = threading.Event()
    ending = threading.Timer(limit_s, _end, [connection, is_over])
    ending.daemon = True
    ending.start()
    try:
        with closing(connection):
            text = _asked(connection, target, authorization)
    except ssl.SSLError:
        raise NotFetched("not-trusted") from None
    except (OSError, http.client.HTTPException, ValueError, AttributeError):  # a connection that is ended has no socket
        raise NotFetched("not-reached") from None
    finally:
        ending.cancel()
    if is_over.is_set():  # what was cut off may look whole to the library
        raise NotFetched("not-reached")
    return text


def _asked(connection: http.client.HTTPSConnection, target: str, authorization: str) -> str:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if authorization:
        headers["Authorization"] = authorization
    connection.request("GET", target, headers=headers)
    response = connection.getresponse()
    if response.status != 200:
        raise NotFetched("not-answered")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotFetched("encoded")
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NotFetched("too-large")
    if response.length:  # it said that there was more to come
        raise NotFetched("not-reached")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotFetched("not-answered") from None


def _end(connection: http.client.HTTPSConnection, is_over: threading.Event) -> None:
    """Let whoever waits for the server wait no longer."""
    is_over.set()
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
