"""`python -m bench.search`: the search among 10,000 made-up services, and how soon a change is found.

The services are invented from lists of acts, objects, groups and places, in the manner of the sample content: a name,
a description and ten phrases each. Queries are phrased otherwise than any line of the entry they mean, half of them
with typing errors.
"""

import json
import random
import sys
import time
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import typer

from arabic.noise import corrupt
from catalog.search import EntryText, SearchIndex

ENTRIES = 10_000
QUERIES = 600
CHANGES = 20
TYPO_RATE = 0.05

_ACTS = (
    "إصدار تجديد تسجيل نقل إلغاء تعديل تثبيت تحديث طلب حجز معادلة تصديق ترخيص استعلام اعتراض تأجيل استضافة شمول تسديد "
    "إيقاف استرداد فحص توثيق تحويل إضافة حذف تمديد تسليم استلام تأييد"
)
_OBJECTS = (
    "جواز السفر|البطاقة الوطنية|إجازة السوق|إجازة البناء|شهادة الولادة|شهادة الوفاة|عقد الزواج|بيان الطلاق|سند العقار|"
    "خارطة القطعة|علامة تجارية|شركة محدودة|سجل تجاري|إجازة استيراد|إجازة تصدير|هوية غرفة التجارة|مقياس الكهرباء|"
    "اشتراك الماء|خط الإنترنت|راتب الرعاية|راتب التقاعد|قرض السكن|قرض زراعي|قرض صناعي|منحة دراسية|وثيقة التخرج|"
    "وثيقة مدرسية|نتيجة الامتحان|مقعد دراسي|سكن داخلي|بئر ماء|مزرعة دواجن|حقل أسماك|منحل عسل|مكتبة عامة|قاعة رياضية|"
    "ملعب كرة|فرقة مسرحية|معرض كتاب|موقع أثري|مكتب سياحي|فندق|مطعم|صيدلية|عيادة أسنان|مختبر تحليل|مستشفى أهلي|"
    "سيارة أجرة|"
    "حافلة مدرسية|شاحنة نقل|زورق صيد|دراجة نارية|محطة وقود|معمل طابوق|معمل ثلج|ورشة حدادة|مشتل زراعي|حضانة أطفال|"
    "روضة|مدرسة أهلية|دورة تقوية|بطاقة تموينية|وكالة غذائية|حصة طحين|حقيبة إغاثة|خيمة نازحين|تعويض حرب|تعويض حريق"
)
_GROUPS = (
    "للمواطنين|للموظفين|للطلبة|للمتقاعدين|للأرامل|لذوي الإعاقة|للنازحين|للمغتربين|للأجانب|لذوي الشهداء|للشركات|"
    "للفلاحين|"
    "للصناعيين|للأطباء|للمهندسين|للرياضيين"
)
_PLACES = (
    "بغداد|البصرة|نينوى|أربيل|النجف|كربلاء|بابل|واسط|ميسان|ذي قار|المثنى|القادسية|ديالى|الأنبار|صلاح الدين|كركوك|دهوك|"
    "السليمانية|حلبجة"
)
_FRAMES = (
    "شلون أسوي {act} {object} {group}",
    "أريد {act} {object} في {place}",
    "شكد رسوم {act} {object} {group} {place}",
    "المستمسكات المطلوبة لغرض {act} {object}",
    "وين أراجع على {object} {group} ب{place}",
    "رابط {act} {object} {place}",
    "كم يوم تاخذ معاملة {object} {group}",
    "عندي {object} وأحتاج {act} بأسرع وقت",
)
_QUERY_FRAMES = (
    "السلام عليكم ممكن أعرف شنو يحتاج {act} {object} {group} بمحافظة {place}",
    "يا جماعة الخير دا أدور على {act} {object} مال {place} {group} منو يدلني",
    "{object} {group} {place} {act}",
    "لو سمحتوا ما هي إجراءات {act} {object} {group} ضمن {place}",
)


@dataclass(frozen=True, slots=True)
class Made:
    """Made-up entries, and queries with the code each one means."""

    entries: list[EntryText]
    queries: list[tuple[str, str]]


def make(count: int, queries: int, seed: int = 7) -> Made:
    """Invent a catalogue of `count` entries and `queries` questions about it."""
    rng = random.Random(seed)
    combinations = [
        {"act": act, "object": thing, "group": group, "place": place}
        for act in _ACTS.split()
        for thing in _OBJECTS.split("|")
        for group in _GROUPS.split("|")
        for place in _PLACES.split("|")
    ]
    chosen = rng.sample(combinations, count)
    entries = []
    for number, parts in enumerate(chosen):
        name = "{act} {object} {group} في {place}".format(**parts)
        description = "خدمة {act} {object} {group} لدى دوائر محافظة {place} إلكترونياً".format(**parts)
        phrases = [frame.format(**parts) for frame in _FRAMES]
        short = ["{act} {object} {place}".format(**parts), "{object} {group} {place}".format(**parts)]
        entries.append(EntryText(f"made-{number:05d}", "service", (name, description, *short, *phrases)))
    asked = []
    for number in rng.sample(range(count), queries):
        line = rng.choice(_QUERY_FRAMES).format(**chosen[number])
        asked.append((corrupt(line, rng, TYPO_RATE) if rng.random() < 0.5 else line, entries[number].code))
    return Made(entries, asked)


def measure(count: int, queries: int) -> dict[str, Any]:
    """Times in ms (build and change in s) and hit rates among `count` made-up entries."""
    made = make(count, queries)
    started = time.perf_counter()
    index = SearchIndex.build(made.entries)
    built = time.perf_counter() - started
    times, ranks = [], []
    for text, code in made.queries:
        started = time.perf_counter()
        found = index.search(text)
        times.append((time.perf_counter() - started) * 1000)
        codes = [hit.code for hit in found.hits]
        ranks.append(codes.index(code) if code in codes else len(codes))
    changes = []
    for number in range(CHANGES):
        entry = EntryText(f"new-{number}", "service", (f"رخصة المنطاد الطائر رقم {number}", "ترخيص مناطيد"))
        started = time.perf_counter()
        index = index.updated({entry.code: entry}, ())
        changes.append(time.perf_counter() - started)
    found_new = index.search("اريد رخصة منطاد طائر").hits[0].code.startswith("new-")
    return {
        "entries": count,
        "queries": queries,
        "build_s": round(built, 2),
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "hit1": round(float(np.mean(np.array(ranks) == 0)), 3),
        "hit3": round(float(np.mean(np.array(ranks) < 3)), 3),
        "change_max_s": round(max(changes), 3),
        "change_found": found_new,
    }


def main(
    entries: Annotated[int, typer.Option(help="made-up services to index")] = ENTRIES,
    queries: Annotated[int, typer.Option(help="questions to ask")] = QUERIES,
) -> None:
    """Prints a line a figure and, last, one JSON object."""
    figures = measure(entries, queries)
    for name, value in figures.items():
        print(f"{name:>14}  {value}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
