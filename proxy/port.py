"""The port that the workers share. Who starts them binds it, and needs nothing of mitmproxy for that."""

import socket


def bound(host: str, port: int) -> socket.socket:
    """A socket on a port that others are bound to as well; connections come to it once it is listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
