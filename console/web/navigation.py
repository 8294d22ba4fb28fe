"""The menu: each part of the console adds its pages, each person sees those that their roles open."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.accounts.models import Role
from operations.accounts.sessions import Entered


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the menu; `key` is the letter after «g» that opens it. If it is `counted`, a number says what waits.

    Pages of one `group` share an entry of the menu and stand as tabs above each other's content.
    """

    title: str
    address: str
    roles: frozenset[Role]
    key: str
    counted: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the bar shows: a page, or a group of pages by its name; `here` if one of them is open."""

    title: str
    links: Sequence[Link]
    here: Link | None


AGENTS = frozenset({Role.AGENT})
WRITERS = frozenset({Role.AGENT, Role.CASE_OFFICER})
OFFICERS = frozenset({Role.CASE_OFFICER, Role.ADMINISTRATOR})
EDITORS = frozenset({Role.EDITOR, Role.REVIEWER})
HEALTH = frozenset({Role.HEALTH_OFFICER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OFFICE = "الإدارة"
MENU: Sequence[Link] = (
    Link("المحادثات", "/console/handoffs", AGENTS, "q"),
    Link("الشكاوى", "/console/cases", OFFICERS, "c", counted=True),
    Link("الموقف الوبائي", "/console/picture", HEALTH, "e"),
    Link("النتائج", "/console/results", HEALTH, "t"),
    Link("المحتوى", "/console/content", EDITORS, "d", counted=True),
    Link("المساءلة", "/console/accountability", OFFICERS, "m"),
    Link("الردود الجاهزة", "/console/canned", WRITERS, "r"),
    Link("التدريب", "/console/content/training", ADMINISTRATORS, "n"),
    Link("كيف نعمل", "/console/figures", ADMINISTRATORS, "h"),
    Link("الحسابات", "/console/accounts", ADMINISTRATORS, "u", group=OFFICE),
    Link("الجلسات", "/console/sessions", ADMINISTRATORS, "s", group=OFFICE),
    Link("أوقات الدوام", "/console/office", ADMINISTRATORS, "o", group=OFFICE),
    Link("المفاتيح", "/console/switches", ADMINISTRATORS, "w", group=OFFICE),
    Link("سجل التدقيق", "/console/audit", ADMINISTRATORS, "a", group=OFFICE),
)


def links_for(entered: Entered | None) -> Sequence[Link]:
    """What the person's menu shows."""
    if entered is None or entered.person.must_change:
        return ()
    return [link for link in MENU if entered.person.has(*link.roles)]


def entries_for(links: Sequence[Link], path: str) -> Sequence[Entry]:
    """The bar of somebody who has these links, on the page at `path`."""
    here = max((one for one in links if path.startswith(one.address)), key=lambda one: len(one.address), default=None)
    groups: dict[str, list[Link]] = {}
    for link in links:
        groups.setdefault(link.group or link.title, []).append(link)
    return [Entry(title, group, here if here in group else None) for title, group in groups.items()]
