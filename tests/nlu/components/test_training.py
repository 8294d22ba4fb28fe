from pathlib import Path

import pytest

from nlu.components import encoders, model
from nlu.components.model import IntentModel, ModelUnreadableError
from nlu.components.training import TrainingDataTooSmallError, TrainingSettings, train

PLAIN = TrainingSettings(encoders=())
WAYS = ("شلون {}", "أريد {}", "{} لو سمحت", "ممكن {}", "رجاءً {}", "{}", "هسه {}", "أحتاج {}", "وين {}", "{} باچر")
MATTERS = {
    "passport": ("جواز سفر", "الجواز", "جوازي"),
    "ration": ("الحصة التموينية", "الطحين والرز", "وكيل الحصة"),
    "out_of_scope": ("أكلة دولمة", "مباراة ريال مدريد", "أغنية كاظم"),
}
LINES = [(way.format(thing), intent) for intent, things in MATTERS.items() for thing in things for way in WAYS]


@pytest.fixture(scope="module")
def trained() -> IntentModel:
    return train([text for text, _ in LINES], [intent for _, intent in LINES], PLAIN)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("اشتاق اطلع جواز سفر جديد", "passport"),
        ("shlon a6ali3 jawaz safar", "passport"),
        ("جوووواز سفَر", "passport"),
        ("وكيل الحصه ما انطاني الطحين", "ration"),
        ("مباراة برشلونة وريال مدريد", "out_of_scope"),
    ],
)
def test_understands(trained: IntentModel, text: str, intent: str) -> None:
    assert trained.understand(text).intent == intent


def test_the_ranking_holds_every_intent_and_sums_to_one(trained: IntentModel) -> None:
    understood = trained.understand("جواز سفر")
    assert sorted(name for name, _ in understood.ranking) == trained.intents
    assert sum(likely for _, likely in understood.ranking) == pytest.approx(1.0, abs=1e-5)
    assert understood.ranking[0] == (understood.intent, understood.confidence)


@pytest.mark.parametrize("text", ["", " ", "😀😀", "\u202e", "qwrtp zxcvb", "ظ" * 5000, "\ud800"])
def test_odd_text_is_refused_without_an_error(trained: IntentModel, text: str) -> None:
    understood = trained.understand(text)
    assert 0 <= understood.confidence <= 1


def test_unfamiliar_text_is_refused(trained: IntentModel) -> None:
    assert trained.understand("zxqv pptk wwq").intent == "out_of_scope"


def test_the_end_of_a_long_message_counts(trained: IntentModel) -> None:
    story = "اخواني الاعزاء اني رجل كبير بالعمر وعندي ظروف صعبة وكل يوم اروح وارجع والدنيا حر والطريق بعيد علينا "
    assert trained.understand(story * 2 + "أريد جواز سفر").intent == "passport"


def test_saved_and_loaded_it_decides_the_same(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    for text in ("شلون الجواز", "7issa tamwiniya", "شي ثاني"):
        first, second = trained.understand(text), loaded.understand(text)
        assert (first.intent, first.encoders_asked) == (second.intent, second.encoders_asked)
        assert first.confidence == pytest.approx(second.confidence, abs=0.01)


def test_a_damaged_model_is_refused(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    (tmp_path / "intent_model.npz").write_bytes(b"PK damaged")
    with pytest.raises(ModelUnreadableError):
        IntentModel.load(tmp_path)


def test_without_the_refusal_intent_nothing_is_refused() -> None:
    lines = [line for line in LINES if line[1] != "out_of_scope"]
    fitted = train([text for text, _ in lines], [intent for _, intent in lines], PLAIN)
    assert fitted.refusal is None
    assert fitted.understand("ظظظ غغغ").intent in ("passport", "ration")


def test_other_languages_train_too() -> None:
    lines = [
        (f"{way} {thing}", intent)
        for intent, thing in (("card", "bank card"), ("loan", "house loan"))
        for way in ("I need a", "where is my", "lost the", "about the", "send me a", "what is a")
    ]
    fitted = train([text for text, _ in lines], [intent for _, intent in lines], PLAIN)
    assert fitted.words == []
    assert fitted.understand("I want a loan for a house").intent == "loan"


def test_rare_intents_do_not_break_training() -> None:
    fitted = train([*(text for text, _ in LINES), "شكراً"], [*(intent for _, intent in LINES), "thank"], PLAIN)
    assert "thank" in fitted.intents


def test_one_intent_is_too_few() -> None:
    with pytest.raises(TrainingDataTooSmallError):
        train(["هلا", "مرحبا"], ["greet", "greet"], PLAIN)


class _Pretending:
    name = "use"

    def embed(self, line: str) -> object:
        return self.embed_many([line])[0]

    def embed_many(self, lines: list[str]) -> object:
        import numpy as np

        words = ("جواز", "حصة", "دولمة", "مدريد", "كاظم", "طحين", "وكيل")
        return np.array([[word in line for word in words] for line in lines], dtype=np.float32)


def test_a_torn_line_is_put_to_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoders._loaded, "use", _Pretending())
    always = TrainingSettings(encoders=("use",), worth_asking=0)
    fitted = train([text for text, _ in LINES], [intent for _, intent in LINES], always)
    assert len(fitted.heads) == 1
    assert fitted.understand("شلون الجواز").encoders_asked == 1
    monkeypatch.setitem(encoders._loaded, "use", None)
    alone = fitted.understand("شلون الجواز")
    assert (alone.intent, alone.encoders_asked) == ("passport", 0)


def test_an_unknown_encoder_is_named() -> None:
    with pytest.raises(ValueError, match="bert"):
        encoders.load_encoder("bert")


def test_calibration_error_is_zero_for_honest_confidence() -> None:
    import numpy as np

    probabilities = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert model.confidence_error(probabilities, [0, 1]) == 0
    assert model.confidence_error(probabilities, [1, 0]) == 1
