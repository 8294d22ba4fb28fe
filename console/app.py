"""The console's application, mounted at /console."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from casework.files.checking import MEGABYTE
from console.cases import act as case_act
from console.cases import case, listing
from console.content import entries, preview, review, unanswered, upkeep
from console.content import files as content_files
from console.entering import code, home, identity, login, own
from console.figures import pages
from console.handoffs import act, conversation, files, past, queue
from console.office import canned, hours, switches
from console.people import accounts, audit, sessions
from console.reminders import badges
from console.results import importing, picture, result
from console.training import examples, models
from console.web.deps import Deps
from console.web.door import ConsoleDoor
from console.web.errors import add_error_handlers
from console.web.guard import who_entered
from console.web.templates import STATIC

OPEN_TO_ALL = frozenset(
    {"/login", "/login/code", "/oidc", "/oidc/back", "/logout"},
)
"""The pages of entering and leaving; every other route names its roles."""
ROUTERS = (
    *(part.router for part in (home, login, code, identity, own)),
    *(part.router for part in (queue, past, conversation, act, files, hours, canned)),
    *(part.router for part in (listing, case, case_act)),
    *(part.router for part in (importing, picture, result)),
    *(part.router for part in (preview, review, unanswered, content_files, upkeep, examples, models, entries)),
    pages.router,
    badges.router,
    *(part.router for part in (accounts, sessions, switches, audit)),
)


class UnguardedRouteError(RuntimeError):
    """A route that forgot to say who may use it."""


def make_console(deps: Deps) -> FastAPI:
    """The application.

    Raises:
        UnguardedRouteError: A route names no roles.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in ROUTERS:
        for route in routes_of(router):
            if route.path not in OPEN_TO_ALL and not guarded(route):
                raise UnguardedRouteError(route.path)
        app.include_router(router)
    app.state.deps = deps
    add_error_handlers(app)

    async def has_entered(request: Request) -> bool:
        return await who_entered(request, deps) is not None

    # A file and the form around it.
    largest = max(deps.settings.file_max_megabytes * MEGABYTE, deps.settings.results_import_max_bytes) + MEGABYTE
    app.add_middleware(ConsoleDoor, upload_max_bytes=largest, has_entered=has_entered)
    app.mount("/static", StaticFiles(directory=STATIC))
    return app


def routes_of(router: APIRouter) -> list[APIRoute]:
    """The router's routes; raises `UnguardedRouteError` at one of another kind, which could not be checked."""
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    if len(routes) != len(router.routes):
        raise UnguardedRouteError("a route that is none of FastAPI's")
    return routes


def guarded(route: APIRoute) -> bool:
    """Whether the route asks who has entered."""
    return any(hasattr(one.call, "console_roles") for one in _all(route.dependant))


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from _all(one)
