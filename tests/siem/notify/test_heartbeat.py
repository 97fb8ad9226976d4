import pytest

from siem.notify.heartbeat import Heartbeat
from siem.notify.secret import Secret, WrongAddress
from tests.siem.notify.peers import Answer, hook

PATH = "/ping/5ec4e7-c0ffee"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_sign_of_life_is_one_request(method: str) -> None:
    with hook() as outside:
        assert Heartbeat(Secret(outside.url + PATH), method).beat() == ""
        (posted,) = outside.posted
        assert (posted.path, posted.body) == (PATH, b"")


def test_what_goes_wrong_is_a_code() -> None:
    with hook() as outside:
        outside.answer = lambda posted: Answer(404)
        heart = Heartbeat(Secret(outside.url + PATH), "GET")
        assert heart.beat() == "HTTP 404"
        outside.answer = lambda posted: Answer(301, headers={"Location": "/elsewhere"})
        assert heart.beat() == "HTTP 301"
    assert heart.beat() == "unreachable"


@pytest.mark.parametrize("address", ["http://hc.example.gov.cn", "ftp://localhost", "localhost"])
def test_addresses_that_cannot_be_used(address: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        Heartbeat(Secret(address + PATH), "GET")
    assert "c0ffee" not in str(refused.value)
