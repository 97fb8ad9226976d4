"""What the desk keeps: visits to residents, and the windows that pay them. How they print tells nothing of anybody."""

import io
from datetime import date
from typing import BinaryIO

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

RESULTS = ("满意", "不满意", "未接通")


class Base(DeclarativeBase):
    """All tables."""


class Picture:
    """A picture that a form has sent, as SQLAdmin wants to have files."""

    name = "picture"

    def __init__(self, content: bytes) -> None:
        self.content = content

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


class PictureColumn(TypeDecorator[Picture]):
    """Keeps a picture."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Picture | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.content

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Picture | None:
        return None if value is None else Picture(value)


class Window(Base):
    """A window of the service hall."""

    __tablename__ = "windows"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))

    def __str__(self) -> str:
        return self.title


class Visit(Base):
    """Somebody who was asked afterwards."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    id_no: Mapped[str] = mapped_column(String(18), unique=True)
    mobile: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    item: Mapped[str] = mapped_column(String(50))
    result: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    visited_on: Mapped[date]
    picture: Mapped[Picture | None] = mapped_column(PictureColumn)
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    window: Mapped[Window] = relationship()
