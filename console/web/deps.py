"""What the pages need, made once with the application."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from casework.handoffs.ports import Citizens
from console.web.ports import News
from foundation.clock import Clock
from foundation.database import SessionFactory
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.accounts.login import Door

Admits = Callable[[str], Awaitable[bool]]
"""Whether somebody at this address may try to enter now."""

InDanger = Callable[[str], str | None]
"""The kind of danger of which a text tells; None if of none."""


@dataclass(frozen=True, slots=True)
class Deps:
    """What the pages need."""

    settings: Settings
    sessions: SessionFactory
    keys: DataKeys
    clock: Clock
    news: News
    citizens: Citizens
    patient: SessionFactory
    """Sessions for what looks at many rows: on SQLite they do not stop the turns."""
    admits: Admits
    in_danger: InDanger

    @property
    def door(self) -> Door:
        """What entering needs."""
        return Door(self.sessions, self.keys, self.settings)


def deps_of(request: Request) -> Deps:
    """The application's."""
    return cast(Deps, request.app.state.deps)
