"""The models: asked for, watched while they train, compared line by line, promoted, dropped, gone back to."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from catalog.training import repository, service
from catalog.training.intents import intents, name_of
from catalog.training.models import UNFINISHED, Comparison, Model, State
from catalog.training.service import REASON_MAX_CHARS, TrainingError
from console.content import desk
from console.training.shared import (
    FAILURE_NAMES,
    MODELS,
    STATE_NAMES,
    STEP_NAMES,
    Decider,
    Reader,
    ReaderInBackground,
)
from console.web.errors import RefusedError
from console.web.flash import done
from console.web.numbers import RowId
from console.web.templates import part, plain
from foundation.database import transaction
from operations.accounts.models import Role

router = APIRouter(prefix="/content/training/models")
HISTORY: Final = 50
PAGE: Final = 50
FIGURES: Final = (
    ("intent_accuracy", "فهم القصد", "من كل أسطر الاختبار", 1),
    ("intent_macro_f1", "الفهم بالتساوي بين المقاصد", "متوسط F1: القصد النادر كالشائع", 1),
    ("out_of_scope_recall", "اعتذر عما ليس من عملنا", "كلما زاد كان أحسن", 1),
    ("in_scope_refused", "اعتذر عما هو من عملنا", "كلما قل كان أحسن", -1),
    ("service_hit1", "وجد الخدمة الصحيحة أولاً", "من البحث في الدليل: لا يغيره التدريب", 0),
)
"""Name, title, explanation, and whether more is better (1), worse (-1), or no matter of training (0)."""
VERDICTS: Final = {
    "worse": ("صار أسوأ", "bad"),
    "better": ("صار أحسن", "live"),
    "other": ("أخطأ بغير ما كان", "warn"),
    "wrong": ("الخطأ نفسه", ""),
    "right": ("فهمه الاثنان", "live"),
}


@router.get("")
async def listed(request: Request, entered: Reader) -> Response:
    """The model that answers, the one in the making, those that wait for a decision, and the history."""
    deps, now = desk.deps_and_now(request)
    async with deps.patient() as session:
        models = await repository.listed(session, HISTORY)
        return await desk.content_page(
            request,
            session,
            "training/models.html",
            past=[model for model in models if model.state not in UNFINISHED],
            live=await service.live(session),
            ready=[model for model in models if model.state == State.READY],
            can_train=await service.is_there(session, now),
            decides=entered.person.has(Role.REVIEWER, Role.ADMINISTRATOR),
            reason_max=REASON_MAX_CHARS,
            **await _making(session),
        )


@router.get("/making")
async def making(request: Request, entered: ReaderInBackground) -> Response:
    """The part of the page that shows how far the training is; when it is over, the page loads anew."""
    deps, _ = desk.deps_and_now(request)
    async with deps.sessions() as session:
        found = await _making(session)
    if found["making"] is None:
        return Response(headers={"HX-Refresh": "true"})
    return HTMLResponse(part(request, "training/making.html", **found))


@router.post("")
async def ask(request: Request, entered: Reader) -> Response:
    """Asks for a model."""
    return await _decide(request, MODELS, "بدأ العمل. تستطيع أن تترك هذه الصفحة وترجع.", service.ask, entered)


@router.post("/{number}/cancel")
async def cancel(request: Request, entered: Reader, number: RowId) -> Response:
    """Stops a training."""
    return await _decide(request, MODELS, "أُلغي التدريب.", service.cancel, entered, number)


@router.post("/{number}/drop")
async def drop(request: Request, entered: Decider, number: RowId) -> Response:
    """A model is not wanted."""
    return await _decide(request, MODELS, "استُغني عن النموذج. لم يتغير المساعد.", service.drop, entered, number)


@router.post("/{number}/promote")
async def promote(
    request: Request, entered: Decider, number: RowId, sure: Annotated[str, Form(max_length=4)] = ""
) -> Response:
    """A model is to answer; of one that is worse somewhere, whoever decides says that they have seen it."""
    deps, _ = desk.deps_and_now(request)
    async with deps.sessions() as session:
        model = await repository.one(session, number)
    if model is not None and losses(model) and not sure:
        return done(
            request, f"{MODELS}/{number}", "هذا النموذج أسوأ في بعض الأرقام. أشّر أنك رأيتها ثم اعتمده.", kind="bad"
        )
    said = "اعتُمد. يجيب به المساعد خلال ثوانٍ."
    return await _decide(request, MODELS, said, service.promote, entered, number)


@router.post("/{number}/rollback")
async def roll_back(
    request: Request,
    entered: Decider,
    number: RowId,
    reason: Annotated[str, Form(max_length=REASON_MAX_CHARS * 2)] = "",
) -> Response:
    """A former model is to answer again."""
    said = "رجعنا إليه. يجيب به المساعد خلال ثوانٍ."
    return await _decide(request, MODELS, said, service.roll_back, entered, number, plain(reason))


@router.get("/{number}")
async def show(
    request: Request,
    entered: Reader,
    number: RowId,
    verdict: Annotated[str, Query(pattern="^(worse|better|other|wrong|added|)$")] = "",
    intent: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The comparison of a model with the one that answered when it was trained."""
    deps, _ = desk.deps_and_now(request)
    async with deps.patient() as session:
        model = await repository.one(session, number)
        comparison = await repository.comparison(session, number)
        if model is None or model.figures is None or comparison is None:
            raise RefusedError("لا مقارنة لهذا النموذج.", 404)
        wanted = [line for line in _lines(comparison, verdict) if intent in ("", line["expected"])]
        live = await service.live(session)
        return await desk.content_page(
            request,
            session,
            "training/comparison.html",
            model=model,
            rows=[_row(model.figures, *figure) for figure in FIGURES],
            losses=losses(model),
            outdated=live is not None and live.number not in (model.against, number),
            lines=wanted[after : after + PAGE],
            number=len(wanted),
            more=after + PAGE if len(wanted) > after + PAGE else None,
            verdicts=VERDICTS,
            intents=intents(),
            name_of=name_of,
            asked={"verdict": verdict, "intent": intent},
            state_names_of=STATE_NAMES,
            decides=entered.person.has(Role.REVIEWER, Role.ADMINISTRATOR),
        )


def _lines(comparison: Comparison, verdict: str) -> list[dict[str, Any]]:
    """Of the test set, the worst first; or the added examples."""
    if verdict == "added":
        return [line for line in comparison.lines if line.get("added")]
    order = list(VERDICTS)
    lines = [line for line in comparison.lines if not line.get("added") and verdict in ("", line["verdict"])]
    return sorted(lines, key=lambda line: order.index(line["verdict"]))


def losses(model: Model) -> list[str]:
    """Titles of the figures in which a model is worse than the one it was compared with."""
    figures = model.figures or {}
    rows = [_row(figures, *figure) for figure in FIGURES] if figures else []
    return [row["title"] for row in rows if row["change"] < 0]


def _row(figures: dict[str, Any], name: str, title: str, about: str, better: int) -> dict[str, Any]:
    live, candidate = figures["live"][name], figures["candidate"][name]
    change = 0.0 if live is None or candidate is None else round((candidate - live) * better, 4)
    return {"title": title, "about": about, "live": live, "candidate": candidate, "change": change}


async def _making(session: Any) -> dict[str, Any]:
    found = await repository.in_state(session, (*UNFINISHED, State.PROMOTING))
    return {
        "making": found[0] if found else None,
        "state_names_of": STATE_NAMES,
        "step_names": STEP_NAMES,
        "failure_names": FAILURE_NAMES,
    }


async def _decide(request: Request, address: str, said: str, act: Any, entered: Any, *values: Any) -> Response:
    deps, now = desk.deps_and_now(request)
    try:
        async with transaction(deps.sessions) as session:
            await act(session, *values, desk.editor_of(entered), now)
    except TrainingError as error:
        return done(request, address, str(error), kind="bad")
    return done(request, address, said)
