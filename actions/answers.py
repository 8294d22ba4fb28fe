"""Answers built from the catalogue: texts from `actions/templates`, facts from one entry, nothing guessed."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from actions.decision import INTENT_OF_FACET
from actions.messages import Button, service_button
from arabic import normalise
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

ALWAYS_ASKED: Final = ("documents", "fee", "steps")
"""Their buttons are there even where the answer is that we do not know: a button that is gone says nothing."""

_BLANK_LINES: Final = re.compile(r"\n{3,}")
_EDITORS_REMARK: Final = re.compile(r"\s*\([^()]*[A-Za-z][^()]*\)")
_EDITORS_ADDRESS: Final = re.compile(r" (?:على|في مستودع) GitHub\b.*")

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
    if facet == "contact":
        return service.contact or service.agency
    if facet == "eligibility":
        return service.eligibility or ([service.audience] if service.audience else [])
    value: str | list[str] = getattr(service, _FIELD_OF_FACET.get(facet, facet))
    return value


def known_facets(service: Service) -> list[str]:
    """The facets that the entry says something of; `contact` always is (the guidance line)."""
    return [facet for facet in FACET_LABELS if facet == "contact" or facet_value(service, facet)]


def card(service: Service, *, again: bool = False) -> str:
    """The whole service at a glance; `again`: it was spoken of before, so its source is known."""
    known = known_facets(service) != ["contact"]
    footer = {"warn": True, "again": again, "source": _source(service)}
    return _render("card.txt.j2", service=service, entry=service, known=known, **footer)


def mentions(service: Service, word: str) -> bool:
    """Whether anything that is told of the service has the normalised `word`."""
    told = [*(facet_value(service, facet) for facet in FACET_LABELS), service.description, service.caveat]
    return any(word in normalise(part if isinstance(part, str) else " ".join(part)) for part in told)


def facets_answer(service: Service, facets: Sequence[str], *, again: bool = False, unknown: str | None = None) -> str:
    """What is known of the facets, one after the other, or a plain word that it is unknown.

    Args:
        service: The service.
        facets: What is asked of it.
        again: It was spoken of before, so its source is known.
        unknown: A paper asked for by name that the entry does not mention.
    """
    parts = [
        {
            "facet": facet,
            "label": FACET_LABELS[facet],
            "value": facet_value(service, facet),
            "inferred": _FIELD_OF_FACET.get(facet, facet) in service.inferred_fields,
        }
        for facet in facets
    ]
    # Where nothing is stated there is nothing to warn of.
    warn = any(part["value"] for part in parts)
    footer = {"warn": warn, "again": again, "source": _source(service)}
    return _render("facets.txt.j2", service=service, entry=service, parts=parts, unknown=unknown, **footer)


def missing_answer(service: Service, missing: str) -> str:
    """That the entry does not hold what was asked for, named by `missing`."""
    return _render("missing.txt.j2", service=service, missing=missing)


def faq_answer(faq: Faq) -> str:
    """A general question's answer."""
    return _render("faq.txt.j2", faq=faq, entry=faq, warn=True, again=False, source=_source(faq))


def facet_buttons(service: Service, without: Sequence[str] = ()) -> list[Button]:
    """Buttons for what the entry knows, and for what everybody asks; not for what was just answered."""
    known = known_facets(service)
    return [
        service_button(label, INTENT_OF_FACET[facet], service.code)
        for facet, label in FACET_LABELS.items()
        if (facet in known or facet in ALWAYS_ASKED) and facet not in without
    ]


def _render(template: str, **values: object) -> str:
    return _BLANK_LINES.sub("\n\n", _templates().get_template(template).render(**values).strip())


def _source(entry: Service | Faq) -> str:
    """The entry's first source, without file names, addresses and remarks that only an editor needs."""
    if not entry.sources:
        return ""
    plain = _EDITORS_ADDRESS.sub(" على الإنترنت", _EDITORS_REMARK.sub("", entry.sources[0]))
    return plain.split("، اطلع")[0].strip() or entry.sources[0]
