"""What has arrived whole is masked; where some of its running text is not known, that is read, and it is masked anew.

A large page is masked in turns: one of a mebibyte takes seconds, and whoever else asks is answered meanwhile.
"""

from collections.abc import Callable
from functools import partial

from policies.formats.masker import Tally, masked_whole
from proxy.answer import Mask, Treatment
from proxy.exchange import Exchange
from proxy.pausing import GoesOn, pause
from proxy.reading import Reader
from proxy.turns import SLICE, Turn, Turns


class ReadingFirst:
    """The answers of one worker, whose text *reader* reads; *refused* is called where that has too much to do."""

    def __init__(self, reader: Reader, turns: Turns, refused: Callable[[], None]) -> None:
        self._reader = reader
        self._turns = turns
        self._refused = refused

    def masking(self, exchange: Exchange, body: bytes, anew: Callable[[], Treatment]) -> GoesOn | None:
        """Mask *body*, and note what has become of it; what has to be waited for first, None where nothing has.

        *anew* says how it is looked at once more.
        """
        work = GoesOn(partial(self._mask, exchange, body, anew))
        return work if work.waits() else None

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
        tally = treatment.masker.tally
        if treatment.format == "html" and len(body) > SLICE:
            tally.gives_way = self._give_way
        return masked_whole(treatment.masker, body), tally

    def _give_way(self) -> None:
        pause(Turn(self._turns))
