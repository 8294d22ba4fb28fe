"""The action server: rasa-sdk's own application with this process's resources made before it serves."""

from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.answer import ActionAnswer, ActionOutOfScope
from actions.browse import ActionListServices
from actions.courtesy import ActionReset, Affirm, Courtesy
from actions.resources import Resources, provide
from catalog.search import LiveIndex
from foundation.clock import utc_now
from foundation.database import make_engine, make_session_factory
from foundation.settings import Settings
from operations.switches.board import SwitchBoard

ACTIONS = (
    ActionAnswer(),
    ActionOutOfScope(),
    ActionListServices(),
    ActionReset(),
    Affirm("affirm"),
    *map(Courtesy, ("deny", "greet", "thank", "goodbye")),
)


class DomainlessExecutor(ActionExecutor):
    """Runs actions without the engine's domain, which none of ours reads and the engine does not send."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """An empty domain, where rasa-sdk would refuse the call and ask for the whole of it."""
        return {}


def make_app(settings: Settings) -> Any:
    """The action server's Sanic application for `settings`."""
    executor = DomainlessExecutor()
    for action in ACTIONS:
        executor.register_action(action)
    app = create_app(executor, cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = 600
    app.config.ACCESS_LOG = False

    @app.before_server_start
    async def _start(app: Any) -> None:
        database = make_engine(settings.database_url)
        sessions = make_session_factory(database)
        index = LiveIndex(sessions)
        await index.start()
        board = SwitchBoard(sessions)
        await board.start()
        app.ctx.database, app.ctx.index, app.ctx.board = database, index, board
        provide(Resources(sessions=sessions, index=index, clock=utc_now, board=board))

    @app.after_server_stop
    async def _stop(app: Any) -> None:
        await app.ctx.board.stop()
        await app.ctx.index.stop()
        await app.ctx.database.dispose()

    return app
