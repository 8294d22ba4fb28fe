"""What goes in: stock Rasa's training data, the turns' texts, the requests of both sides."""

import json
from pathlib import Path

import yaml

from bench.compare import TURNS_A_CONVERSATION, conversations
from bench.sides import Ours, Stock
from bench.stock_model import RULES, STOCK, input_hash, stories_from_rules, with_epochs
from bench.understanding import accuracy, question_lines, understood_alike
from evaluation.cases import Case


def test_every_rule_becomes_a_story() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    stories = stories_from_rules(rules)["stories"]
    assert [story["story"] for story in stories] == [rule["rule"] for rule in rules["rules"]]
    assert stories[0]["steps"] == rules["rules"][0]["steps"]


def test_rules_that_no_story_can_tell_are_left_out() -> None:
    steps = [{"intent": "greet"}, {"action": "utter_greet"}]
    rules = [
        {"rule": "plain", "steps": steps},
        {"rule": "conditional", "condition": [{"active_loop": "form"}], "steps": steps},
        {"rule": "no input", "steps": [{"action": "utter_greet"}]},
    ]
    assert [story["story"] for story in stories_from_rules({"rules": rules})["stories"]] == ["plain"]


def test_stock_rasas_configuration_is_its_default_and_epochs_can_be_changed() -> None:
    config = yaml.safe_load((STOCK / "config.yml").read_text(encoding="utf-8"))
    assert [one["name"] for one in config["policies"]] == [
        "MemoizationPolicy",
        "RulePolicy",
        "UnexpecTEDIntentPolicy",
        "TEDPolicy",
    ]
    changed = with_epochs(config, 3)
    assert {one["epochs"] for one in [*changed["pipeline"], *changed["policies"]] if "epochs" in one} == {3}
    assert len(changed["pipeline"]) == len(config["pipeline"]) == 9


def test_the_hash_sees_names_contents_and_the_rest(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a")
    other.write_text("a")
    hashes = {input_hash([one]), input_hash([other]), input_hash([one, other]), input_hash([one], "x")}
    one.write_text("b")
    assert len(hashes | {input_hash([one])}) == 5


def test_conversations_are_the_same_for_the_same_seed() -> None:
    talks = conversations(["a", "b", "c"], 4, 1)
    assert talks == conversations(["a", "b", "c"], 4, 1)
    assert talks != conversations(["a", "b", "c"], 4, 2)
    assert {len(talk) for talk in talks} == {TURNS_A_CONVERSATION}


def test_only_lines_that_both_sides_take_for_questions_are_turns() -> None:
    chosen = understood_alike(["a", "b", "c"], ["ask_fee", "ask_fee", "greet"], ["ask_link", "out_of_scope", "ask_fee"])
    assert chosen == ["a"]


def test_accuracy() -> None:
    cases = [Case(text="a", intent="greet"), Case(text="b", intent="thank")]
    assert accuracy(cases, ["greet", "greet"]) == 0.5


def test_there_are_question_lines() -> None:
    assert len(question_lines()) > 100


def test_both_sides_get_the_same_text(tmp_path: Path) -> None:
    stock, ours = Stock(tmp_path / "s.tar.gz"), Ours(tmp_path / "o.tar.gz")
    assert json.loads(stock.turn("s", "m", "نص").body) == {"sender": "s", "message": "نص"}
    request = ours.turn("s", "m", "نص")
    assert json.loads(request.body) == {"sender": "s", "message_id": "m", "text": "نص"}
    assert request.headers["Authorization"] == f"Bearer {ours.token}"
    assert stock.answers(b'[{"text": "a"}]') == ours.answers(b'{"messages": [{"text": "a"}]}') == [{"text": "a"}]
    assert "PYTHONPATH" not in stock.environment
