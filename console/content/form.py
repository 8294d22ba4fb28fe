"""The form of an entry."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from catalog.editing import fields
from catalog.editing.differences import differences
from catalog.editing.models import Body
from catalog.unanswered.grouping import LINES_MAX
from console.content import desk
from console.web.guard import ForbiddenError
from operations.accounts.models import Role
from operations.accounts.sessions import Entered


async def form_page(
    request: Request,
    entered: Entered,
    entry: desk.Opened,
    body: Body,
    wrong: dict[str, str] | None = None,
    status: int = 200,
    *,
    theirs: Body | None = None,
    restored: bool = False,
    seen: int | None = None,
    from_lines: str = "",
) -> HTMLResponse:
    """The form of an entry, filled with `body`."""
    deps, now = desk.deps_and_now(request)
    writes = entered.person.has(Role.EDITOR)
    if not entry.code and not writes:
        raise ForbiddenError
    async with deps.sessions() as session:
        if wrong is None:
            wrong = dict(await desk.problems(session, entry.kind, body, now)) if entry.draft else {}
        return await desk.content_page(
            request,
            session,
            "entry.html",
            status,
            entry=entry,
            body=body,
            seen=entry.revision if seen is None else seen,
            wrong=wrong,
            theirs=theirs,
            restored=restored,
            groups=fields.GROUPS[entry.kind],
            choices=await desk.choices(session),
            inferable={name: fields.label_of(entry.kind, name) for name in fields.INFERABLE},
            title=fields.title_of(body),
            writes=writes,
            from_lines=from_lines,
            changed=[one.label for one in differences(entry.kind, entry.live, body)] if entry.live else [],
        )


def numbers(ids: str) -> list[int]:
    """The numbers of lines that a form carries."""
    return [int(each) for each in ids.split(",") if each.isdecimal() and len(each) < 18][:LINES_MAX]
