"""Browsing: the ten categories, the services of one category or agency, a page at a time."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions.messages import Button, say, service_button
from actions.offer import no_offer, set_offer
from actions.resources import resources
from actions.switched_off import say_if_switched_off
from actions.turn import Turn
from catalog import service as catalogue
from catalog.service import Listing

PAGE_SIZE: Final = 6
"""Services on a page: so many buttons fit an old phone's screen under the text."""

ALL_CATEGORIES = Button("كل الأبواب", "list_services")


class ActionListServices(Action):
    """`list_services`: all, of a category, of an agency."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_list_services"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Runs the action."""
        if say_if_switched_off(dispatcher):
            return []
        turn = Turn.of(tracker, resources().clock())
        page = _page_number(turn.entities.get("page"))
        async with resources().sessions() as session:
            listing = await _listing(session, turn)
            if listing is None:
                await _say_categories(dispatcher, session)
                return [no_offer()]
            return [_say_page(dispatcher, listing, page)]


async def _listing(session: AsyncSession, turn: Turn) -> Listing | None:
    if category := turn.entities.get("category"):
        return await catalogue.list_category(session, category)
    if agency := turn.entities.get("agency"):
        return await catalogue.list_agency(session, agency)
    if turn.text.startswith("/"):
        return None
    return await catalogue.find_listing(session, turn.text)


async def _say_categories(dispatcher: CollectingDispatcher, session: AsyncSession) -> None:
    categories = await catalogue.categories(session)
    total = sum(category.services for category in categories)
    text = f"في الدليل {total} خدمة في {len(categories)} أبواب. اختر باباً، أو اكتب ما تحتاجه."
    buttons = [
        Button(f"{category.short_name} ({category.services})", "list_services", (("category", category.code),))
        for category in categories
    ]
    say(dispatcher, text, buttons)


def _say_page(dispatcher: CollectingDispatcher, listing: Listing, page: int) -> dict[str, Any]:
    pages = max(1, -(-len(listing.services) // PAGE_SIZE))
    page = min(page, pages)
    shown = listing.services[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    text = f"{listing.title}"
    if pages > 1:
        text += f"\nالصفحة {page} من {pages}"
    lines = [f"{number}. {name}" for number, (_, name) in enumerate(shown, (page - 1) * PAGE_SIZE + 1)]
    buttons = [service_button(name, "ask_service", code) for code, name in shown]
    where = (listing.kind, listing.code)
    if page < pages:
        buttons.append(Button("التالي", "list_services", (where, ("page", str(page + 1)))))
    if page > 1:
        buttons.append(Button("السابق", "list_services", (where, ("page", str(page - 1)))))
    say(dispatcher, "\n".join([text, "", *lines]), [*buttons, ALL_CATEGORIES])
    return set_offer("ask_service", [code for code, _ in shown], first=(page - 1) * PAGE_SIZE + 1)


def _page_number(value: str | None) -> int:
    return max(1, int(value)) if value and value.isdecimal() else 1
