"""The content files: what each may hold, and errors that name the file and the field."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)

from catalog.models import CODE_MAX_CHARS, Confidence

PHRASE_MAX_CHARS = 300
TEXT_MAX_CHARS = 4000
FAQ_PREFIX = "faq-"

_URL = re.compile(r"https://[\w.-]+\.[a-z]{2,}(:\d+)?(/\S*)?")


class ContentError(Exception):
    """A content file that cannot be loaded; the message is one line that names the file and the field."""


def _https(value: str) -> str:
    if value and not _URL.fullmatch(value):
        raise ValueError("must be empty or an https:// address")
    return value


def _not_in_the_future(value: date | None, info: ValidationInfo) -> date | None:
    today = (info.context or {}).get("today")
    if value is not None and today is not None and value > today:
        raise ValueError(f"{value} lies in the future")
    return value


def _no_repeats(values: list[str]) -> list[str]:
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"repeats «{value}»")
        seen.add(value)
    return values


def _first_of_each(values: object) -> object:
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return list(dict.fromkeys(values))
    return values


def _empty_is_unknown(value: object) -> object:
    return None if value == "" else value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z0-9]+)*$", max_length=CODE_MAX_CHARS)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX_CHARS)]
FilledLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX_CHARS)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=PHRASE_MAX_CHARS)]
Phrases = Annotated[list[Phrase], BeforeValidator(_first_of_each)]
Lines = Annotated[list[FilledLine], AfterValidator(_no_repeats)]
Url = Annotated[str, AfterValidator(_https)]
VerifiedOn = Annotated[date | None, BeforeValidator(_empty_is_unknown), AfterValidator(_not_in_the_future)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class CategoryContent(_File):
    """One entry of `categories.yml`."""

    code: Code
    name: FilledLine
    short_name: Line = ""
    description: Line = ""
    position: int = Field(default=0, alias="order")
    keywords: Lines = []


class _Entry(_File):
    aliases: Phrases = []
    questions: Phrases = []
    situations: Phrases = []
    url: Url = ""
    contact: Line = ""
    confidence: Confidence
    sources: Lines = []
    verified_on: VerifiedOn = None
    caveat: Line = ""


class ServiceContent(_Entry):
    """One file of `services/`; an empty field is unknown."""

    code: Code
    category: Code
    name: FilledLine
    agency: Line = ""
    description: Line = ""
    audience: Line = ""
    eligibility: Lines = []
    documents: Lines = []
    steps: Lines = []
    fee: Line = ""
    duration: Line = ""
    channel: Line = ""
    inferred_fields: Lines = []


class FaqContent(_Entry):
    """One entry under `faqs/`."""

    code: Annotated[Code, StringConstraints(pattern=rf"^{FAQ_PREFIX}")]
    title: FilledLine
    answer: FilledLine


class Content(BaseModel):
    """Everything under one content directory, each code once, each category known."""

    categories: list[CategoryContent]
    services: list[ServiceContent]
    faqs: list[FaqContent]


Model = TypeVar("Model", CategoryContent, ServiceContent, FaqContent)


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name}: not UTF-8 text (byte {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ContentError(f"{path.name}: line {line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "(the whole entry)"
    message = first["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{field}: {message}{more}"


def _entries(path: Path, model: type[Model], today: date) -> Iterator[Model]:
    raw = _read(path)
    several = isinstance(raw, list)
    for index, item in enumerate(raw if several else [raw]):
        place = f"{path.name}: entry {index + 1}" if several else path.name
        if not isinstance(item, dict):
            raise ContentError(f"{place}: must be fields with values, not {type(item).__name__}")
        try:
            yield model.model_validate(item, context={"today": today})
        except ValidationError as error:
            raise ContentError(f"{place}: {_explain(error)}") from error


def _unique(
    paths: Sequence[Path], model: type[Model], today: date, check: Callable[[Path, Model], None] | None = None
) -> list[Model]:
    found: dict[str, tuple[Path, Model]] = {}
    for path in paths:
        for entry in _entries(path, model, today):
            if entry.code in found:
                raise ContentError(f"{path.name}: code: {entry.code} is already in {found[entry.code][0].name}")
            if check:
                check(path, entry)
            found[entry.code] = (path, entry)
    return [entry for _, entry in found.values()]


def read_content(directory: Path, today: date) -> Content:
    """Read and check a content directory.

    Args:
        directory: Holds `categories.yml`, `services/*.yml` (a service each) and, optionally, `faqs/*.yml`.
        today: No date of verification may lie after this day.

    Returns:
        All entries, in the order of the file names.

    Raises:
        ContentError: Anything is wrong; the message names the file and the field.
    """
    categories_file = directory / "categories.yml"
    if not categories_file.is_file():
        raise ContentError(f"{directory}: categories.yml is missing")
    categories = _unique([categories_file], CategoryContent, today)
    known = {category.code for category in categories}

    def check_service(path: Path, service: ServiceContent) -> None:
        if service.category not in known:
            raise ContentError(f"{path.name}: category: {service.category} is not in categories.yml")
        if service.code != path.stem:
            raise ContentError(f"{path.name}: code: {service.code} does not fit the file's name")

    services = _unique(sorted((directory / "services").glob("*.yml")), ServiceContent, today, check_service)
    faqs = _unique(sorted((directory / "faqs").glob("*.yml")), FaqContent, today)
    return Content(categories=categories, services=services, faqs=faqs)
