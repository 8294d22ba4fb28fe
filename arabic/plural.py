"""Arabic plural forms: the noun after a number, as grammar wants it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noun:
    """The forms of one counted noun: none, one, two, 3 to 10, 11 to 99, and whole hundreds."""

    none: str
    one: str
    two: str
    few: str
    many: str
    other: str

    def count(self, number: int) -> str:
        """The noun with its number: «رسالتان», «5 رسائل», «11 رسالة»."""
        if number == 0:
            return self.none
        if number == 1:
            return self.one
        if number == 2:
            return self.two
        return f"{number:,} {self._after(number)}"

    def _after(self, number: int) -> str:
        rest = number % 100
        if 3 <= rest <= 10:
            return self.few
        return self.many if rest > 10 else self.other


MESSAGE = Noun("لا رسائل", "رسالة واحدة", "رسالتان", "رسائل", "رسالة", "رسالة")
CONVERSATION = Noun("لا محادثات", "محادثة واحدة", "محادثتان", "محادثات", "محادثة", "محادثة")
PERSON_WAITING = Noun("لا أحد", "شخص واحد", "شخصان", "أشخاص", "شخصاً", "شخص")
ACCOUNT = Noun("لا حسابات", "حساب واحد", "حسابان", "حسابات", "حساباً", "حساب")
SESSION = Noun("لا جلسات", "جلسة واحدة", "جلستان", "جلسات", "جلسة", "جلسة")
ENTRY = Noun("لا قيود", "قيد واحد", "قيدان", "قيود", "قيداً", "قيد")
TIME = Noun("لم يُسأل", "مرة واحدة", "مرتان", "مرات", "مرة", "مرة")
LINE = Noun("لا أسطر", "سطر واحد", "سطران", "أسطر", "سطراً", "سطر")
WORDING = Noun("لا صيغ", "صيغة واحدة", "صيغتان", "صيغ", "صيغة", "صيغة")
ENTRY_OF_GUIDE = Noun("لا مداخل", "مدخل واحد", "مدخلان", "مداخل", "مدخلاً", "مدخل")
SECOND = Noun("الآن", "ثانية", "ثانيتين", "ثوانٍ", "ثانية", "ثانية")
MINUTE = Noun("أقل من دقيقة", "دقيقة", "دقيقتين", "دقائق", "دقيقة", "دقيقة")
HOUR = Noun("أقل من ساعة", "ساعة", "ساعتين", "ساعات", "ساعة", "ساعة")
DAY = Noun("أقل من يوم", "يوم", "يومين", "أيام", "يوماً", "يوم")


def lasted(seconds: float) -> str:
    """A length of time in its largest unit, in the case that follows «منذ»: «دقيقتين», «3 ساعات»."""
    whole = max(0, int(seconds))
    for unit, length in ((DAY, 86400), (HOUR, 3600), (MINUTE, 60)):
        if whole >= length:
            return unit.count(whole // length)
    return MINUTE.count(0)
