"""Invented identifiers of each kind, from a seed: they have the right form and belong to nobody."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from policies.recognisers.checksums import is_luhn, is_vin, resident_id_check_digit, uscc_check_character
from policies.recognisers.regions import codes

_REGIONS = sorted(code for code in codes() if code[4:] != "00" and code[:2] not in ("81", "82", "83"))
_FIRST, _LAST = date(1930, 1, 1), date(2020, 12, 31)
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MAILS = ("example.com", "mail.example.cn", "qq.example", "163.example.net", "gov.example.cn", "a-b.example.org")
_WORDS = ("zhang", "wang.xm", "li_si", "chen-yu", "zhao88", "sunny", "ops", "w", "liu.yang.01", "Hu", "a+b")


def digits(chance: random.Random, number: int) -> str:
    return "".join(chance.choices("0123456789", k=number))


def born(chance: random.Random) -> date:
    return _FIRST + timedelta(days=chance.randrange((_LAST - _FIRST).days))


def resident_id(chance: random.Random) -> str:
    region = chance.choice(_REGIONS) if chance.random() < 0.95 else chance.choice(("810000", "820000", "830000"))
    first = f"{region}{born(chance):%Y%m%d}{digits(chance, 3)}"
    last = resident_id_check_digit(first)
    return first + (last.lower() if chance.random() < 0.3 else last)


def resident_id_15(chance: random.Random) -> str:
    return f"{chance.choice(_REGIONS)}{born(chance):%y%m%d}{digits(chance, 3)}"


def mobile(chance: random.Random) -> str:
    return "1" + chance.choice("3456789") + digits(chance, 9)


def landline(chance: random.Random) -> str:
    area = chance.choice("010 020 021 022 023 025 027 028 029 0571 0755 0512 0531 0371 0898 0991 0851 0431".split())
    number = chance.choice("2345678") + digits(chance, 7 if len(area) == 3 or chance.random() < 0.6 else 6)
    form = chance.choice(("{}-{}", "{}-{}", "{}{}", "({}){}", "{} {}"))
    return form.format(area, number)


def email(chance: random.Random) -> str:
    return f"{chance.choice(_WORDS)}{digits(chance, chance.randrange(4))}@{chance.choice(_MAILS)}"


def luhn(chance: random.Random, prefix: str, length: int) -> str:
    first = prefix + digits(chance, length - len(prefix) - 1)
    return next(first + last for last in "0123456789" if is_luhn(first + last))


def bank_card(chance: random.Random) -> str:
    prefix = chance.choice("622202 621700 622848 623058 625912 621226 622588 620522".split())
    return luhn(chance, prefix, chance.choice((16, 18, 19, 19)))


def uscc(chance: random.Random) -> str:
    region = chance.choice(_REGIONS)
    first = chance.choice(("91", "91", "92", "12", "11", "52")) + region + "".join(chance.choices(_CODE, k=9))
    return first + uscc_check_character(first)


def passport(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "E" + chance.choice("ABCDEFGHJKLMNP") + digits(chance, 7)
    return chance.choice("EG") + digits(chance, 8)


def permit(chance: random.Random) -> str:
    return chance.choice("HM") + digits(chance, chance.choice((8, 10)))


def plate(chance: random.Random) -> str:
    place = chance.choice(_PROVINCES) + chance.choice(_PLATE)
    match chance.randrange(5):
        case 0:
            return place + chance.choice("DF") + chance.choice(_PLATE + "0123456789") + digits(chance, 4)
        case 1:
            return place + digits(chance, 4) + chance.choice("警学挂")
        case 2:
            return f"{place}·{digits(chance, 3)}{chance.choice(_PLATE)}{digits(chance, 1)}"
        case _:
            return place + digits(chance, 2) + chance.choice(_PLATE) + digits(chance, 2)


def vin(chance: random.Random) -> str:
    first, last = "L" + "".join(chance.choices(_VIN, k=7)), "".join(chance.choices(_VIN, k=4)) + digits(chance, 4)
    return next((f"{first}{d}{last}" for d in "0123456789X" if is_vin(f"{first}{d}{last}")), "LSVAU2A34N2183294")


def social_no(chance: random.Random) -> str:
    return chance.choice(("", "A", "B")) + digits(chance, chance.choice((8, 9, 10, 12)))


def medical_no(chance: random.Random) -> str:
    return chance.choice(("", "ZY", "MZ")) + digits(chance, chance.choice((6, 8, 10)))


def bank_account(chance: random.Random) -> str:
    return chance.choice("1234") + digits(chance, chance.choice((11, 13, 16, 20)))


def birth_date(chance: random.Random) -> str:
    day = born(chance)
    return chance.choice(
        (f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}")
    )


def coordinates(chance: random.Random) -> str:
    return f"{chance.uniform(75, 134):.6f},{chance.uniform(18, 53):.6f}"


def qq(chance: random.Random) -> str:
    return chance.choice("123456789") + digits(chance, chance.randrange(5, 10))


def wechat(chance: random.Random) -> str:
    return chance.choice(("wx", "zhang_", "li-", "Wang")) + chance.choice(("sunny", "life", "home")) + digits(chance, 3)


KINDS: dict[str, Callable[[random.Random], str]] = {
    each.__name__: each
    for each in (
        resident_id,
        mobile,
        landline,
        email,
        bank_card,
        uscc,
        passport,
        permit,
        plate,
        vin,
        social_no,
        medical_no,
        bank_account,
        birth_date,
        coordinates,
        qq,
        wechat,
    )
}
