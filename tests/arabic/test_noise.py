import random

from hypothesis import given
from hypothesis import strategies as st

from arabic.noise import corrupt

LINE = "أريد أعرف شلون أطلع جواز سفر جديد"


@given(st.text(max_size=80), st.integers(), st.floats(min_value=0, max_value=1))
def test_never_raises_and_repeats_with_its_seed(text: str, seed: int, rate: float) -> None:
    assert corrupt(text, random.Random(seed), rate) == corrupt(text, random.Random(seed), rate)


def test_no_noise_without_a_rate() -> None:
    assert corrupt(LINE, random.Random(1), 0) == LINE


def test_a_usual_rate_leaves_the_line_readable() -> None:
    lines = [corrupt(LINE, random.Random(seed), 0.05) for seed in range(100)]
    assert sum(line != LINE for line in lines) > 50
    assert sum(abs(len(line) - len(LINE)) for line in lines) / len(lines) < 4
