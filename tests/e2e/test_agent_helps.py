"""A citizen asks for a person, in the whole product: the queue, the colleague, and back to the assistant."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest

from casework.handoffs import hours
from foundation.database import opened, transaction
from tests.e2e.conftest import Citizen, Product

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
PASSWORD = "أربع كلمات لا علاقة بينها"


class Colleague:
    """Somebody of the staff who enters for the first time."""

    def __init__(self, product: Product, name: str) -> None:
        self.http = httpx.Client(base_url=product.url, timeout=30, follow_redirects=True)
        found = re.search(rf"^\s+{name}\s+([a-z2-9-]+)\b", product.log.read_text(), re.MULTILINE)
        assert found is not None
        self.csrf = ""
        self.sends("/console/login", name=name, password=found[1])
        self.sends("/console/password", current=found[1], new=PASSWORD, again=PASSWORD)

    def sees(self, path: str) -> str:
        """Opens a page."""
        return self._read(self.http.get(path))

    def sends(self, path: str, **fields: str) -> str:
        """Sends a form."""
        return self._read(self.http.post(path, data={**fields, "csrf": self.csrf}))

    def _read(self, answer: httpx.Response) -> str:
        assert answer.status_code < 400, answer.text
        if found := re.search(r'<meta name="csrf" content="([^"]+)">', answer.text):
            self.csrf = found[1]
        return answer.text


@pytest.fixture
def sara(product: Product) -> Iterator[Colleague]:
    """The sample agent."""
    someone = Colleague(product, "sara")
    yield someone
    someone.http.close()


def test_a_citizen_asks_for_a_person_and_comes_back_to_the_assistant(
    product: Product, citizen: Citizen, sara: Colleague
) -> None:
    asyncio.run(_open_all_week(product.environment["DATABASE_URL"]))
    _sees_to_the_sample(sara)
    citizen.says("شنو مستمسكات جواز السفر؟")
    told = citizen.says("أريد أتكلم مع موظف")
    assert "أنت الأول في الدور" in told
    assert citizen.buttons == ["الخروج من الدور"]
    assert "ما زلت في الدور" in citizen.says("اريد احچي ويه انسان")
    assert "الرسوم" in citizen.says("شكد رسوم جواز السفر؟")  # the assistant helps meanwhile

    queue = sara.sees("/console/handoffs")
    assert "جواز" in queue
    found = re.search(r"/console/handoffs/(\d+)/claim", queue)
    assert found is not None
    page = f"/console/handoffs/{found[1]}"
    text = sara.sends(f"{page}/claim")
    assert "فهمها المساعد: المستمسكات" in text
    assert "فهمها المساعد: طلب موظف" in text
    assert citizen.says("هل أنت هنا؟") == ""
    sara.sends(f"{page}/reply", text="نعم، أنا هنا")
    history = citizen.http.get(f"/api/chat/{citizen.conversation}/history").json()["messages"]
    assert [(line["author"], line.get("from")) for line in history[-2:]] == [("citizen", None), ("agent", "سارة")]

    sara.sends(f"{page}/return")
    history = citizen.http.get(f"/api/chat/{citizen.conversation}/history").json()["messages"]
    assert "رجعتُ معك" in history[-1]["text"]
    assert "جواز السفر" in citizen.says("شكد رسوم جواز السفر؟")
    assert "خرجت من الدور" in (citizen.says("أريد موظف"), citizen.presses("الخروج من الدور"))[1]


def _sees_to_the_sample(sara: Colleague) -> None:
    """A new product has a made-up conversation in the queue."""
    assert "جواز السفر (نموذج)" in sara.sees("/console/handoffs")
    assert "فهمها المساعد: طلب موظف" in sara.sends("/console/handoffs/1/claim")
    sara.sends("/console/handoffs/1/close", reason="helped")


async def _open_all_week(database_url: str) -> None:
    async with opened(database_url) as sessions, transaction(sessions) as session:
        await hours.put_week(session, dict.fromkeys(range(7), (0, 24 * 60)))
