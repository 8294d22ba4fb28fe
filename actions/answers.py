"""Answers built from the catalogue: texts from `actions/templates`, facts from one entry, nothing guessed."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from actions.decision import INTENT_OF_FACET
from actions.messages import Button, service_button
from catalog.models import Faq, Service
from foundation.clock import show_date

GUIDANCE_LINE: Final = "5599"
"""The Ur portal's guidance line."""
PORTAL_URL: Final = "https://ur.gov.iq/"

FACET_LABELS: Final = {
    "documents": "المستمسكات",
    "fee": "الرسوم",
    "steps": "الخطوات",
    "duration": "المدة",
    "eligibility": "من يحق له",
    "link": "الرابط",
    "contact": "الجهة والاتصال",
}
"""Facets in the order of their buttons, as citizens call them."""

_BLANK_LINES: Final = re.compile(r"\n{3,}")
_EDITORS_REMARK: Final = re.compile(r"\s*\([^()]*[A-Za-z][^()]*\)")

_FIELD_OF_FACET: Final = {"link": "url"}


@lru_cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # plain text; every channel escapes for itself
        keep_trailing_newline=False,
    )
    environment.filters["day"] = show_date
    environment.globals.update(guidance=GUIDANCE_LINE, portal=PORTAL_URL)
    return environment


def facet_value(service: Service, facet: str) -> str | list[str]:
    """What the entry says of `facet`; empty when it is unknown."""
    if facet == "eligibility":
        return service.eligibility or ([service.audience] if service.audience else [])
    value: str | list[str] = getattr(service, _FIELD_OF_FACET.get(facet, facet))
    return value


def known_facets(service: Service) -> list[str]:
    """The facets that the entry says something of; `contact` always is (the guidance line)."""
    return [facet for facet in FACET_LABELS if facet == "contact" or facet_value(service, facet)]


def card(service: Service) -> str:
    """The whole service at a glance."""
    known = known_facets(service) != ["contact"]
    return _render("card.txt.j2", service=service, entry=service, known=known, source=_source(service))


def facet_answer(service: Service, facet: str) -> str:
    """What is known of one facet, or a plain word that it is unknown."""
    return _render(
        "facet.txt.j2",
        service=service,
        entry=service,
        facet=facet,
        label=FACET_LABELS[facet],
        value=facet_value(service, facet),
        inferred=_FIELD_OF_FACET.get(facet, facet) in service.inferred_fields,
        source=_source(service),
    )


def faq_answer(faq: Faq) -> str:
    """A general question's answer."""
    return _render("faq.txt.j2", faq=faq, entry=faq, source=_source(faq))


def facet_buttons(service: Service, without: str | None = None) -> list[Button]:
    """Buttons for what the entry knows, except the facet just answered."""
    return [
        service_button(FACET_LABELS[facet], INTENT_OF_FACET[facet], service.code)
        for facet in known_facets(service)
        if facet != without
    ]


def _render(template: str, **values: object) -> str:
    return _BLANK_LINES.sub("\n\n", _templates().get_template(template).render(**values).strip())


def _source(entry: Service | Faq) -> str:
    """The entry's first source, without the file names and addresses in brackets that only an editor needs."""
    first = entry.sources[0] if entry.sources else "دليل خدمات بوابة أور"
    return _EDITORS_REMARK.sub("", first) or first
