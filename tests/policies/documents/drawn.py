"""PDFs and pictures for tests, by those who make them for a living: a browser, and libraries."""

import functools
import io
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Operator
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.absence import not_here
from tests.chromium import find_chromium
from tests.policies.documents.masked import ID_NO, MAIL, MOBILE, NAME

GUIDE = "请携带材料到区政务服务中心一楼办理"
_PAGE = f"""<html><head><meta charset=utf-8><title>{NAME}的申请</title><style>
td, th {{ border: 1px solid; padding: 4px 12px }} div {{ page-break-after: always }}
</style></head><body>
<div><h1>办件清单</h1><table><tr><th>序号</th><th>姓名</th><th>身份证号</th><th>手机号</th></tr>
<tr><td>1</td><td>{NAME}</td><td>{ID_NO}</td><td>{MOBILE}</td></tr></table></div>
<div><h1>办事指南</h1><p>{GUIDE}，咨询电话 12345。</p></div>
<p>{NAME}补交材料，电子邮箱 <a href="mailto:{MAIL}">{MAIL}</a>。</p></body></html>"""
_FONTS = "/usr/share/fonts"


@functools.cache
def printed() -> bytes:
    """A page as a browser prints it: a table, a page with nobody in it, and a line about who stood in the table."""
    chromium = find_chromium()
    if chromium is None:
        not_here("no Chromium is on this machine: nothing is printed, and PDFs of browsers are NOT tested")
    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(_PAGE, "utf-8")
        told = [str(chromium.browser), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        told += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri()]
        subprocess.run(told, check=True, capture_output=True, timeout=300)
        return pdf.read_bytes()


def report(*draws: Callable[[Canvas], object], title: str = "", size: tuple[float, float] = A4) -> bytes:
    """A report of one page for each of *draws*, of *size* in points, in a font that the file does not hold."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=size)
    canvas.setTitle(title)
    for draw in draws:
        canvas.setFont("STSong-Light", 12)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def lines(*texts: str) -> Callable[[Canvas], None]:
    """Draws *texts* below each other."""

    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(72, 760 - 24 * number, text)

    return draw


def changed(data: bytes, change: Callable[[pikepdf.Pdf], object], **saving: object) -> bytes:
    """*data* after *change*."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(written, **saving)  # type: ignore[arg-type]
    return written.getvalue()


def font(size: int) -> ImageFont.FreeTypeFont:
    """One with Chinese characters."""
    found = sorted(Path(_FONTS).rglob("*CJK*.ttc"))
    if not found:
        not_here(f"no font with Chinese characters is in {_FONTS}: pictures of text are NOT tested")
    return ImageFont.truetype(str(found[0]), size, index=2)


def picture(texts: Sequence[str], size: tuple[int, int] = (640, 260), letters: int = 28) -> Image.Image:
    """*texts* below each other, as a picture."""
    made = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(made)
    for number, text in enumerate(texts):
        draw.text((30, 20 + number * letters * 2), text, font=font(letters), fill="black")
    return made


def encoded(made: Image.Image, name: str, **how: object) -> bytes:
    """*made* as a file of the format *name*."""
    written = io.BytesIO()
    made.save(written, name.upper(), **how)
    return written.getvalue()


def add_operators(document: pikepdf.Pdf, *operators: tuple[list[object], str]) -> None:
    """Draw more on the first page."""
    page = document.pages[0]
    drawn = [*pikepdf.parse_content_stream(page), *((operands, Operator(name)) for operands, name in operators)]
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(drawn))  # type: ignore[arg-type]
