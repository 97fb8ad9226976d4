"""Large pages are masked in turns: one of a mebibyte takes seconds, and whoever else asks is answered meanwhile."""

from collections.abc import Callable
from functools import partial

from policies.formats.masker import Masker, Tally, masked_whole
from proxy.answer import Mask, Treatment
from proxy.exchange import Exchange
from proxy.pausing import GoesOn, pause
from proxy.reading import Reader
from proxy.turns import Turn, Turns


class LargePages:
    """Those of one worker, whose text is read by *reader*; *refused* is called where that has too much to read."""

    def __init__(self, reader: Reader, turns: Turns, refused: Callable[[], None]) -> None:
        self._reader = reader
        self._turns = turns
        self._refused = refused

    def masking(self, exchange: Exchange, body: bytes, anew: Callable[[], Treatment]) -> GoesOn:
        """What masks the page *body*, and notes what has become of it. *anew* says how it is looked at once more."""
        return GoesOn(partial(self._mask, exchange, body, anew))

    def _mask(self, exchange: Exchange, body: bytes, anew: Callable[[], Treatment]) -> None:
        try:
            masked = self._masked(exchange.treatment, body)
            prose = exchange.prose
            if prose is not None and prose.is_wanted:
                reading = self._reader.reading(prose)
                if reading is None:
                    self._refused()
                else:
                    pause(reading)
                prose.settle()
                exchange.treatment = anew()
                masked = self._masked(exchange.treatment, body)
            exchange.masked = masked
        except Exception as error:  # noqa: BLE001  # raised where it is released, which is guarded
            exchange.masked = error

    def _masked(self, treatment: Treatment | None, body: bytes) -> tuple[bytes, Tally]:
        assert isinstance(treatment, Mask)
        masker: Masker = treatment.masker
        masker.tally.gives_way = self._give_way
        return masked_whole(masker, body), masker.tally

    def _give_way(self) -> None:
        pause(Turn(self._turns))
