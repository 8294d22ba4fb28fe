"""The components of Rasa that exist in this environment.

Loaded in the place of `rasa.engine.recipes.default_components` (see `lean.py`): importing a component registers it,
so a configuration that names one which is not here is refused by Rasa with the component's name.
"""

from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.nlu.classifiers.keyword_intent_classifier import KeywordIntentClassifier
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.nlu.classifiers.sklearn_intent_classifier import SklearnIntentClassifier
from rasa.nlu.extractors.entity_synonyms import EntitySynonymMapper
from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import LexicalSyntacticFeaturizer
from rasa.nlu.featurizers.sparse_featurizer.regex_featurizer import RegexFeaturizer
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer

DEFAULT_COMPONENTS = [
    FallbackClassifier,
    KeywordIntentClassifier,
    LogisticRegressionClassifier,
    SklearnIntentClassifier,
    EntitySynonymMapper,
    RegexEntityExtractor,
    CountVectorsFeaturizer,
    LexicalSyntacticFeaturizer,
    RegexFeaturizer,
    WhitespaceTokenizer,
    RulePolicy,
    MemoizationPolicy,
    AugmentedMemoizationPolicy,
]
