"""Pages from templates: everything escaped, numbers and Latin isolated, times on the clock of Baghdad."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from arabic import plural, strip_controls
from citizens.vault.service import TOKEN_CLOSE, TOKEN_OPEN
from console.web import cookies
from console.web.deps import deps_of
from console.web.flash import read_flash
from console.web.navigation import entries_for, links_for
from foundation.clock import in_baghdad
from operations.accounts.service import ROLE_NAMES
from operations.accounts.sessions import Entered

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent.parent / "static"
IDENTIFIER_NAMES = {"nid": "رقم وطني", "phone": "هاتف", "passport": "جواز", "email": "بريد"}
"""What a masked identifier is called; another kind is «رقم»."""
_PIECE = re.compile(
    rf"(?P<token>{TOKEN_OPEN}(?P<kind>[a-z]+):[0-9a-f]+{TOKEN_CLOSE})"
    r"|(?P<run>[+#]?[A-Za-z0-9٠-٩۰-۹][A-Za-z0-9٠-٩۰-۹.,:/_%+'@\-]*[A-Za-z0-9٠-٩۰-۹%]|[A-Za-z0-9٠-٩۰-۹])"
)
_DAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")


@lru_cache
def environment() -> Environment:
    """The templates with their filters."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"rich": rich, "clock": clock, "day": day, "moment": moment, "iso": iso}
    made.globals |= {"nouns": plural, "role_names": ROLE_NAMES, "version": _version()}
    return made


def page(request: Request, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """The whole page `name` for whoever has entered."""
    deps = deps_of(request)
    entered: Entered | None = getattr(request.state, "entered", None)
    flash = read_flash(request, deps.keys)
    links = links_for(entered)
    text = (
        environment()
        .get_template(name)
        .render(
            entered=entered,
            person=None if entered is None else entered.person,
            links=links,
            menu=entries_for(links, request.url.path),
            flash=flash,
            now=deps.clock(),
            since=_since(deps.clock()),
            **values,
        )
    )
    response = HTMLResponse(text, status)
    if flash:
        cookies.drop(response, cookies.FLASH)
    return response


def part(request: Request, name: str, /, **values: Any) -> str:
    """A part of a page, to be swapped into one that is open."""
    now = deps_of(request).clock()
    entered: Entered | None = getattr(request.state, "entered", None)
    return (
        environment()
        .get_template(name)
        .render(
            entered=entered, person=None if entered is None else entered.person, now=now, since=_since(now), **values
        )
    )


def rich(text: str) -> Markup:
    """Somebody's text: escaped, identifiers behind a mask, numbers and Latin in their own direction."""
    parts: list[Markup] = []
    place = 0
    for match in _PIECE.finditer(text):
        parts.append(escape(text[place : match.start()]))
        if match["token"]:
            name = IDENTIFIER_NAMES.get(match["kind"], "رقم")
            parts.append(Markup('<span class="masked">{} •••</span>').format(name))
        else:
            parts.append(Markup('<bdi dir="ltr">{}</bdi>').format(match["run"]))
        place = match.end()
    parts.append(escape(text[place:]))
    return Markup("").join(parts)


def plain(text: str) -> str:
    """Typed text as it may be stored: no invisible characters, no blanks at its ends, no forged token."""
    return strip_controls(text).replace(TOKEN_OPEN, "[").replace(TOKEN_CLOSE, "]").strip()


def clock(at: datetime) -> str:
    """Hours and minutes in Baghdad."""
    return in_baghdad(at).strftime("%H:%M")


def day(at: datetime) -> str:
    """Weekday and date in Baghdad."""
    there = in_baghdad(at)
    return f"{_DAYS[there.weekday()]} {there:%Y/%m/%d}"


def moment(at: datetime) -> str:
    """Date and time in Baghdad, short."""
    return in_baghdad(at).strftime("%Y/%m/%d %H:%M")


def iso(at: datetime) -> str:
    """For the attribute `datetime`."""
    return at.isoformat(timespec="seconds")


def _since(now: datetime) -> Any:
    def since(at: datetime) -> str:
        return plural.lasted((now - at).total_seconds())

    return since


def _version() -> str:
    """Changes with the files, so that browsers may keep them for long."""
    newest = max(file.stat().st_mtime_ns for file in STATIC.rglob("*") if file.is_file())
    return f"{newest:x}"[-10:]
