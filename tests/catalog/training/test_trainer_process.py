"""`python -m bot.trainer`: the worker in a process of its own."""

import asyncio
import os
import subprocess
import sys

from catalog.training import service
from foundation.clock import utc_now
from foundation.database import SessionFactory
from foundation.settings import ROOT, Settings

WITHIN_SECONDS = 60.0


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": settings.database_url,
        "MODELS_DIR": str(settings.models_dir),
        "TRAINER_PYTHON": str(settings.trainer_python),
    }


async def test_it_shows_itself_and_stops_when_told(sessions: SessionFactory, training_settings: Settings) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.trainer", cwd=ROOT, env=_environment(training_settings)
    )
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while True:
                async with sessions() as session:
                    if await service.is_there(session, utc_now()):
                        break
                assert process.returncode is None
                await asyncio.sleep(0.1)
            process.terminate()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_without_the_engine_it_says_what_is_missing(training_settings: Settings) -> None:
    nowhere = training_settings.model_copy(update={"trainer_python": ROOT / "nowhere"})
    command = [sys.executable, "-m", "bot.trainer"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(nowhere),
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_SECONDS,
    )
    assert done.returncode == 2
    assert "TRAINER_PYTHON" in done.stderr
