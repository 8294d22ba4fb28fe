"""The worker: trains in a process of its own, compares, promotes, goes back; and all that can go wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from catalog.editing.service import Editor
from catalog.training import examples, job, repository, service
from catalog.training.job import TrainingJob, can_train
from catalog.training.models import Failure, Model, State, Step
from catalog.training.service import TrainingError
from catalog.training.shipped import shipped
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings

pytestmark = pytest.mark.timeout(180)
NOOR, ALI = Editor("1", "noor", "نور"), Editor("2", "ali", "علي")
WITHIN_SECONDS = 90.0
sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What happens to processes and files does not depend on the database."""


class Training:
    """A worker and the people around it."""

    def __init__(self, sessions: SessionFactory, settings: Settings) -> None:
        self.sessions = sessions
        self.settings = settings
        self.leads = True
        self.job = self.worker()

    def worker(self) -> TrainingJob:
        """A worker, in a process of its own as the database sees it."""
        return TrainingJob(self.sessions, self.settings, utc_now, lambda: self.leads)

    @property
    def live(self) -> str:
        """What engines would load."""
        return (self.settings.models_dir / "current.tar.gz").read_text("utf-8")

    async def decides(self, act: Callable[..., Awaitable[object]], *values: object, who: Editor = NOOR) -> None:
        """Somebody presses a button."""
        async with transaction(self.sessions) as session:
            await act(session, *values, who, utc_now())

    async def model(self, number: int) -> Model:
        """As it is now."""
        async with self.sessions() as session:
            found = await repository.one(session, number)
        assert found is not None
        return found

    async def reaches(self, number: int, *states: State) -> Model:
        """Lets the worker look until the model is there."""
        deadline = asyncio.get_running_loop().time() + WITHIN_SECONDS
        while (found := await self.model(number)).state not in states:
            assert asyncio.get_running_loop().time() < deadline, (found.state, found.failure)
            await self.job.look()
            await asyncio.sleep(0.05)
        return found


@pytest.fixture
async def training(sessions: SessionFactory, training_settings: Settings) -> Training:
    made = Training(sessions, training_settings)
    await made.job.look()
    return made


async def test_trained_compared_promoted_and_taken_back(training: Training) -> None:
    async with transaction(training.sessions) as session:
        await examples.add(session, "out_of_scope", ["اريد اربي نحل"], shipped(), NOOR, utc_now())
    await training.decides(service.ask)
    with pytest.raises(TrainingError, match="الآن"):
        await training.decides(service.ask)
    ready = await training.reaches(1, State.READY, State.FAILED)
    assert ready.failure == Failure.NONE
    assert (ready.added, ready.removed, ready.percent, ready.against) == (1, 0, 100, 2)
    assert ready.figures
    assert ready.figures["live"]["n"] == 759
    async with training.sessions() as session:
        comparison = await repository.comparison(session, 1)
        history = {model.number: model.state for model in await repository.listed(session, 10)}
    assert comparison is not None
    assert sum(ready.figures["counts"].values()) == 759
    of_added = [line for line in comparison.lines if line.get("added")]
    assert len(comparison.lines) - len(of_added) == 759 - ready.figures["counts"].get("right", 0)
    assert ready.figures["added"] == {"n": 1, "live": 0, "candidate": 1}
    assert [(line["text"], line["verdict"]) for line in of_added] == [("اريد اربي نحل", "better")]
    assert history == {1: State.READY, 2: State.LIVE}
    assert training.live == "the shipped model"

    await training.decides(service.promote, 1, who=ALI)
    with pytest.raises(TrainingError):
        await training.decides(service.promote, 1, who=ALI)
    assert (await training.reaches(1, State.LIVE)).decided_by == "علي"
    assert "اريد اربي نحل" in training.live
    folder = training.settings.models_dir
    assert json.loads((folder / "current.changes.json").read_text("utf-8"))["number"] == 1
    assert (folder / "current.fingerprint").read_text() == "fingerprint\n"
    assert (await training.model(2)).state == State.FORMER
    async with training.sessions() as session:
        assert (await service.live(session) or Model()).number == 1

    with pytest.raises(TrainingError, match="سبب"):
        await training.decides(service.roll_back, 2, " ", who=ALI)
    await training.decides(service.roll_back, 2, "أخطاء في الشكاوى", who=ALI)
    await training.reaches(2, State.LIVE)
    assert training.live == "the shipped model"
    assert not (folder / "current.changes.json").exists()
    assert (folder / "current.fingerprint").read_text() == "shipped\n"
    assert (await training.model(1)).state == State.FORMER


@sqlite_alone
async def test_a_model_that_is_not_wanted_leaves_nothing(training: Training) -> None:
    await training.decides(service.ask)
    await training.reaches(1, State.READY)
    await training.decides(service.drop, 1, who=ALI)
    await training.decides(service.ask)
    await training.reaches(3, State.READY)
    await training.job.look()
    assert {folder.name for folder in (training.settings.models_dir / "candidates").iterdir()} == {"2", "3"}
    assert training.live == "the shipped model"


@sqlite_alone
@pytest.mark.parametrize(("fails", "failure"), [("train_fails", Failure.TRAINING), ("parse_fails", Failure.COMPARING)])
async def test_what_fails_is_said_and_the_next_one_works(
    training: Training, monkeypatch: pytest.MonkeyPatch, fails: str, failure: Failure
) -> None:
    monkeypatch.setenv("FAKE_ENGINE", fails)
    await training.decides(service.ask)
    failed = await training.reaches(1, State.FAILED)
    assert failed.failure == failure
    assert training.live == "the shipped model"
    monkeypatch.delenv("FAKE_ENGINE")
    await training.job.look()
    await training.decides(service.ask)
    async with training.sessions() as session:
        newest = (await repository.listed(session, 1))[0].number
    await training.reaches(newest, State.READY)


@sqlite_alone
async def test_a_cancelled_training_ends_at_once(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = await _hanging(training, monkeypatch)
    seen = await training.model(1)
    assert (seen.step, 30 <= seen.percent < 78) == (Step.LEARNING, True)
    await training.decides(service.cancel, 1)
    await training.job.look()
    assert not _runs(pid)
    assert not (training.settings.models_dir / "candidates" / "1").exists()
    assert (await training.model(1)).state == State.CANCELLED
    with pytest.raises(TrainingError):
        await training.decides(service.cancel, 1)


@sqlite_alone
async def test_one_that_takes_too_long_is_given_up(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ENGINE", "train_hangs")
    hasty = training.settings.model_copy(update={"training_timeout_minutes": 0.05})
    training.job = TrainingJob(training.sessions, hasty, utc_now, lambda: True)
    await training.decides(service.ask)
    assert (await training.reaches(1, State.FAILED)).failure == Failure.TOO_LONG


async def test_another_worker_takes_over_once(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = await _hanging(training, monkeypatch)
    training.leads = False
    await training.job.look()  # the leadership is lost: the command ends, the row is left to the next one
    assert not _runs(pid)
    training.leads = True
    training.job = training.worker()
    await training.job.look()
    assert (await training.model(1)).state == State.WAITING
    await training.job.look()
    assert (await training.model(1)).attempts == 2
    training.leads = False
    await training.job.look()
    training.leads = True
    training.job = training.worker()
    failed = await training.reaches(1, State.FAILED)
    assert failed.failure == Failure.INTERRUPTED


@sqlite_alone
async def test_an_archive_that_is_gone_is_not_promoted(training: Training) -> None:
    await training.decides(service.ask)
    await training.reaches(1, State.READY)
    (training.settings.models_dir / "candidates" / "1" / "current.tar.gz").write_text("another")
    await training.decides(service.promote, 1, who=ALI)
    assert (await training.reaches(1, State.FAILED)).failure == Failure.FILE_GONE
    assert training.live == "the shipped model"


@sqlite_alone
async def test_only_some_former_models_are_kept(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "FORMERS_KEPT", 1)
    for line in ("اربي نحل", "اربي حمام"):
        async with transaction(training.sessions) as session:
            await examples.add(session, "out_of_scope", [line], shipped(), NOOR, utc_now())
        await training.decides(service.ask)
        async with training.sessions() as session:
            newest = max(model.number for model in await repository.in_state(session, [State.WAITING]))
        await training.reaches(newest, State.READY)
        await training.decides(service.promote, newest, who=ALI)
        await training.reaches(newest, State.LIVE)
    async with training.sessions() as session:
        formers = await repository.kept_formers(session)
    assert [model.number for model in formers] == [1]
    with pytest.raises(TrainingError, match="محفوظاً"):
        await training.decides(service.roll_back, 2, "تجربة", who=ALI)


async def test_without_a_worker_nothing_is_promised(sessions: SessionFactory, training_settings: Settings) -> None:
    async with transaction(sessions) as session:
        with pytest.raises(TrainingError, match="لا تعمل خدمة التدريب"):
            await service.ask(session, NOOR, utc_now())
    assert can_train(training_settings)
    assert not can_train(training_settings.model_copy(update={"trainer_python": Path("/nowhere/python")}))


async def _hanging(training: Training, monkeypatch: pytest.MonkeyPatch) -> int:
    """A training that does not end, and is seen to be learning; the process of its command."""
    monkeypatch.setenv("FAKE_ENGINE", "train_hangs")
    await training.decides(service.ask)
    file = training.settings.models_dir / "candidates" / "1" / "pid"
    deadline = asyncio.get_running_loop().time() + WITHIN_SECONDS
    while not file.exists() or not file.read_text() or (await training.model(1)).step != Step.LEARNING:
        assert asyncio.get_running_loop().time() < deadline
        await training.job.look()
        await asyncio.sleep(0.1)
    return int(file.read_text())


def _runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"
