"""Places in files, said as who works in an office says them."""

import pytest

from yingbi.place_words import place_words

SHEET = "xl/worksheets/sheet2.xml"
SAID = {
    "lines in their order": (["line 12", "line 3"], "第 3, 12 行 / line"),
    "many lines": (["line 1 … line 20 (20)"], "第 1 … 20 (20) 行 / line"),
    "a column of a table": (["column 3"], "第 3 列 / column"),
    "a text and what is around it": (
        ["word/document.xml", "word/header1.xml", "word/comments.xml", "docProps/core.xml"],
        "正文 document; 页眉 header1; 批注 comments; 文档属性 docProps/core",
    ),
    "few cells": ([f"{SHEET} B2", f"{SHEET} C3"], "工作表 sheet2 B2, C3"),
    "many cells": ([f"{SHEET} A{row}" for row in range(2, 8)], "工作表 sheet2 A2 … A7 (6)"),
    "slides": (["ppt/slides/slide3.xml", "ppt/notesSlides/notesSlide1.xml"], "幻灯片 slide3; 备注页 notesSlide1"),
    "what has no other name": (["/items/*/mobile", "第 1 页 / page 1"], "/items/*/mobile; 第 1 页 / page 1"),
}


@pytest.mark.parametrize(("places", "said"), SAID.values(), ids=SAID)
def test_places_are_said_as_people_say_them(places: list[str], said: str) -> None:
    assert place_words(places, is_package=False) == said


def test_of_a_package_it_is_said_in_which_file() -> None:
    places = ["1", "1/line 4", "1/line 2", "2/word/document.xml"]
    assert place_words(places, is_package=True) == (
        "第 1 个文件的名称; 第 1 个文件 第 2, 4 行 / line; 第 2 个文件 正文 document"
    )
