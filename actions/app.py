"""The action server: rasa-sdk's own application with this process's resources made before it serves."""

from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.answer import ActionAnswer, ActionOutOfScope
from actions.beginning import COMPLAIN, PRIVACY, RESULT, SUGGEST, TRACK
from actions.browse import ActionListServices
from actions.courtesy import ActionReset, Affirm, Courtesy
from actions.dialogue import ActionForm, Fixed, InDialogue, is_side_question
from actions.forms import make_registry
from actions.handoff import RequestHuman
from actions.resources import Resources, provide
from actions.switched_off import closing
from casework.dialogues.service import Dialogues
from catalog.search import LiveIndex
from foundation import tracing
from foundation.clock import utc_now
from foundation.database import make_engine, make_session_factory
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.switches.board import SwitchBoard

ACTIONS = (
    ActionAnswer(),
    ActionOutOfScope(),
    ActionListServices(),
    ActionReset(),
    Affirm("affirm"),
    *map(Courtesy, ("deny", "greet", "thank", "goodbye")),
    *map(Fixed, ("help", "bot_challenge", "track_document", "shared")),
    RequestHuman(),
    ActionForm(),
    COMPLAIN,
    SUGGEST,
    TRACK,
    RESULT,
    PRIVACY,
)


class DomainlessExecutor(ActionExecutor):
    """Runs actions without the engine's domain, which none of ours reads and the engine does not send."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """An empty domain, where rasa-sdk would refuse the call and ask for the whole of it."""
        return {}

    async def run(self, action_call: dict[str, Any]) -> Any:
        """Runs an action as a piece of the caller's trace."""
        with tracing.span("action", action=str(action_call.get("next_action"))):
            return await super().run(action_call)


def make_app(settings: Settings) -> Any:
    """The action server's Sanic application for `settings`."""
    executor = DomainlessExecutor()
    for action in ACTIONS:
        executor.register_action(InDialogue(action))
    app = create_app(executor, cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = 600
    app.config.ACCESS_LOG = False

    @app.on_request
    async def _join_trace(request: Any) -> None:
        tracing.adopt(request.headers.get("traceparent"))

    @app.before_server_start
    async def _start(app: Any) -> None:
        # Statements of a turn, over indexes; what reads many rows is the index, once for each change of the catalogue.
        database = make_engine(settings.database_url, brief=True)
        sessions = make_session_factory(database)
        index = LiveIndex(sessions)
        await index.start()
        board = SwitchBoard(sessions)
        await board.start()
        app.ctx.database, app.ctx.index, app.ctx.board = database, index, board
        provide(
            Resources(
                sessions=sessions,
                index=index,
                clock=utc_now,
                board=board,
                keys=load_data_keys(settings),
                settings=settings,
                dialogues=Dialogues(make_registry(), is_side_question, closing(board)),
            )
        )

    @app.after_server_stop
    async def _stop(app: Any) -> None:
        await app.ctx.board.stop()
        await app.ctx.index.stop()
        await app.ctx.database.dispose()

    return app
