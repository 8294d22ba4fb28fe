"""Who is at work: an account with its roles, as pages and services see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from operations.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and the governorate in which it holds; everywhere if that is empty."""

    role: Role
    governorate: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An account at work; the fields are those of `Account`."""

    id: str
    name: str
    shown_name: str
    team: str
    grants: tuple[Grant, ...]
    must_change: bool = False
    has_code: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """All roles, wherever they hold."""
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: Role) -> bool:
        """Whether the person holds one of `roles` somewhere."""
        return not self.roles.isdisjoint(roles)

    def governorates(self, role: Role) -> frozenset[str] | None:
        """Where `role` holds; None for everywhere, empty if the person does not hold it."""
        places = frozenset(grant.governorate for grant in self.grants if grant.role == role)
        return None if "" in places else places


def grants_of(roles: Iterable[tuple[str, str]]) -> tuple[Grant, ...]:
    """Grants of pairs of role and governorate, in a fixed order."""
    order = list(Role)
    return tuple(
        sorted(
            (Grant(Role(role), governorate) for role, governorate in roles),
            key=lambda grant: (order.index(grant.role), grant.governorate),
        )
    )
