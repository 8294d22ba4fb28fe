"""The fixed sentences of every form."""

from casework.dialogues.forms import Choice, Expect

BACK = Choice("رجوع", "ctl:back")
CANCEL = Choice("إلغاء", "ctl:cancel")
RESUME = Choice("نكمل", "ctl:resume")

DEVICE_CHOICES = (
    (Expect.PHOTO, Choice("أرفق صورة أو ملفاً", "share:photo")),
    (Expect.LOCATION, Choice("أرسل موقعي", "share:location")),
    (Expect.CONTACT, Choice("أرسل رقم هاتفي", "share:contact")),
)
"""Shown with questions that wait for them, on channels that can."""

FIRST_HELP = "أسألك سؤالاً واحداً كل مرة. متى شئت اكتب «رجوع» أو «تعديل» أو «إلغاء»."
FIRST_QUESTION = "هذا أول سؤال، لا يوجد شيء قبله."
NOT_UNDERSTOOD = "لم أفهم جوابك."
OLD_BUTTON = "هذا الزر من سؤال سابق لم يعد مفتوحاً."
NOTHING_TO_EDIT = "لم تجب عن شيء بعد، فلا يوجد ما يُعدَّل."
WHAT_TO_EDIT = "ماذا تريد أن تغيّر؟"
NOTHING_OPEN = "لا يوجد طلب مفتوح الآن. اكتب ما تريده."
ONLY_CONFIRM = "لم يبق إلا أن تؤكد."
GOING_ON = "تمام، نكمل."
THEN_REVIEW = "أجب عن السؤال، وفي النهاية تراجع كل شيء قبل الإرسال."
GREETED = "أهلاً بك."
THANKED = "العفو."
CONFIRM = "هل هذا صحيح؟ لن يُرسل شيء قبل أن تؤكد."

CONFIRM_CHOICES = (Choice("نعم، أرسل", "ctl:confirm"), Choice("تعديل", "ctl:edit"), CANCEL)
CANCEL_CHOICES = (Choice("نعم، ألغِ", "ctl:drop"), Choice("لا، نكمل", "ctl:resume"))


def review(title: str) -> str:
    """First line of the summary."""
    return f"راجع {title} قبل الإرسال:"


def surely(title: str) -> str:
    """Asks before a form is thrown away."""
    return f"هل ألغي {title}؟ ما كتبته سيُمحى."


def dropped(title: str) -> str:
    """Said when a form was thrown away."""
    return f"تم الإلغاء. لم أرسل {title}، ومحوت ما كتبته."


def unfinished(title: str) -> str:
    """Said to a citizen who comes back to a form."""
    return f"لم نكمل {title} بعد. ما كتبته محفوظ. هل نكمل؟"


def within(title: str) -> str:
    """Said to a citizen who begins what is open already."""
    return f"نحن في {title} الآن."


def returning(title: str) -> str:
    """Said when an inner form is done."""
    return f"نرجع إلى {title}:"


def laid_aside(title: str) -> str:
    """Said when another form begins over one that is open."""
    return f"حفظنا ما كتبته في {title}، ونكمل بعد هذا."


def kept(title: str) -> str:
    """Said to a citizen who takes leave in the middle."""
    return f"مع السلامة. لم أرسل {title} بعد. ما كتبته محفوظ، ونكمل متى رجعت."


def courtesy(intent: str, title: str, *, reviewed: bool) -> str | None:
    """Said to a line of this intent that is no answer, before the question is asked again; None for other intents."""
    match intent:
        case "help":
            return f"{within(title)} {THEN_REVIEW}" if reviewed else within(title)
        case "greet":
            return GREETED
        case "thank":
            return THANKED
        case "deny":
            return NOT_UNDERSTOOD
        case _:
            return None
