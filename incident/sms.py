"""How long a text is as SMS: what it costs to send, and whether it arrives as one.

Sources: 3GPP TS 23.038, 6.2.1 (the GSM 7 bit alphabet and its extension) and TS 23.040, 9.2.3.24.1 (texts in parts).
"""

from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
"""Take two places each."""
_ONE_7BIT, _PART_7BIT = 160, 153
_ONE_UCS2, _PART_UCS2 = 70, 67


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLength:
    """The length of a text."""

    units: int
    """Places it takes: of 7 bits where the alphabet of GSM has all of its letters, else of 16."""
    parts: int
    """SMS that are sent for it."""
    unicode: bool


def sms_length(text: str) -> SmsLength:
    """How long *text* is. No letter is torn between two parts, so that one may end a place early."""
    is_unicode = not all(letter in _BASIC or letter in _EXTENDED for letter in text)
    one, part = (_ONE_UCS2, _PART_UCS2) if is_unicode else (_ONE_7BIT, _PART_7BIT)
    widths = [2 if (letter > "\uffff" if is_unicode else letter in _EXTENDED) else 1 for letter in text]
    units = sum(widths)
    if units <= one:
        return SmsLength(units=units, parts=1 if text else 0, unicode=is_unicode)
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return SmsLength(units=units, parts=parts, unicode=is_unicode)
