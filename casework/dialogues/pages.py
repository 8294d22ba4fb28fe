"""What an open form shows: its question with buttons, the summary, the list of what can be changed."""

from dataclasses import replace

from rapidfuzz import fuzz, process

from arabic import normalise
from arabic.plural import Noun
from casework.dialogues import sentences
from casework.dialogues.forms import Answers, Choice, Context, Form, Prompt, Question
from casework.dialogues.state import Frame

LABEL_MIN_SCORE = 80
"""How alike (0 to 100) a typed name of an answer must be to the name it means."""
QUESTIONS = Noun("كل الأسئلة", "سؤال واحد", "سؤالان", "أسئلة", "سؤالاً", "سؤال")
_ON_ITS_OWN = ("ctl:", "edit:", "do:", "begin:", "share:", "/")


async def asked(context: Context, frame: Frame, question: Question) -> Prompt:
    """The question with its buttons."""
    prompt = await question.ask(context, frame.answers)
    return replace(prompt, choices=bound(frame, question, prompt.choices))


def bound(frame: Frame, question: Question, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Buttons that name their question, with those that every question has."""
    shown = {choice.value for choice in choices}
    device = tuple(
        choice
        for expect, choice in sentences.DEVICE_CHOICES
        if expect in question.expects and choice.value not in shown
    )
    steering = (sentences.BACK, sentences.CANCEL) if frame.trail else (sentences.CANCEL,)
    own = (
        choice
        if choice.value.startswith(_ON_ITS_OWN)
        else Choice(choice.title, f"{frame.kind}.{question.key}={choice.value}")
        for choice in choices
    )
    return (*own, *device, *steering)


def summary(form: Form, answers: Answers) -> Prompt:
    """All answers, to be confirmed."""
    lines = [
        f"• {question.label}: {shown}"
        for question in form.questions
        if question.label and (shown := question.show(answers)) is not None
    ]
    text = "\n".join((sentences.review(form.title), *lines, sentences.CONFIRM))
    return Prompt(text, sentences.CONFIRM_CHOICES, personal=True)


def changeable(form: Form, answers: Answers) -> list[Question]:
    """Questions that have been answered and may be asked again."""
    return [question for question in form.questions if question.label and question.show(answers) is not None]


def what_to_edit(form: Form, answers: Answers) -> Prompt:
    """They as buttons."""
    choices = [Choice(question.label, f"edit:{question.key}") for question in changeable(form, answers)]
    return Prompt(sentences.WHAT_TO_EDIT, (*choices, Choice("لا شيء، نكمل", "ctl:review")))


def named(form: Form, answers: Answers, text: str) -> str | None:
    """Key of the answer whose name was typed."""
    labels = {question.key: normalise(question.label) for question in changeable(form, answers)}
    found = process.extractOne(normalise(text), labels, scorer=fuzz.partial_ratio, score_cutoff=LABEL_MIN_SCORE)
    return found[2] if found else None


def offer(form: Form) -> Prompt:
    """Said to a citizen who comes back."""
    return Prompt(sentences.unfinished(form.title), (sentences.RESUME, sentences.CANCEL))


def left(form: Form, answers: Answers) -> str:
    """How much is still asked: «بقي سؤالان»."""
    return f"بقي {QUESTIONS.count(sum(question.applies(answers) for question in form.questions))}"
