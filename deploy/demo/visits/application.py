"""SQLAdmin over the desk's tables, with a sign-in of its own."""

import hmac
from pathlib import Path
from typing import Any

from sqladmin import Admin, ModelView
from sqladmin.authentication import AuthenticationBackend
from sqladmin.fields import FileField, SelectField
from sqladmin.filters import AllUniqueStringValuesFilter
from sqlalchemy import Engine, create_engine
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request

from deploy.demo.visits.models import RESULTS, Picture, Visit, Window

STAFF = "clerk"


class SignIn(AuthenticationBackend):
    """One member of staff, by a password."""

    def __init__(self, password: str, secret_key: str) -> None:
        super().__init__(secret_key=secret_key)
        self._password = password

    async def login(self, request: Request) -> bool:
        form = await request.form()
        knows = hmac.compare_digest(str(form.get("password")).encode(), self._password.encode())
        if knows and form.get("username") == STAFF:
            request.session["staff"] = STAFF
        return bool(knows)

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return True

    async def authenticate(self, request: Request) -> bool:
        return request.session.get("staff") == STAFF


class WindowView(ModelView, model=Window):
    """Windows, which nobody needs to mask."""

    name, name_plural = "窗口", "窗口"
    column_list = ["id", "title"]
    column_labels = {"id": "编号", "title": "名称"}


class VisitView(ModelView, model=Visit):
    """Visits: most of what they hold is somebody's."""

    name, name_plural = "回访", "回访"
    column_list = ["id", "name", "id_no", "mobile", "item", "result", "visited_on", "window"]
    column_details_list = [*column_list, "address", "note"]
    column_export_list = column_details_list
    column_labels = {
        "id": "编号",
        "name": "姓名",
        "id_no": "身份证号",
        "mobile": "手机号",
        "address": "住址",
        "item": "事项",
        "result": "结果",
        "note": "备注",
        "visited_on": "回访日期",
        "window": "窗口",
        "picture": "现场照片",
    }
    column_searchable_list = ["item", "result"]
    column_sortable_list = ["id", "visited_on"]
    column_filters = [AllUniqueStringValuesFilter(Visit.result, title="结果")]
    form_columns = ["name", "id_no", "mobile", "address", "item", "result", "note", "visited_on", "window", "picture"]
    form_overrides = {"picture": FileField, "result": SelectField}
    form_args = {"result": {"choices": [(result, result) for result in RESULTS]}}

    async def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Request) -> None:
        sent = data.get("picture")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
        data["picture"] = Picture(content) if content else None


def application(database: Path, password: str, secret_key: str) -> Starlette:
    """The desk of *database*, under `/admin`."""
    app = Starlette()
    admin = Admin(app, engine_of(database), title="回访台", authentication_backend=SignIn(password, secret_key))
    admin.add_view(VisitView)
    admin.add_view(WindowView)
    return app


def engine_of(database: Path) -> Engine:
    """How *database* is reached."""
    return create_engine(f"sqlite:///{database}")
