"""PDF and pictures on their way through the gateway: a browser's print is downloaded with nobody in it, and still opens."""

import io

import pypdf
import pytest

from policies.documents.painted.radicals import unified
from tests.front import Answer, Front
from tests.gateway import wait_until
from tests.policies.documents.drawn import GUIDE, encoded, lines, picture, printed, report
from tests.policies.documents.masked import CANARIES, ID_NO, MOBILE, NAME, found_in
from tests.policies.documents.test_pdf import REFUSED
from tests.scripted import answering

PDF = "application/pdf"


@pytest.fixture
def reading_front(declaring_front: Front) -> Front:
    """Whose worker has loaded what reads them: the first document waits for that, longer than a test does."""

    def reads() -> bool:
        try:
            return ask(declaring_front, report(lines(GUIDE)), PDF).status == 200
        except TimeoutError:
            return False

    wait_until(reads, 120)
    return declaring_front


def ask(front: Front, body: bytes, said: str) -> Answer:
    return front.ask(answering(body, said, "200 OK"), target="/document")


def test_what_a_browser_printed_is_downloaded_masked_and_opens(reading_front: Front) -> None:
    events = len(reading_front.rig.gateway.events())
    answer = ask(reading_front, printed(), PDF)
    assert (answer.status, answer.headers["content-type"], answer.is_whole) == (200, PDF, True)
    found = found_in(answer.body)
    assert [canary for canary in CANARIES if canary in found] == []
    pages = pypdf.PdfReader(io.BytesIO(answer.body)).pages
    assert [GUIDE in unified(page.extract_text()) for page in pages] == [False, True, False]
    (event,) = reading_front.rig.gateway.events()[events:]
    assert event["yingbi"]["format"] == "pdf"
    assert not [canary for canary in CANARIES if canary in str(event)]


def test_a_picture_is_downloaded_with_its_text_painted_over(reading_front: Front) -> None:
    body = encoded(picture([f"手机号 {MOBILE}"], (420, 100)), "png")
    answer = ask(reading_front, body, "image/png")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.body != body


WITHHELD = {
    **{name: (data, PDF, reason) for name, (data, reason) in REFUSED.items() if name in ("password", "signed", "XFA")},
    "cut off": (report(lines(f"{NAME} {ID_NO}"))[:900], PDF, "document_malformed"),
    "a picture that is not declared": (
        encoded(picture([MOBILE], (200, 80)), "jpeg"),
        "image/jpeg",
        "answer_not_declared",
    ),
    "a picture that says it is a PDF": (encoded(picture([MOBILE], (200, 80)), "png"), PDF, "answer_unreadable"),
}


@pytest.mark.parametrize("name", WITHHELD)
def test_what_cannot_be_masked_is_withheld_with_a_page(reading_front: Front, name: str) -> None:
    body, said, reason = WITHHELD[name]
    answer = ask(reading_front, body, said)
    assert (answer.status, answer.reason) == (502, reason)
    assert not [canary for canary in CANARIES if canary.encode() in answer.received]
