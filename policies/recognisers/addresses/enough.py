"""Whether the parts of an address tell where somebody is to be found: to a house, or by the road within a town."""

import re

from policies.recognisers.addresses.edges import SIGNS, begin_of, line_end
from policies.recognisers.addresses.parts import CROSSING, DIVISION, HOUSE, ROAD, TOWN
from policies.recognisers.addresses.reading import Part, Reading
from policies.recognisers.addresses.said import AT, LIVES, REPORTED

_SECTION = re.compile("(?:[东西南北中]段|[村庄屯寨](?:第?[0-9一二三四五六七八九十]+)(?:组|队|社|屯))$")
"""How a part ends that tells where by itself: a stretch of a road, a group of a village."""
_TO_THE_DOOR = re.compile(
    "[0-9一二三四五六七八九十A-Za-z甲乙丙丁](?:栋|幢|号|室|单元|座|户)|[0-9]-[0-9]|[0-9]{3}|第[0-9一二三四五六七八九十]+户"
)


def tells(reading: Reading, start: int, parts: list[Part], reaches: int, *, is_line: bool) -> bool:
    """Whether *parts*, read from *start* on, and what reaches on to *reaches* are an address. *is_line*: they begin a
    text that is one line and has no sign of a firm's name.
    """
    text, is_place = reading.text, reading.starts[start] == "LOC"
    is_apart = reading.is_apart(start) and (reaches == len(text) or text[reaches] in SIGNS)
    return (
        _is_precise(reading, start, parts)
        or ((is_place or _is_ladder(reading, start, parts)) and _names_road(reading, parts, reaches))
        or (
            is_apart
            and is_place
            and parts[0][0] <= TOWN
            and reading.is_plain(start, reaches)
            and not _is_office(reading, start, parts)
        )
        or (is_apart and start in reading.labels and parts[0][0] == ROAD and reading.is_plain(start, reaches))
        or _is_lived_in(reading, start, parts, reaches)
        or (is_line and line_end(reading, reaches) == len(text.rstrip()))
    )


def _is_precise(reading: Reading, start: int, parts: list[Part]) -> bool:
    """Whether *parts* tell where somebody is to be found, to the house."""
    if len(parts) < 2 or not any(is_number for _, _, is_number in parts):
        return False
    if parts[0][0] < HOUSE:
        return True
    return _TO_THE_DOOR.search(reading.text, start, parts[-1][1]) is not None


def _is_ladder(reading: Reading, start: int, parts: list[Part]) -> bool:
    """Whether *parts* go down from a division by a town to a road or a village, with a place among them."""
    ranks = [rank for rank, _, _ in parts]
    if reading.kind_at.get(start, (0, ""))[1] == "ORG":
        return False
    return {DIVISION, TOWN, ROAD} <= {*ranks} and ranks == sorted(ranks) and any(reading.places[start : parts[-1][1]])


def _names_road(reading: Reading, parts: list[Part], reaches: int) -> bool:
    """Whether *parts* name a road or a village in a town of a division, or a crossing of a road of a division."""
    if parts[0][0] > TOWN or all(rank != ROAD for rank, _, _ in parts):
        return False
    return len(parts) > 2 or (reaches > parts[-1][1] and CROSSING.match(reading.text, parts[-1][1]) is not None)


def _is_lived_in(reading: Reading, start: int, parts: list[Part], reaches: int) -> bool:
    """Whether *parts* from *start* on tell of a road or an estate, and what stands before says that it is meant."""
    text = reading.text
    before = begin_of(reading, start)
    if parts[-1][0] > HOUSE or not reading.is_plain(start, reaches):
        return False
    if _SECTION.search(text, start, reaches) and (reading.places[start] or reading.is_called(start)):
        return True
    first_two = tuple(rank for rank, _, _ in parts[:2])
    said = REPORTED.search(text, max(0, before - 2), before) or AT.search(text, max(0, before - 3), before)
    if said and first_two == (ROAD, HOUSE):
        return reading.places[start]
    if LIVES.search(text, max(0, before - 6), before):
        return reading.places[start] and (parts[-1][0] == ROAD or len(parts) > 1)
    within = parts[0][0] <= TOWN and len(parts) > 1 and reading.places[start] and not _is_office(reading, start, parts)
    return within and AT.search(text, max(0, before - 3), before) is not None


def _is_office(reading: Reading, start: int, parts: list[Part]) -> bool:
    """Whether what begins at *start* is read as an office and tells neither a town nor a road or a village."""
    return reading.kind_at.get(start, (0, ""))[1] == "ORG" and not any(rank in (TOWN, ROAD) for rank, _, _ in parts)
