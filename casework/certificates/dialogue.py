"""The button «الشهادة» under a result: the certificate as a file and as a picture, to those whose result it is."""

from datetime import timedelta
from typing import Final

from arabic.plural import HOUR
from casework.certificates import service
from casework.certificates.content import TEXT_MAX_CHARS, Outcome
from casework.certificates.service import NotIssuableError, ResultFacts, TooOldError
from casework.certificates.words import show_moment, words
from casework.dialogues.forms import Context, Prompt
from casework.dialogues.registry import Registry
from casework.files.service import keep
from casework.results import service as results
from casework.results.models import ISSUED, Value
from casework.results.service import Shown

HANDLER: Final = "certificate"
"""The button is `do:certificate:<number of the result>`."""
_OUTCOMES = {Value.NEGATIVE: Outcome.NEGATIVE, Value.POSITIVE: Outcome.POSITIVE}
_NUMBER_MAX_CHARS = 18


def register(registry: Registry) -> None:
    """Adds what the button does."""
    registry.on(HANDLER, _pressed)


async def _pressed(context: Context, argument: str) -> tuple[Prompt, ...]:
    said = words()["chat"]
    shown = None
    if argument.isdecimal() and len(argument) <= _NUMBER_MAX_CHARS:
        # None to a conversation that has not proven that the result is its own.
        shown = await results.show_again(
            context.session, context.conversation_id, int(argument), context.now, keys=context.keys
        )
    if shown is None:
        return (Prompt(said["gone"]["ar"]),)
    facts = facts_of(shown)
    if facts is None:
        return (Prompt(said["not_certified"]["ar"]),)
    try:
        made = await service.issue(context.session, facts, context.now, context.keys, context.settings)
    except TooOldError:
        hours = HOUR.count(context.settings.certificate_valid_hours)
        return (Prompt(said["too_old"]["ar"].format(hours=hours)),)
    except NotIssuableError:
        return (Prompt(said["not_issuable"]["ar"]),)
    files = [
        await keep(
            context.session,
            data,
            name=f"{made.name}.{ending}",
            media_type=media_type,
            now=context.now,
            owner_conversation=context.conversation_id,
            keys=context.keys,
        )
        for data, ending, media_type in ((made.pdf, "pdf", "application/pdf"), (made.picture, "png", "image/png"))
    ]
    text = said["made"]["ar"].format(until=show_moment(made.content.expires_at, "ar"))
    if facts.sample:
        text = f"{said['sample']['ar']}\n{text}"
    return (Prompt(text, files=tuple(file.id for file in files)),)


def facts_of(shown: Shown) -> ResultFacts | None:
    """A result as a certificate needs it; None if it is of a kind that is not certified."""
    result, personal = shown.result, shown.personal
    outcome = _OUTCOMES.get(Value(result.value)) if result.value and result.status in ISSUED else None
    if outcome is None:
        return None
    both = f"{shown.laboratory} / {shown.laboratory_latin}"
    one = not shown.laboratory_latin or shown.laboratory_latin == shown.laboratory
    return ResultFacts(
        result_id=str(result.id),
        version=result.version,
        name=personal.name or personal.name_latin,
        latin_name=personal.name_latin or None,
        born=str(personal.birth_year or ""),
        outcome=outcome,
        sampled_at=result.sampled_at - timedelta(microseconds=result.sampled_at.microsecond),
        laboratory=shown.laboratory if one else both if len(both) <= TEXT_MAX_CHARS else shown.laboratory_latin,
        sample=result.example,
    )
