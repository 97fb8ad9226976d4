"""Pages with invented people as pictures, from a seed: of every character on one it is known where it stands.

Forms, lists, cards and letters are drawn straight, and then seen as scanners, telephones and copies show them. The way
from the page that was drawn to the picture that is seen is one homography, so places are known on that as well.
"""

import io
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from tests.bench.invented import KINDS
from tests.bench.written import person
from tests.bench.written_places import address_line

FONTS = Path("/usr/share/fonts/opentype/noto")
FACES = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc")
_SIMPLIFIED = 2
"""The face for the mainland in a collection."""
IDENTIFIER, NAME, ADDRESS, NOBODYS, QUASI = "identifiers", "names", "addresses", "nobody's", "quasi"
"""What a text is; `QUASI` is told of nobody by itself, and may be hidden or not."""
_MATTERS = (
    "城乡居民医疗保险参保登记",
    "老年人优待证办理",
    "特困人员救助供养",
    "灵活就业登记",
    "社会保障卡补领",
    "不动产查询",
)
_OFFICES = ("云州市政务服务中心", "青石镇便民服务中心", "望湖街道办事处", "云州市医疗保障局")
_STATES = ("已受理", "办结", "补正材料", "待审核")

type Where = NDArray[np.float64]
"""Left, top, right, bottom of each character, on the page as it was drawn."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A text that was drawn."""

    kind: str
    text: str
    boxes: Where


@dataclass(slots=True)
class Page:
    """A page as it is drawn, in letters of *size* pixels."""

    picture: Image.Image
    size: int
    face: str
    marks: list[Mark] = field(default_factory=list)

    def write(self, x: float, y: float, text: str, kind: str = NOBODYS, times: float = 1.0) -> float:
        """Write *text*, and return where it ends."""
        font = _font(self.face, round(self.size * times))
        ImageDraw.Draw(self.picture).text((x, y), text, font=font, fill="black")
        ends = [x + font.getlength(text[:count]) for count in range(len(text) + 1)]
        ink = [font.getbbox(each) for each in text]
        boxes = [(left, y + box[1], right, y + box[3]) for left, right, box in zip(ends, ends[1:], ink, strict=False)]
        self.marks.append(Mark(kind, text, np.array(boxes).reshape(-1, 4)))
        return float(ends[-1])


@cache
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / face), size, index=_SIMPLIFIED)


type Value = tuple[str, str, str]
"""Label, kind and what stands there."""


def _values(chance: random.Random) -> list[Value]:
    gender = chance.choice("男女")
    return [
        ("姓名", NAME, person(chance)),
        ("身份证号", IDENTIFIER, KINDS["resident_id"](chance)),
        ("手机号", IDENTIFIER, KINDS["mobile"](chance)),
        ("住址", ADDRESS, address_line(chance)),
        ("银行卡号", IDENTIFIER, KINDS["bank_card"](chance)),
        ("性别", QUASI, gender),
    ]


def form(chance: random.Random, size: int, face: str) -> Page:
    """Labels with values behind them, in a grid."""
    page = Page(Image.new("RGB", (size * 40, size * 28), "white"), size, face)
    page.write(size * 14, size, chance.choice(_OFFICES), times=1.3)
    page.write(size * 15, size * 3.4, chance.choice(_MATTERS) + "申请表")
    draw = ImageDraw.Draw(page.picture)
    for row, (label, kind, text) in enumerate(_values(chance)):
        top = size * (6 + row * 2.6)
        draw.rectangle((size * 2, top, size * 38, top + size * 2.6), outline="black")
        draw.line((size * 9, top, size * 9, top + size * 2.6), fill="black")
        page.write(size * 3, top + size * 0.5, label)
        page.write(size * 10, top + size * 0.5, text, kind)
    bottom = size * 22.6
    end = page.write(size * 2, bottom, "经办人：")
    page.write(end, bottom, person(chance), NAME)
    end = page.write(size * 20, bottom, "联系电话：")
    page.write(end, bottom, KINDS["mobile"](chance), IDENTIFIER)
    page.write(size * 2, bottom + size * 2.4, "本人承诺所填内容真实有效，并同意依法核查。")
    return page


def listed(chance: random.Random, size: int, face: str) -> Page:
    """A table with a person in each row."""
    page = Page(Image.new("RGB", (size * 66, size * 27), "white"), size, face)
    page.write(size * 24, size, chance.choice(_MATTERS) + "公示名单", times=1.2)
    lefts = (1.5, 5, 10.5, 22, 30, 54, 64.5)
    tops = [size * (4 + 2 * row) for row in range(11)]
    draw = ImageDraw.Draw(page.picture)
    for left in lefts:
        draw.line((size * left, tops[0], size * left, tops[-1]), fill="black")
    for top in tops:
        draw.line((size * lefts[0], top, size * lefts[-1], top), fill="black")
    for left, label in zip(lefts, ("序号", "姓名", "身份证号码", "联系电话", "家庭住址", "办理状态"), strict=False):
        page.write(size * (left + 0.5), tops[0] + size * 0.3, label)
    for row, top in enumerate(tops[1:-1], 1):
        cells = (
            (str(row), NOBODYS),
            (person(chance), NAME),
            (KINDS["resident_id"](chance), IDENTIFIER),
            (KINDS["mobile"](chance), IDENTIFIER),
            (address_line(chance)[:23], ADDRESS),
            (chance.choice(_STATES), NOBODYS),
        )
        for left, (text, kind) in zip(lefts, cells, strict=False):
            page.write(size * (left + 0.5), top + size * 0.3, text, kind)
    return page


def card(chance: random.Random, size: int, face: str) -> Page:
    """A card, laid out as those that citizens carry, on a ground with waves."""
    page = Page(Image.new("RGB", (size * 34, size * 22), (236, 243, 246)), size, face)
    draw = ImageDraw.Draw(page.picture)
    for wave in range(0, size * 30, max(3, size // 3)):
        heights = [(x, wave + size * math.sin(x / size / 2)) for x in range(0, page.picture.width, size // 2)]
        draw.line(heights, fill=(208, 226, 234))
    draw.rounded_rectangle((size * 24, size * 3, size * 32, size * 13), size, fill=(200, 206, 212))
    number = KINDS["resident_id"](chance).upper()
    page.write(size * 2, size * 2, "姓名", times=0.8)
    page.write(size * 6, size * 1.9, person(chance), NAME)
    end = page.write(size * 2, size * 5, "性别 ", times=0.8)
    end = page.write(end, size * 5, "女　　", QUASI, 0.8)
    end = page.write(end, size * 5, "民族 ", times=0.8)
    page.write(end, size * 5, "汉", QUASI, 0.8)
    page.write(size * 2, size * 8, "出生", times=0.8)
    born = f"{number[6:10]} 年 {int(number[10:12])} 月 {int(number[12:14])} 日"
    page.write(size * 6, size * 7.9, born, IDENTIFIER, 0.9)
    page.write(size * 2, size * 11, "住址", times=0.8)
    address = address_line(chance)
    for line in range(0, len(address), 16):
        page.write(size * 6, size * (11 + line / 11), address[line : line + 16], ADDRESS)
    page.write(size * 2, size * 18, "公民身份号码", times=0.8)
    page.write(size * 11, size * 17.7, number, IDENTIFIER, 1.2)
    return page


def letter(chance: random.Random, size: int, face: str) -> Page:
    """Prose, broken into lines wherever one ends."""
    page = Page(Image.new("RGB", (size * 40, size * 30), "white"), size, face)
    page.write(size * 14, size * 1.5, "情况说明", times=1.4)
    who, other = person(chance), person(chance)
    pieces = (
        ("　　申请人", NOBODYS),
        (who, NAME),
        ("，身份证号", NOBODYS),
        (KINDS["resident_id"](chance), IDENTIFIER),
        ("，现住", NOBODYS),
        (address_line(chance), ADDRESS),
        ("，因家庭困难申请临时救助。经社区工作人员入户核实，情况属实。其联系电话为", NOBODYS),
        (KINDS["mobile"](chance), IDENTIFIER),
        ("，救助金发放至银行卡", NOBODYS),
        (KINDS["bank_card"](chance), IDENTIFIER),
        ("。联系人：", NOBODYS),
        (other, NAME),
        ("，电子邮箱", NOBODYS),
        (KINDS["email"](chance), IDENTIFIER),
        ("，请有关部门依照规定在二十个工作日内办理，并将结果书面告知。", NOBODYS),
    )
    x, y, right = size * 3.0, size * 5.0, size * 37.0
    font = _font(face, size)
    for text, kind in pieces:
        rest = text
        while rest:
            fits = next(count for count in range(len(rest), -1, -1) if x + font.getlength(rest[:count]) <= right)
            if fits:
                x = page.write(x, y, rest[:fits], kind)
            rest = rest[fits:]
            if rest:
                x, y = size * 3.0, y + size * 1.8
    page.write(size * 24, y + size * 4, chance.choice(_OFFICES))
    return page


LAYOUTS = {"form": form, "list": listed, "card": card, "letter": letter}


@dataclass(slots=True)
class Scan:
    """What is seen of a page, and the homography from the page to it."""

    picture: Image.Image
    marks: Sequence[Mark]
    way: NDArray[np.float64]
    encoding: tuple[str, int] = ("png", 0)
    """Format, and for JPEG its quality."""

    def data(self) -> bytes:
        """The file."""
        written = io.BytesIO()
        name, quality = self.encoding
        self.picture.save(written, name.upper(), **({"quality": quality} if quality else {}))
        return written.getvalue()


def warped(scan: Scan, way: NDArray[np.float64], size: tuple[int, int], ground: str = "white") -> None:
    """See *scan* along *way*, as a picture of *size* on *ground*."""
    back = np.linalg.inv(way)
    back /= back[2, 2]
    coefficients = tuple(back.flatten()[:8])
    scan.picture = scan.picture.transform(
        size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=ground
    )
    scan.way = way @ scan.way


def turned(degrees: float) -> Callable[[Scan, random.Random], None]:
    """Turns what is seen to the left, and makes room for it."""

    def change(scan: Scan, chance: random.Random) -> None:
        width, height = scan.picture.size
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        size = round(abs(width * cosine) + abs(height * sine)), round(abs(width * sine) + abs(height * cosine))
        turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
        turn[:2, 2] = np.array(size) / 2 - turn[:2, :2] @ (width / 2, height / 2)
        warped(scan, turn, size)

    return change


def enlarged(times: float) -> Callable[[Scan, random.Random], None]:
    """Shows it larger, or smaller."""

    def change(scan: Scan, chance: random.Random) -> None:
        size = round(scan.picture.width * times), round(scan.picture.height * times)
        scan.picture = scan.picture.resize(size, Image.Resampling.LANCZOS)
        scan.way = np.diag((times, times, 1.0)) @ scan.way

    return change


def blurred(radius: float) -> Callable[[Scan, random.Random], None]:
    """Out of focus."""

    def change(scan: Scan, chance: random.Random) -> None:
        scan.picture = scan.picture.filter(ImageFilter.GaussianBlur(radius))

    return change


def noisy(deviation: float) -> Callable[[Scan, random.Random], None]:
    """With grains."""

    def change(scan: Scan, chance: random.Random) -> None:
        grains = np.random.default_rng(chance.randrange(1 << 30)).normal(0, deviation, (*scan.picture.size[::-1], 1))
        seen = np.clip(np.asarray(scan.picture, dtype=float) + grains, 0, 255)
        scan.picture = Image.fromarray(seen.astype(np.uint8))

    return change


def faint(share: float) -> Callable[[Scan, random.Random], None]:
    """With so much of its contrast."""

    def change(scan: Scan, chance: random.Random) -> None:
        grey = Image.new("RGB", scan.picture.size, (205, 205, 205))
        scan.picture = Image.blend(grey, scan.picture, share)

    return change


def copied(scan: Scan, chance: random.Random) -> None:
    """As a copier or a telefax leaves it: black or white."""
    scan.picture = scan.picture.convert("L").point(lambda level: 255 * (level > 150)).convert("RGB")


def stamped(scan: Scan, chance: random.Random) -> None:
    """With red stamps over what stands there."""
    values = [mark for mark in scan.marks if mark.kind in (IDENTIFIER, NAME, ADDRESS)]
    layer = Image.new("RGB", scan.picture.size, "white")
    draw = ImageDraw.Draw(layer)
    for mark in chance.sample(values, min(3, len(values))):
        left, top, _, bottom = mark.boxes[len(mark.text) // 2]
        radius = (bottom - top) * 3
        around = (left - radius, top - radius, left + radius, top + radius)
        draw.ellipse(around, outline=(214, 40, 40), width=max(2, int(radius / 12)))
        for turn in range(5):
            angle = math.radians(90 + 144 * turn), math.radians(90 + 144 * (turn + 1))
            points = [(left + radius / 2 * math.cos(each), top - radius / 2 * math.sin(each)) for each in angle]
            draw.line(points, fill=(214, 40, 40), width=max(2, int(radius / 10)))
    scan.picture = ImageChops.multiply(scan.picture, layer)


def photographed(scan: Scan, chance: random.Random) -> None:
    """On a table, from aside, in uneven light."""
    width, height = scan.picture.size
    size = round(width * 1.15), round(height * 1.2)
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    seen = [
        (x + width * (0.07 + chance.uniform(-0.05, 0.05)), y + height * (0.1 + chance.uniform(-0.06, 0.06)))
        for x, y in corners
    ]
    warped(scan, _homography(corners, seen), size, "#8a7a66")
    shade = Image.linear_gradient("L").resize(size).rotate(chance.choice((0, 90, 180, 270))).resize(size)
    light = ImageEnhance.Brightness(Image.merge("RGB", [shade] * 3).point(lambda level: 150 + level * 105 // 255))
    scan.picture = ImageChops.multiply(scan.picture, light.enhance(1))
    blurred(0.7)(scan, chance)
    noisy(6)(scan, chance)
    scan.encoding = "jpeg", 70


def _homography(source: Sequence[tuple[float, float]], target: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.array([*np.linalg.solve(np.array(rows), np.array(values)), 1.0]).reshape(3, 3)


def compressed(quality: int) -> Callable[[Scan, random.Random], None]:
    """As a JPEG of *quality*."""

    def change(scan: Scan, chance: random.Random) -> None:
        scan.encoding = "jpeg", quality

    return change


type Change = Callable[[Scan, random.Random], None]

SEEN: dict[str, tuple[int, tuple[Change, ...]]] = {
    "as drawn": (28, ()),
    "letters of 16 pixels": (16, ()),
    "letters of 12 pixels": (12, ()),
    "letters of 44 pixels": (44, ()),
    "turned by 1°": (26, (turned(1),)),
    "turned by 3°": (26, (turned(-3),)),
    "turned by 5°": (26, (turned(5),)),
    "turned by 10°": (26, (turned(-10),)),
    "on its side": (26, (turned(90),)),
    "on its other side": (26, (turned(-90),)),
    "upside down": (26, (turned(180),)),
    "upside down and 3° more": (26, (turned(183),)),
    "on its side and 4° less": (26, (turned(86),)),
    "JPEG of quality 30": (24, (compressed(30),)),
    "JPEG of quality 12": (24, (compressed(12),)),
    "out of focus": (26, (blurred(1.6),)),
    "far out of focus": (26, (blurred(2.6),)),
    "grains": (26, (noisy(40),)),
    "faint": (26, (faint(0.25),)),
    "fainter": (26, (faint(0.12),)),
    "copied black on white": (22, (blurred(0.8), noisy(25), copied)),
    "stamped": (26, (stamped,)),
    "photographed": (34, (photographed,)),
    "photographed on its side": (34, (photographed, turned(90))),
    "photographed small": (34, (photographed, enlarged(0.5))),
}
"""Size of letters as they are drawn, and what happens to the page."""


def scans(name: str, chance: random.Random) -> Iterator[tuple[str, Scan]]:
    """A page of each layout, seen like *name* says, with the name of its layout."""
    size, changes = SEEN[name]
    for layout, draw in LAYOUTS.items():
        page = draw(chance, size, chance.choice(FACES))
        scan = Scan(page.picture, page.marks, np.eye(3))
        for change in changes:
            change(scan, chance)
        yield layout, scan
