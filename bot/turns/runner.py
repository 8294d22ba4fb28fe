"""One turn: read, gate, vault, engine, and one transaction for all that it causes."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot import gate
from bot.channels import ChannelPort
from bot.conversations import buttons, transcript
from bot.gate import Answer, Circumstances, Silence, ToEngine, Verdict
from bot.inbox import repository as inbox
from bot.inbox.repository import Work
from bot.inbox.service import unseal
from bot.incoming import Incoming, Kind
from bot.metrics import REFUSALS, STAGE_SECONDS, TURNS
from bot.models import Author, Channel, LaneKind
from bot.ratelimit import Allowance, RateLimiter
from bot.replies import Reply
from bot.sentences import say
from bot.signals import Signals, conversation_topic, lane_topic
from bot.turns import outcomes
from bot.turns.engine import EngineClient, EngineUnavailableError, TurnFailedError, TurnTimeoutError
from bot.turns.outcomes import Said
from bot.vault import service as vault
from bot.work import lanes
from bot.work.lanes import Claim, LeaseLostError
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
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


class TurnRunner:
    """Works on the next message of a conversation."""

    def __init__(self, deps: TurnDeps) -> None:
        self._deps = deps
        self._outage_seen = False

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
        verdict = gate.judge(incoming, around, max_chars=deps.settings.message_max_chars)
        said = Said(await self._conceal(work, incoming.text), _body_of(incoming))
        replies = await self._replies(work, verdict, said.text)
        started = perf_counter()
        async with transaction(deps.sessions) as session:
            more = await outcomes.finish(session, held, work, said, replies, deps.clock())
        STAGE_SECONDS.labels("commit").observe(perf_counter() - started)
        TURNS.labels(work.channel, "engine" if isinstance(verdict, ToEngine) else "gate").inc()
        self._announce(work, more=more)
        if isinstance(verdict, ToEngine):
            await self._end_outage()

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
        return Circumstances(allowance, payload, repeated, answered, port.own_link, switched_off)

    async def _conceal(self, work: Work, text: str) -> str:
        if not vault.holds_identifier(text):
            return text
        # Committed before the engine is called: the actions must be able to exchange the tokens.
        async with transaction(self._deps.sessions) as session:
            return await vault.conceal(session, work.conversation_id, text, self._deps.keys, self._deps.clock())

    async def _replies(self, work: Work, verdict: Verdict, text: str) -> Sequence[Reply]:
        match verdict:
            case Silence(reason):
                REFUSALS.labels(reason).inc()
                return ()
            case Answer(replies, reason):
                REFUSALS.labels(reason).inc()
                return replies
            case ToEngine(payload=payload, preface=preface):
                started = perf_counter()
                async with self._typing(work):
                    answers = await self._deps.engine.turn(
                        work.engine_sender,
                        f"in-{work.id}",
                        channel=work.channel,
                        text=text if payload is None else None,
                        payload=payload,
                    )
                STAGE_SECONDS.labels("engine").observe(perf_counter() - started)
                kept = [answer for answer in answers if answer.text or answer.attachments]
                return (*preface, *(kept or [say("no_answer")]))

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
