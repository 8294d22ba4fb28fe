"""Made-up results: marked, opened by the numbers that are shown, young again after days."""

from datetime import timedelta

from casework.results import examples, picture, wording
from casework.results.examples import EXAMPLES
from casework.results.picture import Dimension, Filters
from casework.results.service import Shown
from foundation.database import transaction
from tests.casework.results.conftest import Desk


async def test_what_is_shown_can_be_tried(desk: Desk) -> None:
    for _ in range(2):
        async with transaction(desk.sessions) as session:
            await examples.load(session, desk.now, desk.keys)
        for example in EXAMPLES:
            shown = await desk.ask(example.sample, example.national_id)
            assert isinstance(shown, Shown)
            assert (shown.result.status, shown.result.value) == (example.status, example.value)
            text = wording.answer(shown.result, shown.personal.sample, shown.laboratory, "911").text
            assert text.startswith(wording.EXAMPLE)
            assert desk.now - shown.result.sampled_at < timedelta(hours=48)
        desk.later(days=9)


async def test_they_count_only_where_asked_for(desk: Desk) -> None:
    async with transaction(desk.sessions) as session:
        await examples.load(session, desk.now, desk.keys)
        assert await picture.by(session, Dimension.GOVERNORATE, Filters(), small=5) == []
        places = await picture.by(session, Dimension.GOVERNORATE, Filters(examples=True), small=5)
    assert [one.key for one in places] == ["baghdad", "basra", "erbil", "nineveh"]
    assert all(one.tests and one.positivity and 3 < one.positivity < 30 for one in places)
