"""What is said to a complaint that another body must hear: what can be filed here, who takes it, and a person."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import GUIDANCE_LINE
from actions.messages import PERSON, Button, say, service_button
from actions.offer import set_offer
from actions.resources import resources
from casework.cases.chat.elsewhere import Elsewhere, read

CORRUPTION: Final = "jus-03"
BAGHDAD_COMPLAINTS: Final = "jus-05"
"""Services of the catalogue that take complaints about any office."""
TAKE_REPORTS: Final = frozenset((CORRUPTION, BAGHDAD_COMPLAINTS, "jus-07", "jus-19", "jus-20", "tra-11"))
"""Services that are themselves the way to complain or report."""
RATION_COMPLAINTS: Final = frozenset(("jus-01", "jus-02"))
"""Services that take complaints about the ration, and none about anybody else, even where «وين اشتكي» is asked."""
SOURCED: Final = "sourced"
RATION: Final = Button("شكوى على الحصة", "file_complaint")


class ActionElsewhere(Action):
    """Answers such a complaint; the engine does not know it by name."""

    def name(self) -> str:
        """Never asked for by the engine."""
        return "action_elsewhere"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Runs the action."""
        said = read(tracker.latest_message.get("text") or "")
        return answer(dispatcher, said) if said is not None else []


def answer(dispatcher: CollectingDispatcher, said: Elsewhere) -> list[dict[str, Any]]:
    """Says who takes the complaint, where a sourced entry of the catalogue names somebody, and offers a person."""
    about = f"على {said.body}" if said.body else "على موظف أو دائرة"
    lines = [f"فهمت أن شكواك {about}. من هنا أسجل شكاوى الحصة التموينية فقط، فلا أستطيع أن أسجل هذه عنك."]
    buttons: list[Button] = []
    for code, sentence in _channels(said):
        service = resources().index.service(code)
        if service is not None and service.confidence == SOURCED:
            lines.append(sentence)
            buttons.append(service_button(service.name, "ask_service", code))
    if not buttons:
        lines.append("لا أعرف رقماً مؤكداً لشكاوى هذه الجهة، ولا أعطيك رقماً بالتخمين. اطلبه من دائرتها القريبة منك.")
    lines.append(f"إن أردت فتكلم مع موظف يرشدك، أو اتصل بخط الإرشاد لبوابة أور: {GUIDANCE_LINE}.")
    say(dispatcher, "\n".join(lines), [*buttons, PERSON, RATION])
    return [set_offer("request_human")]


def only_complains(text: str, code: str) -> Elsewhere | None:
    """The complaint of a line to which the service `code` would be no answer, however alike their words are."""
    said = None if code in TAKE_REPORTS else read(text)
    return None if said is None or (said.wishes and code not in RATION_COMPLAINTS) else said


def _channels(said: Elsewhere) -> list[tuple[str, str]]:
    found = []
    if said.bribe:
        found.append((CORRUPTION, "إذا طُلبت منك رشوة أو رأيت فساداً، فهيئة النزاهة تستقبل البلاغ وتحفظ سرية اسمك."))
    if said.governorate == "baghdad":
        found.append((BAGHDAD_COMPLAINTS, "وفي بغداد تستقبل المحافظة شكاوى المواطنين على الدوائر."))
    return found
