"""What citizens are told of a capability that is off, unless who switches it off says something else."""

from collections.abc import Mapping

from operations.switches.models import Capability

_LATER = "لن أجيب على رسالتك هذه لاحقاً: أعد سؤالك بعد أن نعود."
_CALL = "للاستفسار اتصل بخط الإرشاد لبوابة أور: 5599."

SENTENCES: Mapping[Capability, str] = {
    Capability.EVERYTHING: f"مساعد أور متوقف مؤقتاً. {_LATER} {_CALL}",
    Capability.SERVICE_ANSWERS: (
        "أوقفنا الإجابة عن الخدمات مؤقتاً لنراجع المعلومات. أعد سؤالك لاحقاً، أو اتصل بخط الإرشاد لبوابة أور: 5599."
    ),
    Capability.CASES: "الشكاوى والمقترحات متوقفة مؤقتاً. ما كتبته من قبل محفوظ. حاول لاحقاً.",
    Capability.RESULTS: "عرض نتائج الفحص متوقف مؤقتاً. حاول لاحقاً.",
    Capability.HANDOFFS: "لا يمكنني الآن أن أصلك بموظف. حاول لاحقاً، أو اتصل بخط الإرشاد لبوابة أور: 5599.",
    Capability.WEBCHAT: f"المحادثة في هذه الصفحة متوقفة مؤقتاً. {_LATER} {_CALL}",
    Capability.TELEGRAM: f"المساعد متوقف مؤقتاً على تيليجرام. {_LATER} {_CALL}",
}
