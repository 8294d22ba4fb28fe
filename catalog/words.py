"""Words: taken bare of their article, and those that say nothing about which entry is meant."""

import re
from collections.abc import Iterable
from typing import Final

from arabic.normalise import normalise

_PREFIX = re.compile(r"^(?:[وفبكل]?ال|لل)(?=\w{3})")
_AND = re.compile(r"^[وف](?=\w{2})")
_SUFFIX = re.compile(r"(?<=\w{3})(?:ها|هم|ه|ك|كم|نا|ي)$")


def bare(word: str) -> str:
    """A normalised word without its article and what clings to it («والجواز» → «جواز»)."""
    return _PREFIX.sub("", word)


_QUESTIONS = """
    شنو شني شنهي شنهو شكو اشنو وشنو ايش ما ماذا ماهي ماهو
    هل كيف كيفية شلون اشون شلونها شون چيف اشلون متى شوكت اشوكت
    يمته يمتى يمتة اي أي أين وين فين منين منو من كم شكد
    شكم اشكد بيش بكم بجم بچم ليش لماذا لمن مين عدكم عندكم عدنا
    """
_WISHES = """
    اريد أريد نريد ابي اغيد واريد ارغب أرغب نرغب احتاج أحتاج
    نحتاج محتاج يحتاج تحتاج ود أود بدي ودي لازم يلزم ضروري
    ممكن يمكن اكدر أقدر نكدر تكدر يكدر تقدر يصير اعرف
    أعرف نعرف معرفة اسأل اسال سؤال استفسار استفسر استفسرت اسوي اسوّي
    نسوي يسوي شسوي شنسوي كولي كلي گلي قلي قلولي كولولي
    احجيلي احجولي خبرني خبروني انطيني انطوني دزلي دزولي ارسل ارسلولي
    اخذ آخذ اجيب نجيب شجيب شيحتاج شيطلبون شيريدون اروح نروح يطلبون تطلب المطلوب مطلوب مطلوبة لطفا
    """
_POLITE = """
    السلام سلام عليكم عليك ورحمة رحمة الله وبركاته بركاته مرحبا
    مرحبة هلو هلا هلاو الو صباح مساء الخير النور رجاء رجاءا
    رجاءً ارجو أرجو نرجو لو سمحت سمحتم سمحتوا فضلك فضلكم
    تفضل شكرا شكراً ممنون ممنونين مشكور مشكورين عفوا عفواً اخي أخي
    اختي خويه خوية اخوية اخويه حجي حجية عيني عيوني اغاتي استاذ
    استاد أستاذ سيدي دكتور حبيبي يمعود معود يابه يا چا جا
    والله بالله تعالى زحمة بلا امانة وياك وياكم يرحم والديك والديكم عافاكم الله يخليك يخليكم جزاكم خيرا بارك
    """
_FACETS = """
    مستمسكات مستمسك اوراق ورق وثائق وثيقة مستندات مستند رسوم رسم
    اجور أجور كلفة تكلفة سعر اسعار فلوس مبلغ دينار بفلوس مجاني
    مجانا ببلاش بلاش خطوات خطوة طريقة اجراءات إجراءات مراحل مدة
    المدة يوم ايام أيام اسبوع أسبوع شهر وقت تطول يطول تاخذ
    ياخذ يستغرق تستغرق تخلص يخلص تطلع يطلع شروط شرط يحق يحقلي
    يحقله مشمول اهلية رابط لنك لينك موقع صفحة رقم هاتف تلفون اتصل
    عنوان مكان دائرة جهة الجهة اراجع راجع مراجعة اقدم أقدم
    نقدم يقدم التقديم تقديم معاملة المعاملة خدمة الخدمة خدمات طلب يكلف تكلف يكلفني
    """
_SMALL = """
    في على علي الى إلى عن مع حتى لحد بعد قبل بس فقط هذا هذه
    هاي هذي هاذا ذاك ذيك هنا هناك هم هي هو هيه هوه اني آني انا أنا
    انت انتم احنا نحن الي لي لنا الها اله بيها بيه عليها عليه منها
    منه لها له بها به عندي عدي لدي كل شي اشي شيء غير او أو
    و ثم لان لأن اذا إذا لو انو انه ان إن لكن زين طيب
    اوكي تمام هسه هسة هسع الان الآن اليوم باجر باچر مال مالت مالتي مالته
    التي الذي اللي الي يعني مثلا ايضا أيضا همين هم اكو ماكو يوجد توجد مو مب لا نعم اي بدون كلش هواي هواية بالضبط
    اول أول ثاني جديد واحد واحدة راح رح بال بل بله
    """
EMPTY: Final = frozenset(
    form for word in normalise(_QUESTIONS + _WISHES + _POLITE + _FACETS + _SMALL).split() for form in (word, bare(word))
)
"""Words that questions about any entry share (normalised, with and without the article)."""

_GREETINGS: Final = tuple(
    sorted(
        (
            tuple(normalise(line).split())
            for line in """
            السلام عليكم ورحمة الله وبركاته
            السلام عليكم ورحمة الله
            السلام عليكم
            سلام عليكم
            وعليكم السلام
            سلام
            صباح الخير
            صباح النور
            مساء الخير
            مساء النور
            الله بالخير
            الله يساعدكم
            الله يساعدك
            الله يعطيكم العافية
            الله يعطيك العافية
            هلو
            هلا
            هلا والله
            مرحبا
            مرحبة
            شلونكم
            شلونك
            تحية طيبة
            شكرا جزيلا
            شكرا
            ممنون
            """.strip().splitlines()
        ),
        key=len,
        reverse=True,
    )
)


def without_greeting(words: tuple[str, ...]) -> tuple[str, ...]:
    """Normalised words without the greetings they begin with («السلام عليكم» is not about «سلامة»)."""
    rest = words
    while greeting := next((each for each in _GREETINGS if rest[: len(each)] == each), None):
        rest = rest[len(greeting) :]
    return rest or words


_SHORTEST_NAME: Final = 3
"""Letters; shorter words name nothing."""


def is_empty(word: str) -> bool:
    """Whether a normalised word says nothing about which entry is meant («وشكد», «رسومها»)."""
    if len(word) < _SHORTEST_NAME or word.isdigit():
        return True
    stem = bare(_AND.sub("", word))
    return not EMPTY.isdisjoint((word, bare(word), stem, _SUFFIX.sub("", stem), _SUFFIX.sub("", word)))


_CANCELS = re.compile(
    r"^[وف]?[يتنا]?(?:ال)?(?:الغا?[يء]?|الغاء|الغيت|الغيها?|لغيت?|لغو|الغو|فسخ|ابطال|ابطل|عزل)(?:ه|ها|هم)?$"
)
_TAKES_BACK = re.compile(r"^[وف]?[يتنا]?(?:ال)?(?:الغ|لغ|فسخ|بطل|ابط|عزل|عازل|سحب|انه|نهي|وقف|اوقف|وكف|اوكف|شيل|شلت)")


def stem(word: str) -> str:
    """A normalised word without article, conjunction and possessive («وجوازي» → «جواز»)."""
    return _SUFFIX.sub("", bare(_AND.sub("", word)))


def cancels(words: Iterable[str]) -> bool:
    """Whether one of these normalised words cancels something («الغي», «فسخ»)."""
    return any(_CANCELS.match(word) for word in words)


def takes_back(words: Iterable[str]) -> bool:
    """Whether one of these normalised words may be about undoing something («اسحب», «اوقف»)."""
    return any(_TAKES_BACK.match(word) for word in words)
