import pytest

from proxy.message import with_parameters


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/x", "/x?plain=1"),
        ("/x?", "/x?plain=1"),
        ("/x?a=1&b", "/x?a=1&b&plain=1"),
        ("/x?plain=0", "/x?plain=1"),
        ("/x?plain=&a=%20&plain", "/x?a=%20&plain=1"),
        ("/x?pl%61in=0&a=1", "/x?a=1&plain=1"),
        ("/x?plain+=0", "/x?plain+=0&plain=1"),
    ],
)
def test_what_is_always_sent_replaces_what_the_caller_says(target: str, expected: str) -> None:
    assert with_parameters(target, (("plain", "1"),)) == expected
