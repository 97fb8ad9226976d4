"""Tables that one process publishes, signed, and that workers read as files."""

from dataclasses import dataclass

import msgspec

from policies.keys.key_files import Signer, Verifier


@dataclass(frozen=True)
class SignedTable[T]:
    """One kind of them."""

    kind: type[T]
    name: str
    """The key that the table stands under, beside `signature`."""
    label: str
    """What keeps its signatures from serving as those of others."""
    about: str
    """What it is a table of, for errors."""
    largest: int
    """Bytes."""

    def write(self, table: T, signer: Signer) -> bytes:
        """The signed bytes of *table*."""
        body = msgspec.json.encode(table, order="deterministic")
        return msgspec.json.encode({self.name: body.decode(), "signature": signer.sign(self.label, body)})

    def read(self, data: bytes, verifier: Verifier) -> T:
        """The table in *data*. Raises BadSignature, or ValueError where it is none."""
        if len(data) > self.largest:
            raise ValueError(f"too large for a table of {self.about}")
        try:
            signed = msgspec.json.decode(data, type=dict[str, str])
            if signed.keys() != {self.name, "signature"}:
                raise ValueError(f"not the bytes of a table of {self.about}")
            body = signed[self.name].encode()
            verifier.check(self.label, body, signed["signature"])
            return msgspec.json.decode(body, type=self.kind)
        except (msgspec.DecodeError, UnicodeError):
            raise ValueError(f"not the bytes of a table of {self.about}") from None
