"""Entering and leaving, roles, tokens, what comes from elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from fastapi import APIRouter, params

from console import app as app_module
from console.app import OPEN_TO_ALL, ROUTERS, UnguardedRouteError, routes_of
from console.entering.login import safe_target
from console.web import door
from console.web.guard import check_origin
from foundation.clock import utc_now
from foundation.database import transaction
from foundation.settings import Settings
from operations.accounts import passwords, repository, service, totp
from operations.accounts.models import Role
from operations.accounts.person import Grant
from tests.console.conftest import PASSWORD, Office


async def test_a_colleague_enters_works_and_leaves(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert "معي" in await sara.sees("/console/")
    cookie = sara.http.cookies.jar
    assert [one.name for one in cookie] == ["ur_console"]
    assert (await sara.sends("/console/logout")).headers["location"] == "/console/login"
    answer = await sara.http.get("/console/handoffs")
    assert answer.headers["location"] == "/console/login?next=/console/handoffs"


async def test_refusals_read_alike(office: Office) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    texts = set()
    for name, password in (("sara", "خطأ"), ("nobody", "خطأ")):
        answer = await office.guest(name).http.post("/console/login", data={"name": "", "password": password})
        assert answer.status_code == 401
        texts.add(answer.text)
    assert len(texts) == 1


async def test_a_one_time_password_opens_only_the_page_on_which_it_is_changed(office: Office) -> None:
    async with transaction(office.sessions) as session:
        _, once = await service.create(
            session, "noor", "نور", [Grant(Role.AGENT)], who="t", now=utc_now(), settings=Settings(_env_file=None)
        )
    noor = office.guest("noor")
    await noor.enters(once)
    assert (await noor.http.get("/console/handoffs")).headers["location"] == "/console/password"
    assert "كلمة سر جديدة" in await noor.sees("/console/password")
    refused = await noor.sends("/console/password", current=once, new="قصيرة", again="قصيرة")
    assert refused.status_code == 422
    changed = await noor.sends("/console/password", current=once, new=PASSWORD, again=PASSWORD)
    assert changed.status_code == 303
    assert "معي" in await noor.sees("/console/handoffs")


async def test_each_page_asks_for_its_role(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    for page in (
        "/console/accounts",
        "/console/accounts/new",
        "/console/sessions",
        "/console/audit",
        "/console/office",
        "/console/switches",
    ):
        assert (await sara.http.get(page)).status_code == 403
        assert (await boss.http.get(page)).status_code == 200
    assert (await boss.http.get("/console/handoffs")).status_code == 403
    for path in ("/console/accounts/new", "/console/office/week", "/console/switches/everything/off"):
        assert (await sara.sends(path, name="x")).status_code == 403


async def test_every_route_refuses_strangers(office: Office) -> None:
    routes = [route for router in ROUTERS for route in routes_of(router) if route.path not in OPEN_TO_ALL]
    assert len(routes) > 40
    async with httpx.AsyncClient(base_url=office.url) as stranger:
        for route in routes:
            address = "/console" + re.sub(r"\{[^}]+\}", "1", route.path).replace("holidays/1", "holidays/2026-12-01")
            for method in route.methods or ():
                answer = await stranger.request(method, address)
                assert answer.status_code == 303, address
                assert answer.headers["location"].startswith("/console/login"), address


def test_a_route_without_roles_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", lambda: "open", methods=["GET"])
    monkeypatch.setattr(app_module, "ROUTERS", (forgotten,))
    with pytest.raises(UnguardedRouteError):
        app_module.make_console(None)  # type: ignore[arg-type]


async def test_without_the_sessions_token_nothing_changes(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert (await sara.http.post("/console/canned", data={"title": "x", "text": "y"})).status_code == 403
    wrong = {"title": "x", "text": "y", "csrf": "0" * 32}
    assert (await sara.http.post("/console/canned", data=wrong)).status_code == 403
    ali = await office.colleague("ali", "علي", Role.AGENT)
    others = {"title": "x", "text": "y", "csrf": ali.csrf}
    assert (await sara.http.post("/console/canned", data=others)).status_code == 403
    assert (await sara.sends("/console/canned", title="تحية", text="أهلاً")).status_code == 303
    header = {"X-CSRF-Token": sara.csrf}
    assert (await sara.http.post("/console/alive", headers=header)).status_code == 204


async def test_what_comes_from_elsewhere_is_refused(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    fields = {"title": "x", "text": "y", "csrf": sara.csrf}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await sara.http.post("/console/canned", data=fields, headers=headers)).status_code == 403
        login = await sara.http.post("/console/login", data={"name": "a", "password": "b"}, headers=headers)
        assert login.status_code == 403
    own = {"Origin": office.url}
    assert (await sara.http.post("/console/canned", data=fields, headers=own)).status_code == 303


@pytest.mark.parametrize(
    ("method", "origin", "site", "own"),
    [
        ("GET", "https://evil.example", "cross-site", True),
        ("POST", "https://a.iq", None, True),
        ("POST", "https://a.iq.evil.example", None, False),
        ("POST", None, None, True),
        ("POST", None, "same-site", False),
    ],
)
def test_origins(method: str, origin: str | None, site: str | None, own: bool) -> None:
    assert check_origin(method, "a.iq", origin, site) is own


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/console//evil", "/console/\\evil", "/", "/console/login", ""]
)
def test_login_goes_on_within_the_console_only(target: str) -> None:
    assert safe_target(target) == "/console/"


async def test_attempts_from_one_address_are_counted(office: Office) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    limit = Settings(_env_file=None).console_logins_per_minute_per_address
    stranger = office.guest("sara")
    await asyncio.gather(*(stranger.http.post("/console/login", data={"name": "x"}) for _ in range(limit)))
    refused = await stranger.enters()
    assert refused.status_code == 429
    assert "انتظر دقيقة" in refused.text


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_nobody_queues_for_long(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    monkeypatch.setattr(passwords, "WAITING_MAX", -passwords.AT_ONCE)
    refused = await office.guest("sara").enters()
    assert refused.status_code == 429
    assert "كثيرون" in refused.text
    monkeypatch.undo()
    assert (await office.guest("sara").enters()).status_code == 303


@pytest.mark.parametrize("path", ["password", "own/code/off"])
async def test_guesses_inside_a_session_count_too(office: Office, path: str) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    for _ in range(Settings(_env_file=None).console_failures_free + 1):
        await sara.sends(f"/console/{path}", current="خطأ", new="كلمة أخرى طويلة", again="كلمة أخرى طويلة")
    async with office.sessions() as session:
        account = await repository.by_name(session, "sara")
    assert account is not None
    assert account.locked_until is not None
    changed = await sara.sends("/console/password", current=PASSWORD, new="كلمة أخرى طويلة", again="كلمة أخرى طويلة")
    assert changed.status_code == 422  # even the right one waits


async def test_a_body_without_end_is_cut_off(office: Office) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 64 * 1024

    stranger = office.guest("x")
    answer = await stranger.http.post("/console/login", content=endless(), headers=FORM)
    assert answer.status_code == 413
    declared = await stranger.http.post("/console/login", content=b"x" * 512 * 1024, headers=FORM)
    assert declared.status_code == 413


async def test_a_slow_body_is_let_go(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FORM_SECONDS", 0.2)
    address = httpx.URL(office.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(
        b"POST /console/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
    )
    async with asyncio.timeout(10):
        answer = await reader.read()  # to its end: the connection is closed
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("cookie", ["", "made-up"])
async def test_the_body_of_somebody_who_has_not_entered_is_not_read(office: Office, cookie: str) -> None:
    stranger = office.guest("x")
    if cookie:
        stranger.http.cookies.set("ur_console", cookie)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 64 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    refused = await stranger.http.post("/console/handoffs/1/file", content=endless(), headers=headers)
    assert refused.headers["location"] == "/console/login"
    asked = {**headers, "hx-request": "true"}
    assert (await stranger.http.post("/console/results/import", content=endless(), headers=asked)).status_code == 401


async def test_only_what_is_there_is_kept_for_long(office: Office) -> None:
    there = await office.http.get("/console/static/console.css")
    assert "immutable" in there.headers["cache-control"]
    gone = await office.http.get("/console/static/nothing.css")
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store, private")


async def test_pages_that_take_files_are_known_at_the_door() -> None:
    takes = {
        route.path
        for router in ROUTERS
        for route in routes_of(router)
        if any(isinstance(field.field_info, params.File) for field in route.dependant.body_params)
    }
    assert takes == {"/handoffs/{handoff_id}/file", "/content/files/compare", "/results/import"}


async def test_cookies_and_headers_are_strict(office: Office) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    sara = office.guest("sara")
    answer = await sara.enters()
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/console" in cookie
    assert "Secure" not in cookie  # this machine
    public = await sara.http.post(
        "/console/login", data={"name": "sara", "password": PASSWORD}, headers={"Host": "assistant.example.iq"}
    )
    assert "Secure" in public.headers["set-cookie"]
    page = await sara.http.get("/console/handoffs")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store, private"
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert " onclick=" not in page.text


async def test_a_role_taken_away_shuts_out_at_once(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    async with office.sessions() as session:
        account = await repository.by_name(session, "sara")
    assert account is not None
    changed = await boss.sends(f"/console/accounts/{account.id}", shown_name="سارة", role="editor")
    assert changed.status_code == 303
    assert (await sara.http.get("/console/handoffs")).headers["location"].startswith("/console/login")
    await sara.enters()
    assert (await sara.http.get("/console/handoffs")).status_code == 403


async def test_an_administrator_makes_and_stops_an_account(office: Office) -> None:
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    page = await boss.sends(
        "/console/accounts/new", name="Huda", shown_name="هدى", role="case_officer", governorate="basra"
    )
    once = page.text.split('id="password">')[1].split("<")[0]
    huda = office.guest("huda")
    await huda.enters(once)
    async with office.sessions() as session:
        account = await repository.by_name(session, "huda")
        assert account is not None
        person = await repository.person(session, account.id)
    assert person is not None
    assert person.governorates(Role.CASE_OFFICER) == frozenset({"basra"})
    assert "من داخل الآن" in await boss.sees("/console/sessions")
    assert (await boss.sends(f"/console/accounts/{account.id}/disable", reason="انتقلت")).status_code == 303
    assert (await huda.http.get("/console/password")).headers["location"].startswith("/console/login")
    listed = await boss.sees("/console/audit")
    assert "إيقاف حساب" in listed
    assert "انتقلت" in listed
    assert "السجل سليم" in await boss.sees("/console/audit/verify")
    refused = await boss.sends("/console/accounts/new", name="سارة", shown_name="س", role="agent")
    assert refused.status_code == 422


async def test_the_second_factor_on_the_pages(office: Office, settings: Settings) -> None:
    assert settings.data_keys is not None
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    page = await sara.sees("/console/own/code")
    secret = page.split('name="secret" value="')[1].split('"')[0]
    wrong = await sara.sends("/console/own/code", secret=secret, code="123")
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).at(utc_now() - timedelta(seconds=30))
    assert (await sara.sends("/console/own/code", secret=secret, code=code)).status_code == 303
    again = office.guest("sara")
    first = await again.http.post("/console/login", data={"name": "sara", "password": PASSWORD})
    assert first.headers["location"].startswith("/console/login/code")
    assert (await again.http.get("/console/handoffs")).headers["location"].startswith("/console/login")
    form = (await again.http.get(first.headers["location"])).text
    csrf = form.split('name="csrf" value="')[1].split('"')[0]
    entered = await again.http.post(
        "/console/login/code", data={"csrf": csrf, "code": pyotp.TOTP(secret).at(utc_now())}
    )
    assert entered.headers["location"] == "/console/"
    assert (await again.http.get("/console/handoffs")).status_code == 200
    assert totp.step_of(secret, "", utc_now()) is None
