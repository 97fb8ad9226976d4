"""Parameters in Paddle's files."""

import struct
from pathlib import Path

import numpy as np
import pytest

from deploy.lac_weights import WrongFile, convert, network, read_parameter

NUMBERS = np.arange(6, dtype=np.float32)


def written(*, version: int = 0, levels: int = 0, kind: int = 5, shape: tuple[int, ...] = (2, 3)) -> bytes:
    said = bytes([0x08, kind]) + b"".join(b"\x10" + bytes([size]) for size in shape)
    return struct.pack("<IQIi", version, levels, 0, len(said)) + said + NUMBERS.tobytes()


def test_a_parameter() -> None:
    assert read_parameter(written()).tolist() == NUMBERS.reshape(2, 3).tolist()


def test_sizes_of_more_than_a_byte() -> None:
    said = b"\x08\x05\x10\x80\x01"
    data = struct.pack("<IQIi", 0, 0, 0, len(said)) + said + bytes(4 * 128)
    assert read_parameter(data).shape == (128,)


WRONG = {
    "another version": written(version=1),
    "levels": written(levels=1),
    "other numbers": written(kind=6),
    "too few": written(shape=(7,)),
    "too many": written(shape=(5,)),
    "no descriptor": b"\0\0\0\0",
    "nothing": b"",
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
def test_what_is_no_parameter_is_refused(data: bytes) -> None:
    with pytest.raises(WrongFile):
        read_parameter(data)


def test_the_weights_of_gates_lie_before_those_of_the_candidate() -> None:
    size = 2
    flat = np.arange(3 * size * size, dtype=np.float32)
    made = dict(
        network(lambda name: flat.reshape(size, 3 * size) if name.startswith("gru") and "w" in name else flat[:6])
    )
    assert made["gates0"][0].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert made["candidate0"][1].tolist() == [[8, 9], [10, 11]]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "LAC-2.1.2.tar.gz"
    archive.write_bytes(b"something else")
    with pytest.raises(WrongFile, match="SHA-256"):
        convert(archive, tmp_path)
    assert sorted(tmp_path.iterdir()) == [archive]
