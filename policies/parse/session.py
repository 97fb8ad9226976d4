"""Reads how a system's own sign-in tells who has signed in."""

import re

from policies.parse.section import Section
from policies.policy_callers import UpstreamSession
from policies.policy_kinds import Kind

COOKIE_NAME = re.compile(r"(?!(?i:__Host-yingbi)\Z)[A-Za-z_][A-Za-z0-9_.-]{0,63}")
POINTER = re.compile(r"(/[^/\s]{1,60}){1,8}")
_OPERATION = re.compile(r"[A-Z]{3,10} /\S{0,200}")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}")
MINUTES, MOST_MINUTES = 480, 1440
AGAIN_MINUTES, MOST_AGAIN_MINUTES = 5, 60


def parse_session(identity: Section) -> UpstreamSession | None:
    """What stands under `session`; None where nothing does, or it cannot be read."""
    section = identity.section("session", required=False)
    if section is None:
        return None
    cookie = section.text("cookie", fits=COOKIE_NAME)
    login = section.text("login", fits=_OPERATION)
    subject = section.text("subject", required=False, fits=POINTER)
    subject_cookie = section.text("subject_cookie", required=False, fits=COOKIE_NAME)
    if ("subject" in section.node.nodes) == ("subject_cookie" in section.node.nodes):
        message = "`session` says who has signed in by one of `subject` and `subject_cookie`"
        section.find(section.at, "missing-key", message, about="`subject`、`subject_cookie` 写一个")
    introspect = section.text("introspect", required=False, fits=_PATH)
    if "introspect" in section.node.nodes and subject_cookie:
        message = "where the system is asked, `subject` says where in its answer it names who has signed in"
        section.find(section.place_of("introspect"), "wrong-form", message, about="写 `introspect` 的，用 `subject`")
    again_minutes = section.number("again_minutes", least=1, most=MOST_AGAIN_MINUTES, default=AGAIN_MINUTES)
    if "again_minutes" in section.node.nodes and "introspect" not in section.node.nodes:
        message = "`again_minutes` is how long what `introspect` says counts"
        section.find(section.place_of("again_minutes"), "missing-key", message, about="`introspect`")
    posts = section.text("posts", required=False, fits=POINTER)
    logout = section.texts("logout", fits=_OPERATION)
    if not logout and "logout" in section.node.nodes:
        section.find(section.place_of("logout"), "empty", "`logout` is empty", about="`logout`")
    purposes = section.names("purposes", required=False)
    kind = section.choice("kind", Kind, Kind.STAFF)
    minutes = section.number("minutes", least=1, most=MOST_MINUTES, default=MINUTES)
    section.done()
    if not (cookie and login and (subject or subject_cookie) and logout and kind and minutes and again_minutes):
        return None
    return UpstreamSession(
        cookie=cookie,
        login=login,
        subject=subject or "",
        subject_cookie=subject_cookie or "",
        introspect=introspect or "",
        again_minutes=again_minutes if introspect else 0,
        posts=posts or "",
        logout=logout,
        purposes=purposes,
        kind=kind,
        minutes=minutes,
        at=section.at,
        places={key: section.place_of(key) for key in ("login", "logout")},
    )
