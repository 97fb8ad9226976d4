import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.key_files import BadSignature, Signer, Verifier, make_secret
from policies.program import BadProgram, digest_of, read_program, write_program
from tests.policies.compiled import program


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    path = tmp_path_factory.mktemp("keys") / "program.key"
    make_secret(path)
    return Signer(path)


def test_a_program_is_read_back_as_it_was_written(signer: Signer) -> None:
    written = program()
    data = write_program(written, signer)
    read, digest = read_program(data, Verifier(signer.public_bytes))
    assert read == written
    assert digest == digest_of(written) == digest_of(program()), "compiling twice gives the same program"


def test_every_altered_byte_is_noticed(signer: Signer) -> None:
    data = write_program(program(), signer)
    verifier = Verifier(signer.public_bytes)

    @given(st.integers(0, len(data) - 1), st.integers(1, 255))
    def altered(at: int, flip: int) -> None:
        damaged = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
        with pytest.raises((BadSignature, BadProgram)):
            read_program(damaged, verifier)

    altered()


def test_another_key_does_not_count(signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("other") / "program.key"
    make_secret(path)
    with pytest.raises(BadSignature):
        read_program(write_program(program(), Signer(path)), Verifier(signer.public_bytes))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", json.dumps({"program": 1}).encode()])
def test_what_is_no_program_is_refused(signer: Signer, data: bytes) -> None:
    with pytest.raises(BadProgram):
        read_program(data, Verifier(signer.public_bytes))


def test_the_vocabulary_of_an_operation_is_what_its_declaration_says() -> None:
    said = {operation.id: " ".join(operation.vocabulary) for operation in program().operations}
    person = "city home id id_no mobile name no note"
    assert said["GET /files/{name*}"] == "files"
    assert said["DELETE /people/{id}"] == "people"
    assert said["GET /people/{id}"] == said["POST /people"] == f"{person} people"
    assert said["GET /people"].split() == sorted(
        [*person.split(), *"__ gt page people q sort startswith where".split()]
    )
    assert {"people.csv", "people", "csv"} <= set(said["GET /people.csv"].split())
