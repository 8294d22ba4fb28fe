"""The training pages: examples, unanswered lines that become examples, a model's way, roles."""

import pytest
from sqlalchemy import select

from catalog.training import repository
from catalog.training.models import Model, State
from catalog.training.shipped import shipped
from catalog.unanswered import repository as lines
from catalog.unanswered import service as unanswered
from catalog.unanswered.models import Outcome, Unanswered
from catalog.unanswered.models import State as LineState
from foundation.clock import utc_now
from foundation.database import transaction
from operations.accounts.models import Role
from operations.audit.chain import verify
from tests.console.conftest import Office

HERE = "/console/content/training"
SHARES = {"n": 759, "intent_macro_f1": 0.9, "out_of_scope_recall": 0.9, "in_scope_refused": 0.01, "service_hit1": 0.97}


def _figures(candidate: float) -> dict[str, object]:
    live = {**SHARES, "intent_accuracy": 0.93}
    counts = {"right": 757, "worse": 2}
    added = {"n": 2, "live": 0, "candidate": 1}
    return {"live": live, "candidate": {**SHARES, "intent_accuracy": candidate}, "counts": counts, "added": added}


COMPARED = [
    {"text": "شكد الرسوم", "verdict": "worse", "expected": "ask_fee", "live": "ask_fee", "candidate": "greet"},
    {"text": "وين أراجع", "verdict": "worse", "expected": "ask_contact", "live": "ask_contact", "candidate": "greet"},
]


async def _ready(office: Office, accuracy: float) -> None:
    now = utc_now()
    async with transaction(office.sessions) as session:
        await repository.seen(session, now, "a" * 64)
        await repository.add(session, Model(shipped=True, state=State.LIVE, asked_at=now, digest="a" * 64, kept=True))
        ready = Model(shipped=False, state=State.READY, asked_by="نور", asked_at=now, finished_at=now, against=1)
        ready.figures, ready.digest, ready.kept = _figures(accuracy), "b" * 64, True
        await repository.add(session, ready)
        await repository.put_comparison(session, ready.number, COMPARED)


async def test_examples_are_added_removed_and_put_back(office: Office) -> None:
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    assert "خارج عملنا" in await noor.sees(HERE)
    page = f"{HERE}/intents/thank"
    first, text = next(iter(shipped().of("thank").items()))
    assert text in await noor.sees(page)
    added = await noor.sends(f"{page}/add", lines="ممنون يا ورد\n- تسلم يمناك")
    assert added.headers["location"] == f"{page}?which=added"
    assert "تسلم يمناك" in await noor.sees(f"{page}?which=added")
    wrong = await noor.sends(f"{page}/add", lines="رقمي 07701234567\nممنون يا ورد\nيعطيك الف عافيه")
    assert wrong.status_code == 422
    assert "فيه رقم شخصي" in wrong.text
    assert "موجود هنا من قبل" in wrong.text
    assert "أُضيف</span> سطر واحد" in wrong.text
    assert (await noor.sends(f"{page}/add", lines=" \n ")).status_code == 422
    gone = await noor.sends(f"{page}/remove", digest=first)
    assert gone.headers["location"] == f"{page}?gone={first}"
    assert "تراجع" in await noor.sees(gone.headers["location"])
    assert text in await noor.sees(f"{page}?which=removed")
    await noor.sends(f"{page}/restore", digest=first)
    assert "لا أسطر هنا" in await noor.sees(f"{page}?which=removed")
    assert "+3" in await noor.sees(HERE)
    assert (await noor.http.get(f"{HERE}/intents/ask_weather")).status_code == 404
    async with office.sessions() as session:
        assert (await verify(session)).whole


async def test_markup_in_a_line_is_shown_as_text(office: Office) -> None:
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    await noor.sees(HERE)
    await noor.sends(f"{HERE}/intents/greet/add", lines="<script>alert(1)</script> هلو")
    seen = await noor.sees(f"{HERE}/intents/greet?which=added")
    assert "<script>alert" not in seen
    assert "&lt;" in seen


async def test_an_unanswered_line_becomes_an_example(office: Office) -> None:
    now = utc_now()
    known = next(iter(shipped().of("thank").values()))
    async with transaction(office.sessions) as session:
        for line in ("اريد اربي نحل بالبيت", "اريد اربي نحل بالبيت رقمي 07701234567", known):
            await unanswered.note(session, line, Outcome.OUT_OF_SCOPE, "", now, guess="ask_service")
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    page = await noor.sees("/console/content/unanswered")
    assert '<option value="ask_service" selected>' in page
    async with office.sessions() as session:
        bees, masked, thanks = (await session.scalars(select(Unanswered).order_by(Unanswered.id))).all()
    ids = f"{bees.id},{masked.id}"
    assert (await noor.sends("/console/content/unanswered/example", ids=ids)).status_code == 303
    assert "اختر القصد" in await noor.sees("/console/content/unanswered")
    await noor.sends("/console/content/unanswered/example", ids=ids, intent="out_of_scope")
    assert "أُضيف سطر واحد، وبقي سطر واحد" in await noor.sees("/console/content/unanswered")
    await noor.sends("/console/content/unanswered/example", ids=str(thanks.id), intent="thank")
    async with office.sessions() as session:
        states = {one.id: (one.state, one.became) for one in await session.scalars(select(Unanswered))}
        assert [one.id for one in await lines.open_lines(session, 10)] == [masked.id]
    assert states[bees.id] == (LineState.USED, "out_of_scope")
    assert states[thanks.id] == (LineState.USED, "thank")
    assert "اريد اربي نحل بالبيت" in await noor.sees(f"{HERE}/intents/out_of_scope?which=added")


async def test_without_a_trainer_the_pages_say_so(office: Office) -> None:
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    assert "التدريب لا يعمل من هذا الخادم" in await noor.sees(f"{HERE}/models")
    assert "درّب نموذجاً</button>" not in await noor.sees(HERE)
    await noor.sends(f"{HERE}/models")
    assert "لا تعمل خدمة التدريب" in await noor.sees(f"{HERE}/models")


async def test_asked_watched_and_cancelled(office: Office) -> None:
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    async with transaction(office.sessions) as session:
        await repository.seen(session, utc_now(), "")
    await noor.sees(f"{HERE}/models")
    await noor.sends(f"{HERE}/models")
    assert "ينتظر دوره" in await noor.sees(f"{HERE}/models")
    watched = await noor.http.get(f"{HERE}/models/making", headers={"hx-request": "true"})
    assert "<progress" in watched.text
    await noor.sends(f"{HERE}/models/1/cancel")
    over = await noor.http.get(f"{HERE}/models/making", headers={"hx-request": "true"})
    assert over.headers["hx-refresh"] == "true"
    assert "أُلغي" in await noor.sees(f"{HERE}/models")


async def test_a_reviewer_compares_and_promotes(office: Office) -> None:
    ali = await office.colleague("ali", "علي", Role.REVIEWER)
    await _ready(office, 0.95)
    page = await ali.sees(f"{HERE}/models/2")
    assert "95.0%" in page
    assert "+2.0" in page
    assert "أسوأ من الذي يعمل" not in page
    assert "وين أراجع" in page
    assert "وين أراجع" not in await ali.sees(f"{HERE}/models/2?intent=ask_fee&verdict=worse")
    assert "<bdi>2</bdi> أضافها المحررون" in page
    assert "لا أسطر كهذه" in await ali.sees(f"{HERE}/models/2?verdict=better")
    await ali.sends(f"{HERE}/models/2/promote")
    assert "يحل محل النموذج السابق" in await ali.sees(f"{HERE}/models")


async def test_a_worse_model_is_not_promoted_unseen(office: Office) -> None:
    ali = await office.colleague("ali", "علي", Role.ADMINISTRATOR)
    await _ready(office, 0.91)
    assert "أسوأ من الذي يعمل في:</strong> فهم القصد" in await ali.sees(f"{HERE}/models/2")
    refused = await ali.sends(f"{HERE}/models/2/promote")
    assert refused.headers["location"] == f"{HERE}/models/2"
    async with office.sessions() as session:
        assert (await repository.in_state(session, [State.READY]))[0].number == 2
    await ali.sends(f"{HERE}/models/2/promote", sure="1")
    async with office.sessions() as session:
        assert (await repository.in_state(session, [State.PROMOTING]))[0].number == 2


async def test_dropped_and_gone_back(office: Office) -> None:
    ali = await office.colleague("ali", "علي", Role.REVIEWER)
    await _ready(office, 0.95)
    await ali.sees(f"{HERE}/models/2")
    await ali.sends(f"{HERE}/models/2/drop")
    assert "استُغني عنه" in await ali.sees(f"{HERE}/models")
    await ali.sends(f"{HERE}/models/2/promote", sure="1")
    assert "حُسم أمر هذا النموذج" in await ali.sees(f"{HERE}/models")
    await ali.sends(f"{HERE}/models/1/rollback", reason="")
    assert "اكتب سبب الرجوع" in await ali.sees(f"{HERE}/models")


@pytest.mark.parametrize(
    ("role", "sees", "writes", "decides"),
    [
        (Role.EDITOR, True, True, False),
        (Role.REVIEWER, True, False, True),
        (Role.ADMINISTRATOR, True, True, True),
        (Role.AGENT, False, False, False),
        (Role.HEALTH_OFFICER, False, False, False),
    ],
)
async def test_roles(office: Office, role: Role, *, sees: bool, writes: bool, decides: bool) -> None:
    someone = await office.colleague("someone", "أحد", role)
    await someone.sees("/console/own")
    answers = {
        "sees": (await someone.http.get(HERE)).status_code,
        "writes": (await someone.sends(f"{HERE}/intents/greet/add", lines="هلو بالورد")).status_code,
        "decides": (await someone.sends(f"{HERE}/models/9/drop")).status_code,
    }
    wanted = {"sees": sees, "writes": writes, "decides": decides}
    assert {name: status != 403 for name, status in answers.items()} == wanted
    if role is Role.ADMINISTRATOR:
        page = await someone.sees(HERE)
        assert 'href="/console/content/review"' not in page
