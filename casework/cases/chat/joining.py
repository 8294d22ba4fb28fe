"""Whether to join the case of others."""

import re

from arabic.normalise import normalise
from arabic.plural import Noun
from casework.cases.chat.agent import OTHER
from casework.dialogues import words
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Choice,
    Context,
    Given,
    NotAnAnswer,
    Prompt,
    Question,
    Read,
    Retry,
)

CITIZEN = Noun("لا أحد", "مواطن آخر", "مواطنان", "مواطنين", "مواطناً", "مواطن")
_THEIRS = {1: "شكواه", 2: "شكواهما"}
_JOIN = re.compile(
    r"(?:(?:نعم|اي|ايه|زين|تمام|اريد) )*(?:ضيف\w*|ا?ضيفو\w*|اضيف\w*|ا?نضم\w*|انظم\w*|ضم\w*|وياهم|معهم)(?: \w+){0,3}"
)
_ALONE = re.compile(r"^(?:لا|كلا|ما|مو)(?!\w).+|(?<!\w)(?:وحد\w*|لحال\w*|لوحد\w*|منفصل\w*)(?!\w)|^شكوي جديده$")
_WHAT = re.compile(r"(?:شنو|شني|شنهو|ايش|ماذا) (?:يعني|تعني|معن\w*|هذا|هاي|القصد|تقصد\w*)|يعني (?:شنو|شني)|ما ?فهم|وضح")
_WHICH = "هذا يحتاج جواباً واضحاً. اكتب «نعم» لنضيف شكواك إلى شكواهم، أو «لا» لتبقى شكوى جديدة."
_MEANS = "أي تُعالج شكواك وشكواهم معاً برقم واحد فتكون أقوى، ولا يعرف أحد منكم اسم الآخر."


class Joining(Question):
    """Asked when others have an open case on the same agent, of the same kind, this month."""

    key, label = "similar", "مع شكوى أخرى"
    takes_assent = True

    def applies(self, answers: Answers) -> bool:
        """Only if there is one."""
        return bool(answers.get("offer")) and self.key not in answers

    def show(self, answers: Answers) -> str | None:
        """That it is joined; the number is told when it is done."""
        return "نعم" if answers.get("similar") else None

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The offer."""
        offer = answers["offer"]
        others, whose = CITIZEN.count(offer["citizens"]), _THEIRS.get(offer["citizens"], "شكواهم")
        text = f"اشتكى {others} من الوكيل نفسه هذا الشهر، للسبب نفسه.\nهل نضيف شكواك إلى {whose}؟ كثرة الشكاوى تقويها."
        join = Choice("أضيفوا شكواي إليها", offer["number"])
        return Prompt(text, (join, Choice("لا، شكوى جديدة", OTHER)))

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads yes or no."""
        if given.choice is not None:
            return Accepted({"similar": "" if given.choice == OTHER else given.choice})
        folded = normalise(given.text)
        if _WHAT.search(folded):
            return Retry(_MEANS)
        if _ALONE.search(folded):
            return Accepted({"similar": ""})
        if words.is_assent(given.text) or _JOIN.fullmatch(folded):
            return Accepted({"similar": answers["offer"]["number"]})
        if words.goes_on(given.text):  # «تم», «كمل»: to go on is no consent
            return Retry(_WHICH)
        if words.is_no(given.text) or given.intent == "deny":
            return Accepted({"similar": ""})
        return NotAnAnswer()
