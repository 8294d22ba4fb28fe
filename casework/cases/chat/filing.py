"""From answers to a case, and what the citizen is told of it."""

import asyncio
from datetime import date

from casework.cases import numbers, receipt, service, wording
from casework.cases.chat.parts import dinars, office
from casework.cases.chat.place import district_of
from casework.cases.models import Case, Kind
from casework.cases.repository import by_number
from casework.cases.service import Filed, NewCase, NotAllowedError
from casework.cases.telling import HANDLER
from casework.dialogues.forms import Answers, Choice, Context, Prompt
from casework.files import service as files
from casework.places import atlas
from foundation.clock import in_baghdad


def kind_line(answers: Answers) -> str | None:
    """The kind with the sum, as the summary shows it."""
    if "kind" not in answers:
        return None
    name = wording.KINDS[Kind(answers["kind"])]
    return f"{name} ({dinars(answers['sum'])})" if answers.get("sum") else name


async def file(context: Context, answers: Answers) -> tuple[Prompt, ...]:
    """Files the case of the answers, or joins the one that was chosen; what is said."""
    if answers.get("similar") and (joined := await _join(context, answers)) is not None:
        return (joined,)
    return (await _receipt(context, await service.file(office(context), _new(context, answers))),)


async def filed_earlier(context: Context, answers: Answers) -> Case | None:
    """The same complaint of this citizen, filed today; what was filed minutes ago is not filed twice anyway."""
    if answers.get("similar"):
        return None
    return await service.earlier_today(office(context), _new(context, answers))


def _new(context: Context, answers: Answers) -> NewCase:
    """The answers as a case."""
    agent, place = answers.get("agent") or {}, answers.get("place") or {}
    text = answers.get("account", "")
    if answers.get("ongoing"):
        text = f"{text}\nمتى: {answers['ongoing']}"
    return NewCase(
        kind=Kind(answers["kind"]),
        text=text,
        conversation_id=context.conversation_id,
        governorate=place.get("governorate"),
        district=district_of(answers),
        centre_id=agent.get("centre_id"),
        agent_id=agent.get("id"),
        agent_named=agent.get("named"),
        ration_card=answers.get("card") or None,
        happened_on=date.fromisoformat(answers["when"]) if answers.get("when") else None,
        sum_dinars=answers.get("sum"),
        anonymous=answers.get("anonymous", True),
        file_ids=tuple(answers.get("files", ())),
    )


async def _join(context: Context, answers: Answers) -> Prompt | None:
    case = await by_number(context.session, answers["similar"])
    if case is None:
        return None
    try:
        await service.support(office(context), case, context.conversation_id, answers.get("account"))
    except NotAllowedError:  # decided meanwhile: it becomes a case of its own
        return None
    number = numbers.show(case.number)
    head = f"أضفنا شكواك إليها. رقمها للمتابعة: {number}"
    text = f"{head}\nعدد المشتكين الآن: {case.supporters + 1}. سنخبرك هنا بكل جديد فيها."
    return Prompt(text, (_track(case),))


async def _receipt(context: Context, filed: Filed) -> Prompt:
    case = filed.case
    number = numbers.show(case.number)
    if filed.again:
        return Prompt(f"هذه وصلتنا قبل قليل، ولم نسجلها مرتين. رقمها: {number}", (_track(case),))
    complaint = case.kind != Kind.SUGGESTION
    lines = [
        f"وصلت شكواك. رقمها: {number}" if complaint else f"وصل مقترحك، وشكراً لك. رقمه: {number}",
        "احفظ هذا الرقم. به تسأل متى شئت.",
    ]
    if case.due_at is not None:
        who = "يستلمها" if complaint else "يستلمه"
        lines.append(f"{who} موظف قبل {wording.moment(case.due_at)}. سنخبرك هنا بكل جديد.")
    return Prompt("\n".join(lines), (_track(case),), (await _picture(context, case),))


async def _picture(context: Context, case: Case) -> str:
    """Keeps the receipt as a picture; its id."""
    png = await asyncio.to_thread(
        receipt.picture,
        case.number,
        wording.KINDS[Kind(case.kind)],
        atlas.label(case.governorate, case.district),
        in_baghdad(case.created_at).date(),
        due=None if case.due_at is None else in_baghdad(case.due_at).date(),
        suggestion=case.kind == Kind.SUGGESTION,
    )
    kept = await files.keep(
        context.session,
        png,
        name=f"{numbers.show(case.number)}.png",
        media_type="image/png",
        now=context.now,
        owner_conversation=context.conversation_id,
        keys=context.keys,
    )
    return kept.id


def _track(case: Case) -> Choice:
    return Choice("أين وصل؟" if case.kind == Kind.SUGGESTION else "أين وصلت؟", f"do:{HANDLER}:show:{case.number}")
