"""One turn: read, gate, vault, engine, and one transaction for all that it causes."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from time import perf_counter

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import gate
from bot.channels import ChannelPort, FileRefusedError
from bot.conversations import buttons, transcript
from bot.gate import Answer, Circumstances, Silence, ToEngine, Verdict
from bot.handoffs.turn import HandoffTurns
from bot.inbox import repository as inbox
from bot.inbox.repository import Work
from bot.inbox.service import unseal
from bot.incoming import Incoming, Kind
from bot.metrics import REFUSALS, STAGE_SECONDS, TURNS
from bot.models import Author, LaneKind
from bot.ratelimit import Allowance, RateLimiter
from bot.replies import Reply
from bot.sentences import say
from bot.signals import Signals, conversation_topic, lane_topic
from bot.turns import happened, outcomes
from bot.turns.concealing import Concealer, expected, opens_form
from bot.turns.engine import EngineClient, EngineUnavailableError, TurnFailedError, TurnTimeoutError
from bot.turns.outcomes import Said
from bot.work import lanes
from bot.work.lanes import Claim, LeaseLostError
from citizens.models import Channel
from foundation import tracing
from foundation.clock import Clock, in_baghdad
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.announcements import repository as announcements
from operations.announcements.board import NoticeBoard
from operations.switches.board import SwitchBoard
from operations.switches.models import Capability

MAX_CRASHES = 12
"""A message at which so many processes died in a row is put aside."""
MAX_ENGINE_FAILURES = 10
"""Tries of a message on which the engine fails while it and the actions are alive: about a minute."""
MAX_OWN_FAILURES = 3
"""Tries of a message on which this process fails."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
TYPING_AFTER_SECONDS = 1.0
TYPING_EVERY_SECONDS = 4.5
"""Telegram shows a typing action for five seconds."""
REPEAT_SECONDS = 2.0
"""A second press of the same button within this time is a double tap; parts of an album come as close."""

_CAPABILITY_OF_CHANNEL = {Channel.WEB: Capability.WEBCHAT, Channel.TELEGRAM: Capability.TELEGRAM}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TurnDeps:
    """What turns need."""

    settings: Settings
    sessions: SessionFactory
    signals: Signals
    clock: Clock
    engine: EngineClient
    limiter: RateLimiter
    keys: DataKeys
    channels: Mapping[Channel, ChannelPort]
    board: SwitchBoard
    notices: NoticeBoard


class TurnRunner:
    """Works on the next message of a conversation."""

    def __init__(self, deps: TurnDeps) -> None:
        self._deps = deps
        self._outage_seen = False
        self._pause = timedelta(hours=deps.settings.dialogue_pause_hours)
        self._concealer = Concealer(deps.sessions, deps.keys, deps.clock)
        self._people = HandoffTurns(deps.clock)

    async def run(self, held: Claim) -> None:
        """Takes the oldest queued message to its end: done, postponed or put aside.

        Raises:
            LeaseLostError: Another worker has taken over; nothing was changed.
            sqlalchemy.exc.OperationalError: The database is away; nothing was changed.
        """
        async with self._deps.sessions() as session:
            work = await inbox.head(session, held.conversation_id)
        if work is None:
            await self._nothing_left(held)
            return
        STAGE_SECONDS.labels("waiting").observe(max(0.0, (self._deps.clock() - work.received_at).total_seconds()))
        if held.crashes >= MAX_CRASHES:
            await self._quarantine(held, work, f"crashed {held.crashes} times")
            return
        try:
            with tracing.within(work.id), tracing.span("turn", channel=work.channel):
                if not work.attempts:
                    tracing.past("inbox wait", work.received_at, self._deps.clock())
                await self._attempt(held, work)
        except (LeaseLostError, OperationalError, InterfaceError):
            raise
        except EngineUnavailableError as error:
            self._outage_seen = True
            await self._postpone(held, work, str(error), failed=False, notice=say("kept"))
        except TurnTimeoutError as error:
            if work.cause == str(error):
                await self._quarantine(held, work, str(error))
            else:
                await self._postpone(held, work, str(error), failed=False, notice=say("slow_retry"))
        except TurnFailedError as error:
            await self._failed(held, work, str(error), MAX_ENGINE_FAILURES)
        except Exception as error:
            log.error("turn_failed", inbox_id=work.id, exc_info=error)
            await self._failed(held, work, type(error).__name__, MAX_OWN_FAILURES)

    async def _failed(self, held: Claim, work: Work, cause: str, tries: int) -> None:
        if work.failures + 1 >= tries:
            await self._quarantine(held, work, cause)
        else:
            await self._postpone(held, work, cause, failed=True, notice=say("kept"))

    async def _attempt(self, held: Claim, work: Work) -> None:
        deps = self._deps
        port = deps.channels[work.channel]
        if work.raw is None:
            raise ValueError("a queued message without content")
        incoming = gate.cleaned(port.read(unseal(work.raw, deps.keys)))
        around = await self._circumstances(held, work, incoming, port)
        expects = None if self._people.listen(work) else around.expects
        said = Said(await self._concealer.text(work, incoming.text, expects), _body_of(incoming))
        instead = await self._people.judge(work, incoming, around, said.text, port)
        if instead is None:
            verdict = gate.judge(incoming, around, max_chars=deps.settings.message_max_chars)
        else:
            verdict, said = instead.verdict, replace(said, body=instead.body or said.body)
        if isinstance(verdict, ToEngine) and verdict.shared:
            try:
                verdict = replace(verdict, payload=await self._concealer.shared(work, incoming, port))
            except FileRefusedError as error:
                verdict = Answer((error.reply,), "file_refused")
        replies, intent = await self._replies(work, verdict, said.text)
        if incoming.kind is Kind.TEXT and work.form_expects is None and opens_form(replies):
            said = replace(said, text=await self._concealer.account(work, said.text))
        if intent is not None and incoming.kind is Kind.TEXT:
            said = replace(said, body={"intent": intent})
        started, began = perf_counter(), deps.clock()
        from_engine = isinstance(verdict, ToEngine)
        async with transaction(deps.sessions) as session:
            if instead is not None and instead.effect is not None:
                replies = [*replies, *await instead.effect(session)]
            if instead is None:
                replies = [*await self._notice(session, work, replies), *replies]
            more = await outcomes.finish(session, held, work, said, replies, deps.clock(), from_engine=from_engine)
            if deps.settings.amqp_url is not None:
                await happened.finished(session, work, verdict, intent, deps.clock())
        STAGE_SECONDS.labels("commit").observe(perf_counter() - started)
        tracing.past("commit", began, deps.clock())
        tracing.whole(work.id, work.received_at, deps.clock(), channel=work.channel)
        TURNS.labels(work.channel, "engine" if isinstance(verdict, ToEngine) else "gate").inc()
        self._announce(work, more=more)
        if isinstance(verdict, ToEngine):
            await self._end_outage()

    async def _notice(self, session: AsyncSession, work: Work, replies: Sequence[Reply]) -> Sequence[Reply]:
        """The emergency notice, before an answer, once a day in each conversation."""
        notice = self._deps.notices.current()
        if notice is None or not replies:
            return ()
        today = in_baghdad(self._deps.clock()).date()
        first = await announcements.first_today(session, notice.id, work.conversation_id, today)
        return [Reply(text=notice.text)] if first else ()

    async def _circumstances(self, held: Claim, work: Work, incoming: Incoming, port: ChannelPort) -> Circumstances:
        payload: str | None = None
        repeated = answered = False
        if incoming.kind is not Kind.TEXT:
            async with self._deps.sessions() as session:
                if incoming.kind is Kind.GROUP:
                    answered = await transcript.last(session, work.conversation_id, Author.ASSISTANT) is not None
                if incoming.kind is Kind.BUTTON:
                    payload = await buttons.payload_of(session, work.conversation_id, incoming.button)
                if incoming.button or incoming.album:
                    before = await transcript.last(session, work.conversation_id, Author.CITIZEN)
                    repeated = (
                        before is not None
                        and before.body == _body_of(incoming)
                        and work.received_at - before.created_at <= timedelta(seconds=REPEAT_SECONDS)
                    )
        allowance = Allowance.GRANTED
        first_try = not (held.crashes or work.attempts)
        if port.limits_turns and first_try and not repeated and incoming.kind not in (Kind.GROUP, Kind.SILENT):
            allowance = await self._deps.limiter.hit(work.conversation_id, work.received_at)
        switched_off = self._deps.board.message(Capability.EVERYTHING, _CAPABILITY_OF_CHANNEL[work.channel])
        expects = expected(work, self._pause)
        return Circumstances(allowance, payload, repeated, answered, port.own_link, expects, switched_off)

    async def _replies(self, work: Work, verdict: Verdict, text: str) -> tuple[Sequence[Reply], str | None]:
        """What is answered, and the intent where the engine was asked."""
        match verdict:
            case Silence(reason):
                REFUSALS.labels(reason).inc()
                return (), None
            case Answer(replies, reason):
                REFUSALS.labels(reason).inc()
                return replies, None
            case ToEngine(payload=payload, preface=preface):
                started = perf_counter()
                async with self._typing(work):
                    answer = await self._deps.engine.turn(
                        work.engine_sender,
                        f"in-{work.id}",
                        channel=work.channel,
                        text=text if payload is None else None,
                        payload=payload,
                        form=work.form_expects is not None,
                    )
                STAGE_SECONDS.labels("engine").observe(perf_counter() - started)
                kept = [reply for reply in answer.messages if reply.text or reply.attachments]
                return (*preface, *(kept or [say("no_answer")])), answer.intent

    @asynccontextmanager
    async def _typing(self, work: Work) -> AsyncIterator[None]:
        async def show() -> None:
            await asyncio.sleep(TYPING_AFTER_SECONDS)
            while True:
                await self._deps.channels[work.channel].show_typing(work.address)
                await asyncio.sleep(TYPING_EVERY_SECONDS)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _postpone(self, held: Claim, work: Work, cause: str, *, failed: bool, notice: Reply) -> None:
        now = self._deps.clock()
        ready_at = now + timedelta(seconds=pause_seconds(work.attempts))
        async with transaction(self._deps.sessions) as session:
            await outcomes.postpone(session, held, work, cause, ready_at, now, failed=failed, notice=notice)
        TURNS.labels(work.channel, "postponed").inc()
        self._announce(work, more=False)

    async def _quarantine(self, held: Claim, work: Work, cause: str) -> None:
        async with transaction(self._deps.sessions) as session:
            more = await outcomes.quarantine(session, held, work, cause, say("given_up"), self._deps.clock())
            await happened.quarantined(session, work, cause, self._deps.clock())
        tracing.whole(work.id, work.received_at, self._deps.clock(), channel=work.channel, quarantined=True)
        log.error("message_quarantined", inbox_id=work.id, cause=cause)
        TURNS.labels(work.channel, "quarantined").inc()
        self._announce(work, more=more)

    async def _nothing_left(self, held: Claim) -> None:
        async with transaction(self._deps.sessions) as session:
            await lanes.hold(session, held)
            # Asked again under the lane's lock: a message may have come since.
            more = await inbox.has_queued(session, held.conversation_id)
            await lanes.end(session, held, self._deps.clock() if more else None)

    async def _end_outage(self) -> None:
        if not self._outage_seen:
            return
        self._outage_seen = False
        async with transaction(self._deps.sessions) as session:
            await lanes.hasten(session, LaneKind.TURN, self._deps.clock())
        self._deps.signals.notify(lane_topic(LaneKind.TURN))

    def _announce(self, work: Work, *, more: bool) -> None:
        signals = self._deps.signals
        signals.notify(conversation_topic(work.conversation_id))
        signals.notify(lane_topic(LaneKind.SEND))
        if more:
            signals.notify(lane_topic(LaneKind.TURN))


def pause_seconds(attempts: int) -> float:
    """How long to wait after a failed try, after `attempts` earlier ones: doubling, with some chance in it."""
    longest = min(FIRST_PAUSE_SECONDS * (1 << min(attempts, 16)), LONGEST_PAUSE_SECONDS)
    return longest * random.uniform(0.75, 1.0)  # noqa: S311  # spreads load, guards nothing


def _body_of(incoming: Incoming) -> dict[str, str] | None:
    if incoming.kind is Kind.TEXT:
        return None
    body = {"kind": incoming.kind.value}
    if incoming.button:
        body["button"] = incoming.button
    if incoming.album:
        body["album"] = incoming.album
    return body
