"""OpenID Connect against a provider of our own."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.accounts import repository
from operations.accounts.models import Role
from tests.bot.serving import serving
from tests.console.conftest import Colleague, Office, open_office


@dataclass
class Provider:
    """An identity provider; what it claims can be changed."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """The ASGI application."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def described() -> dict[str, str]:
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            self.asked = {name: str(value) for name, value in (await request.form()).items()}
            self.asked["authorization"] = request.headers.get("authorization", "")
            claims = {
                "iss": self.url,
                "aud": "console",
                "sub": "1",
                "exp": int(time.time()) + 300,
                "nonce": self.nonce,
                "email": "Sara@example.iq",
                "email_verified": True,
                **self.claims,
            }
            signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
            return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": signed})

        return app


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    async with serving(made.app()) as url:
        made.url = url
        yield made


@pytest.fixture
async def office(settings: Settings, sessions: SessionFactory, provider: Provider) -> AsyncIterator[Office]:
    configured = settings.model_copy(
        update={
            "oidc_issuer": provider.url,
            "oidc_client_id": "console",
            "oidc_client_secret": SecretStr("s3cret"),
        }
    )
    async with open_office(configured, sessions) as running:
        account_id = await running.hires("sara", "سارة", Role.AGENT)
        async with transaction(sessions) as session:
            account = await repository.get(session, account_id)
            assert account is not None
            account.email = "sara@example.iq"
        yield running


async def _returns(sara: Colleague, provider: Provider, **changed: str) -> tuple[int, str]:
    went = await sara.http.get("/console/oidc?next=/console/canned")
    assert went.status_code == 303
    sent = {name: values[0] for name, values in parse_qs(urlsplit(went.headers["location"]).query).items()}
    assert sent["code_challenge_method"] == "S256"
    assert sent["redirect_uri"].endswith("/console/oidc/back")
    provider.nonce = sent["nonce"]
    back = await sara.http.get("/console/oidc/back", params={"code": "c", "state": sent["state"]} | changed)
    return back.status_code, back.headers.get("location", "")


async def test_an_account_made_before_enters(office: Office, provider: Provider) -> None:
    sara = office.guest("sara")
    assert "دخول بحساب الدائرة" in await sara.sees("/console/login")
    assert await _returns(sara, provider) == (303, "/console/canned")
    assert "الردود الجاهزة" in await sara.sees("/console/canned")
    assert provider.asked["code_verifier"]
    assert provider.asked["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "nobody@example.iq"}, 403),
        ({"email_verified": False}, 403),
        ({"aud": "another"}, 401),
        ({"iss": "https://evil.example"}, 401),
        ({"exp": 1}, 401),
        ({"nonce": "another"}, 401),
    ],
)
async def test_others_do_not(office: Office, provider: Provider, claims: dict[str, Any], status: int) -> None:
    provider.claims = claims
    sara = office.guest("sara")
    assert (await _returns(sara, provider))[0] == status
    assert (await sara.http.get("/console/canned")).status_code == 303


async def test_a_forged_answer_is_refused(office: Office, provider: Provider) -> None:
    sara = office.guest("sara")
    assert (await _returns(sara, provider, state="forged"))[0] == 401
    sara.http.cookies.clear()
    assert (await sara.http.get("/console/oidc/back?code=c&state=s")).status_code == 401
