import numpy as np

from arabic import normalise
from nlu.components.features import FeatureSettings, LineVectors

LINES = [normalise(line) for line in ("شلون اطلع جواز", "رسوم جواز السفر", "وين الحصة التموينية")]


def test_a_row_of_the_matrix_is_the_row_of_its_line() -> None:
    vectors = LineVectors.fit(LINES, FeatureSettings())
    matrix = vectors.matrix(LINES)
    columns, values, familiarity = vectors.row(LINES[1])
    assert familiarity == 1.0
    np.testing.assert_array_equal(matrix[1].indices, columns)
    np.testing.assert_allclose(matrix[1].data, values)


def test_every_family_has_its_weight_as_length() -> None:
    settings = FeatureSettings(word_weight=0.3, skeleton_weight=0.9)
    vectors = LineVectors.fit(LINES, settings)
    columns, values, _ = vectors.row(LINES[0])
    families = np.array([vectors.terms[column][0] for column in columns])
    assert np.isclose(np.linalg.norm(values[families == "c"]), 1.0)
    assert np.isclose(np.linalg.norm(values[families == "w"]), settings.word_weight)
    assert np.isclose(np.linalg.norm(values[families == "s"]), settings.skeleton_weight)


def test_unknown_letters_are_unfamiliar() -> None:
    vectors = LineVectors.fit(LINES, FeatureSettings())
    assert vectors.row("ظظظغغغ")[2] < 0.2
    assert vectors.row("")[2] == 1.0


def test_rare_terms_are_left_out() -> None:
    every, common = (LineVectors.fit(LINES, FeatureSettings(min_count=count)) for count in (1, 2))
    assert len(common.terms) < len(every.terms)
    assert "wجواز" in common.terms
