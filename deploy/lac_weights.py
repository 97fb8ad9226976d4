"""Turns the published weights of LAC 2.1.2 into the files that `policies/recognisers/weights.py` reads.

`python -m deploy.lac_weights ARCHIVE FOLDER`: the archive is read and never run. Each parameter lies in a file of
Paddle's: a version, the levels of detail, a version, a descriptor of the tensor, and its numbers.

Source of the layout: `SerializeToStream` of Paddle's framework, versions 1.x, and the descriptor in `framework.proto`.
"""

import hashlib
import io
import struct
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float32]

SHA256 = "22fcde0d5082d2044205ea6f6a7a9cd1f0d63e7b21b2dd5c9c73f27e7c0a3ef1"
"""Of the archive. What it holds has changed nothing since it was published."""
_IN_ARCHIVE = "LAC-2.1.2/LAC/lac_model"
_FLOAT = 5
_OF_TYPE, _OF_SIZES = 0x08, 0x10
_HEADER = struct.Struct("<IQIi")


class WrongFile(Exception):
    """An archive, or a parameter in it, is not the one that is meant. The message says which."""


def main() -> None:
    """Convert what the command line names."""
    archive, folder = map(Path, sys.argv[1:3])
    try:
        convert(archive, folder)
    except WrongFile as problem:
        sys.exit(str(problem))


def convert(archive: Path, folder: Path) -> None:
    """Write the weights and dictionaries in *archive* as files in *folder*, which is there. Raises WrongFile."""
    data = archive.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise WrongFile(f"{archive.name} is not the archive of LAC 2.1.2 that is meant: its SHA-256 is another")
    with tarfile.open(fileobj=io.BytesIO(data)) as files:

        def read(name: str) -> bytes:
            member = files.extractfile(f"{_IN_ARCHIVE}/{name}")
            assert member is not None  # the archive is known to the last octet
            return member.read()

        for name, array in network(lambda parameter: read_parameter(read(f"model/{parameter}"))):
            np.save(folder / f"{name}.npy", array)
        for name in ("word.dic", "q2b.dic", "small_seg.dic", "tag.dic"):
            (folder / name).write_bytes(read(f"conf/{name}"))


def read_parameter(data: bytes) -> Floats:
    """The tensor in a file of Paddle's. Raises WrongFile for anything but numbers of four octets."""
    if len(data) < _HEADER.size:
        raise WrongFile("a parameter ends before its descriptor")
    version, levels, tensor_version, length = _HEADER.unpack_from(data)
    if (version, levels, tensor_version) != (0, 0, 0):
        raise WrongFile(
            f"a parameter is of version {version}.{tensor_version} with {levels} levels, not of 0.0 with none"
        )
    numbers = list(_varints(data[_HEADER.size : _HEADER.size + length]))
    if numbers[:2] != [_OF_TYPE, _FLOAT] or any(tag != _OF_SIZES for tag in numbers[2::2]):
        raise WrongFile("a parameter is no tensor of numbers of four octets")
    shape = tuple(numbers[3::2])
    body = data[_HEADER.size + length :]
    if len(body) != 4 * int(np.prod(shape)):
        raise WrongFile(f"a parameter of shape {shape} has {len(body)} octets")
    return np.frombuffer(body, "<f4").reshape(shape)


def _varints(data: bytes) -> Iterator[int]:
    number = shift = 0
    for octet in data:
        number |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            yield number
            number = shift = 0


def network(parameter: Callable[[str], Floats]) -> Iterator[tuple[str, Floats]]:
    """The arrays of the network, by the names under which they are kept."""
    yield "embedding", parameter("word_emb")
    for layer in range(2):
        pair = (2 * layer, 2 * layer + 1)  # forwards, backwards
        yield f"inputs{layer}", np.stack([parameter(f"fc_{n}.w_0") for n in pair])
        yield (
            f"bias{layer}",
            np.stack([parameter(f"fc_{n}.b_0") + parameter(f"gru_{n}.b_0").ravel() for n in pair]),
        )
        # The weights of update and reset lie before those of the candidate, though the shape says they are columns.
        flat = [parameter(f"gru_{n}.w_0").ravel() for n in pair]
        size = parameter(f"gru_{pair[0]}.w_0").shape[0]
        yield f"gates{layer}", np.stack([each[: 2 * size * size].reshape(size, 2 * size) for each in flat])
        yield f"candidate{layer}", np.stack([each[2 * size * size :].reshape(size, size) for each in flat])
    yield "emission", parameter("fc_4.w_0")
    yield "emission_bias", parameter("fc_4.b_0")
    yield "transitions", parameter("crfw")


if __name__ == "__main__":
    main()
