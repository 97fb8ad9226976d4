"""What is spoken in TLS and what is not, tried with OpenSSL's own client."""

from collections.abc import Iterator

import pytest

from tests.gateway import Gateway, gateway
from tests.openssl import s_client
from tests.scripted import answering, scripted

GET = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    home = tmp_path_factory.mktemp("gateway")
    with scripted(answering(b'{"items": []}')) as behind, gateway(home, {"people": behind.port}, tls=True) as made:
        yield made


def spoken(said: str) -> str:
    """The version and the cipher of a connection; empty where there is none."""
    line = next((line for line in said.splitlines() if line.startswith("New, ")), "")
    return "" if "(NONE)" in line else line.removeprefix("New, ")


ALL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
REFUSED = {
    "TLS 1.0": ["-tls1", "-cipher", ALL],
    "TLS 1.1": ["-tls1_1", "-cipher", ALL],
    "CBC": ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"],
    "CBC with SHA-1": ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"],
    "CCM": ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-CCM:ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0"],
    "static RSA": ["-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"],
    "finite fields": ["-tls1_2", "-cipher", "DHE:@SECLEVEL=0"],
    "no certificate": ["-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"],
    "no encryption": ["-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"],
    "a secret shared beforehand": ["-tls1_2", "-cipher", "PSK:@SECLEVEL=0", "-psk", "00"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_old_or_weak_is_not_spoken(running: Gateway, case: str) -> None:
    said = s_client(running.port, *REFUSED[case])
    assert spoken(said) == "", said
    assert "Verify return code" in said or "error" in said.lower(), said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-tls1_2"], "TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"),
        (["-tls1_2", "-cipher", "ECDHE+CHACHA20"], "TLSv1.2, Cipher is ECDHE-ECDSA-CHACHA20-POLY1305"),
        (["-tls1_3"], "TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"),
        ([], "TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"),
    ],
)
def test_what_is_modern_is(running: Gateway, options: list[str], expected: str) -> None:
    assert spoken(s_client(running.port, *options)) == expected


def test_a_connection_is_not_negotiated_again(running: Gateway) -> None:
    """`R` on a line asks for it; the client may not, and the answer that follows is never given."""
    said = s_client(running.port, "-tls1_2", said=b"R\n" + GET)
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said
    assert "HTTP/1.1 200" not in said


def test_nothing_is_compressed(running: Gateway) -> None:
    said = s_client(running.port, "-tls1_2", "-comp")
    assert "Compression: NONE" in said


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [("h2,http/1.1", "h2"), ("http/1.1,h2", "h2"), ("http/1.1", "http/1.1"), ("http/1.0,spdy/3", None)],
)
def test_the_protocol_is_chosen_by_the_gateway(running: Gateway, offered: str, chosen: str | None) -> None:
    said = s_client(running.port, "-alpn", offered)
    assert (f"ALPN protocol: {chosen}" if chosen else "No ALPN negotiated") in said


def test_early_data_is_never_accepted(running: Gateway) -> None:
    """What is sent with it could be sent again by whoever has seen it."""
    said = s_client(running.port, "-tls1_3", "-ign_eof", said=GET)
    assert "HTTP/1.1 200" in said
    limits = [line.split(":")[1].strip() for line in said.splitlines() if "Max Early Data" in line]
    assert limits
    assert set(limits) == {"0"}
