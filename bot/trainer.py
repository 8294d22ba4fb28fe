"""Trains the console's models in a process of its own, where bots have no engine beside them: `python -m bot.trainer`.

It needs DATABASE_URL, the engine's interpreter (TRAINER_PYTHON) and the folder that engines load from (MODELS_DIR).
"""

import asyncio
import signal
import sys
from typing import Final

from bot.work.leadership import Leader
from catalog.training.job import TRAINER, TrainingJob, can_train
from foundation.clock import utc_now
from foundation.database import opened
from foundation.logging import configure_logging
from foundation.settings import Settings, get_settings

EXIT_SETTINGS: Final = 2


def main() -> int:
    """Runs until it is told to stop."""
    settings = get_settings()
    configure_logging(settings.log_level)
    if not can_train(settings):
        sys.stderr.write("trainer: TRAINER_PYTHON, TRAINING_CONFIG or MODELS_DIR names nothing that is there\n")
        return EXIT_SETTINGS
    asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    ends = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ends.set)
    async with opened(settings.database_url) as sessions:
        leader = Leader(TRAINER, sessions, utc_now)
        job = TrainingJob(sessions, settings, utc_now, leader.leads)
        tasks = [asyncio.create_task(run()) for run in (leader.run, job.run)]
        await ends.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await leader.stop()


if __name__ == "__main__":
    sys.exit(main())
