"""What citizens are told of results.

The first line of a notice never says the name, the number or the finding: it shows on a locked screen.
"""

from casework.dialogues.forms import Choice, Prompt
from casework.results.models import ISSUED, Result, Status, Value
from foundation.clock import in_baghdad, show_date

CERTIFIED = (Value.NEGATIVE, Value.POSITIVE)
EXAMPLE = "هذه نتيجة للتجربة، وليست لأحد."
READY = "صدرت نتيجة الفحص التي تنتظرها."
CORRECTED = "مهم: صحّح المختبر نتيجة فحص أخذتها من هنا."
CORRECTED_ADVICE = "لا تعتمد على النتيجة السابقة، ولا على شهادتها. هذه هي النتيجة الصحيحة:"
VOIDED = "مهم: ألغى المختبر نتيجة فحص تخصك."
VOIDED_ADVICE = "لا تعتمد عليها ولا على شهادتها. راجع المختبر أو اتصل به ليعطيك نتيجة صحيحة."
PENDING = "وصلت عينتك إلى المختبر، ولم تصدر النتيجة بعد. هل أرسلها لك هنا عند صدورها؟"
PENDING_WAITING = "لم تصدر النتيجة بعد. سأرسلها لك هنا عند صدورها، فلا داعي لأن تسأل مرة أخرى."
WILL_SEND = "تمام. سأرسلها لك هنا عند صدورها."
SEND_TITLE = "أرسلها لي عند صدورها"
CERTIFICATE_TITLE = "الشهادة (ملف)"

_FINDINGS = {
    Value.NEGATIVE: "سالبة. لم يظهر الفيروس في العينة.",
    Value.POSITIVE: "موجبة. ظهر الفيروس في العينة.",
    Value.INCONCLUSIVE: "غير حاسمة. لم يتبين للمختبر إن كانت سالبة أو موجبة.",
    Value.REJECTED: "لم تُفحص العينة، لأنها لم تكن صالحة للفحص.",
}
_NEGATIVE_ADVICE = "إذا ظهرت عليك أعراض بعد أخذ العينة فأعد الفحص."
_POSITIVE_ADVICE = """لا تقلق: أكثر الناس يتعافون في البيت خلال أيام.

ماذا تفعل الآن:
• ابق في غرفة وحدك، وافتح الشباك، والبس الكمامة عند غيرك.
• ارتح، واشرب الماء كثيراً، وخذ خافضاً للحرارة عند الحاجة.
• أخبر من جلس معك في اليومين الأخيرين.
• إذا كنت كبيراً في السن أو حاملاً أو عندك مرض مزمن: راجع طبيبك أو أقرب مركز صحي اليوم.

إذا ضاق نفسك أو آلمك صدرك أو ازرقّت شفتاك: اتصل فوراً برقم الطوارئ {emergency}."""
_INCONCLUSIVE_ADVICE = "راجع المختبر لأخذ عينة جديدة. حتى تصدر نتيجتها البس الكمامة وابتعد عن غيرك، كأنها موجبة."
_REJECTED_ADVICE = "راجع المختبر لأخذ عينة جديدة. هذا لا يعني أنك مصاب."


_MEANINGS = {
    Value.NEGATIVE: "لم يجد المختبر الفيروس في العينة.",
    Value.POSITIVE: "وجد المختبر الفيروس في العينة.",
    Value.INCONCLUSIVE: "يحدث هذا حين تكون كمية الفيروس قليلة جداً، أو العينة غير كافية. هذا ليس خطأ منك.",
    Value.REJECTED: "يحدث هذا حين تكون العينة قليلة أو تأخر نقلها أو تسرّب أنبوبها. هذا ليس خطأ منك.",
}


def meaning(result: Result, emergency: str) -> Prompt:
    """Why the result is as it is, and what to do."""
    value = Value(result.value) if result.value else Value.INCONCLUSIVE
    return Prompt(f"{_FINDINGS[value]}\n{_MEANINGS[value]}\n\n{_advice(value, emergency)}")


def advice(result: Result, emergency: str) -> Prompt:
    """What to do now, once more."""
    return Prompt(_advice(Value(result.value) if result.value else Value.INCONCLUSIVE, emergency))


def answer(result: Result, sample: str, laboratory: str, emergency: str, *, waiting: bool = False) -> Prompt:
    """What a citizen who has proven that the result is their own is told.

    Args:
        result: The result.
        sample: The sample number as the laboratory writes it.
        laboratory: The laboratory's name.
        emergency: Telephone number for emergencies.
        waiting: It will be sent as soon as it is there.
    """
    lines = [EXAMPLE] if result.example else []
    if result.status == Status.PENDING:
        lines += [f"رقم العينة: {sample}", PENDING_WAITING if waiting else PENDING]
        choices = () if waiting else (Choice(SEND_TITLE, f"do:result:send-{result.id}"),)
        return Prompt("\n".join(lines), choices, personal=True)
    if result.status == Status.VOID:
        return Prompt(
            "\n".join([*lines, f"رقم العينة: {sample}", "ألغى المختبر هذه النتيجة.", VOIDED_ADVICE]), personal=True
        )
    lines += _finding(result, sample, laboratory, emergency)
    return Prompt("\n".join(lines), _choices(result), personal=True)


def ready(result: Result, sample: str, laboratory: str, emergency: str) -> Prompt:
    """The message to a citizen who waits for a result that has come."""
    return _notice([READY], result, sample, laboratory, emergency)


def corrected(result: Result, sample: str, laboratory: str, emergency: str) -> Prompt:
    """The message to a citizen who has received what is no longer right."""
    return _notice([CORRECTED, CORRECTED_ADVICE], result, sample, laboratory, emergency)


def voided(sample: str) -> Prompt:
    """The message to a citizen whose result does not hold any more."""
    return Prompt("\n".join((VOIDED, f"رقم العينة: {sample}", VOIDED_ADVICE)), personal=True)


def _notice(first: list[str], result: Result, sample: str, laboratory: str, emergency: str) -> Prompt:
    lines = [*first, "", *([EXAMPLE] if result.example else []), *_finding(result, sample, laboratory, emergency)]
    return Prompt("\n".join(lines), _choices(result), personal=True)


def _choices(result: Result) -> tuple[Choice, ...]:
    certified = result.status in ISSUED and result.value in CERTIFIED
    return (Choice(CERTIFICATE_TITLE, f"do:certificate:{result.id}"),) if certified else ()


def _finding(result: Result, sample: str, laboratory: str, emergency: str) -> list[str]:
    taken = in_baghdad(result.sampled_at)
    value = Value(result.value) if result.value else Value.INCONCLUSIVE
    lines = [
        f"رقم العينة: {sample}",
        f"المختبر: {laboratory}",
        f"أُخذت العينة: {show_date(taken.date())} الساعة {taken:%H:%M}",
    ]
    if result.reported_at is not None:
        said = in_baghdad(result.reported_at)
        lines.append(f"صدرت النتيجة: {show_date(said.date())} الساعة {said:%H:%M}")
    return [*lines, f"النتيجة: {_FINDINGS[value]}", "", _advice(value, emergency)]


def _advice(value: Value, emergency: str) -> str:
    match value:
        case Value.NEGATIVE:
            return _NEGATIVE_ADVICE
        case Value.POSITIVE:
            return _POSITIVE_ADVICE.format(emergency=emergency)
        case Value.INCONCLUSIVE:
            return _INCONCLUSIVE_ADVICE
        case _:
            return _REJECTED_ADVICE
