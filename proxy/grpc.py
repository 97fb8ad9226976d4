"""gRPC, which is not masked: nothing of it passes, and its clients are told so in their own way. Pure.

Source: "gRPC over HTTP2" and "gRPC-Web" of the gRPC project: an error without a message is an answer of trailers only,
with status 200, and these stand in its head.
"""

from urllib.parse import quote

from proxy.pages import Notice

_STATUS = {401: 16, 403: 7, 404: 5, 409: 10, 412: 9, 413: 8, 429: 8, 499: 1, 500: 13, 503: 14}
"""UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND and so on, by the status that others are answered with."""
_DENIED, _UNAVAILABLE = 7, 14


def is_grpc(media_type: str) -> bool:
    """Whether a body of *media_type* is gRPC or gRPC-Web."""
    return media_type.startswith("application/grpc")


def trailers_only(notice: Notice, media_type: str) -> list[tuple[bytes, bytes]]:
    """What stands in the head of an answer that says *notice* to who has asked with *media_type*."""
    status, reason = notice.answers_with
    code = _STATUS.get(status, _DENIED if status < 500 else _UNAVAILABLE)
    told = f"{reason.en} ({notice.reason}, {notice.event})"
    answered = "application/grpc-web" if media_type.startswith("application/grpc-web") else "application/grpc"
    return [
        (b"content-type", answered.encode()),
        (b"grpc-status", str(code).encode()),
        (b"grpc-message", quote(told, safe=" ,:()_-").encode()),
    ]
