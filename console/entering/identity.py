"""OpenID Connect: the staff of an agency that has its own login enters by it. Accounts are made here beforehand.

Authorization code with PKCE; state, nonce and verifier travel in an encrypted cookie. The account is found by an e-mail
address that the provider says it has verified.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from httpx import AsyncClient, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from console.entering.login import admitted, browser_of, safe_target
from console.web import cookies
from console.web.deps import Deps, deps_of
from console.web.errors import RefusedError
from operations.accounts import login

router = APIRouter()
TIMEOUT_SECONDS = 10.0
WAY = timedelta(minutes=10)
"""How long a person may take at the provider."""
SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "ES256", "PS256"]
CLOCK_LEEWAY_SECONDS = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent along to the provider, and where the person wanted to go."""

    state: str
    nonce: str
    verifier: str
    target: str
    at: float


@router.get("/oidc")
async def go(request: Request, next: str = "") -> Response:
    """Sends the browser to the provider."""
    deps = deps_of(request)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    sent = Sent(state, nonce, verifier, safe_target(next), deps.clock().timestamp())
    async with _client(deps) as client:
        provider = await _provider(deps, client)
    address = prepare_grant_uri(
        provider["authorization_endpoint"],
        deps.settings.oidc_client_id,
        "code",
        _return_address(request),
        scope=SCOPE,
        state=sent.state,
        nonce=sent.nonce,
        code_challenge=create_s256_code_challenge(sent.verifier),
        code_challenge_method="S256",
    )
    response = RedirectResponse(address, 303)
    fields = [sent.state, sent.nonce, sent.verifier, sent.target, sent.at]
    kept = deps.keys.encrypt(json.dumps(fields)).decode()
    cookies.put(request, response, cookies.IDENTITY, kept, seconds=int(WAY.total_seconds()))
    return response


@router.get("/oidc/back")
async def back(request: Request, state: str = "", code: str = "") -> Response:
    """The provider sends the browser back; the account is looked up by its e-mail address."""
    deps = deps_of(request)
    sent = _read(deps, request.cookies.get(cookies.IDENTITY, ""), deps.clock())
    if sent is None or not code or not secrets.compare_digest(sent.state.encode(), state.encode()):
        raise RefusedError("لم يكتمل الدخول من الجهة. حاول من جديد.", 401)
    claims = await _claims(deps, request, code, sent)
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise RefusedError("لم تؤكد الجهة بريدك، فلا نعرف حسابك.", 403)
    token = await login.by_email(deps.door, email, browser_of(request), deps.clock())
    if token is None:
        raise RefusedError("لا يوجد حساب مفتوح بهذا البريد. اطلبه من مدير النظام.", 403)
    response = await admitted(request, token, sent.target)
    cookies.drop(response, cookies.IDENTITY)
    return response


async def _claims(deps: Deps, request: Request, code: str, sent: Sent) -> dict[str, Any]:
    try:
        async with _client(deps) as client:
            provider = await _provider(deps, client)
            fields = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": _return_address(request),
                "code_verifier": sent.verifier,
            }
            secret = deps.settings.oidc_client_secret
            headers = {}
            if secret is None:
                fields["client_id"] = deps.settings.oidc_client_id
            else:
                pair = f"{quote(deps.settings.oidc_client_id)}:{quote(secret.get_secret_value())}"
                headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            answer = await client.post(provider["token_endpoint"], data=fields, headers=headers)
            token = answer.raise_for_status().json()["id_token"]
            keys = (await client.get(provider["jwks_uri"])).raise_for_status().json()
        signed = jwt.decode(str(token), KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            now=int(deps.clock().timestamp()),
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True, "value": provider["issuer"]},
            aud={"essential": True, "value": deps.settings.oidc_client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": sent.nonce},
        ).validate(signed.claims)
    except (HTTPError, JoseError, KeyError, ValueError) as error:
        log.warning("identity_refused", error=type(error).__name__)
        raise RefusedError("لم نستطع التأكد من جواب الجهة. حاول من جديد، أو ادخل بكلمة السر.", 401) from error
    return dict(signed.claims)


async def _provider(deps: Deps, client: AsyncClient) -> dict[str, Any]:
    """The provider's own description; raises `RefusedError` if it does not answer or is another's."""
    issuer = deps.settings.oidc_issuer.rstrip("/")
    try:
        found = await client.get(f"{issuer}/.well-known/openid-configuration")
        described: dict[str, Any] = found.raise_for_status().json()
    except (HTTPError, ValueError) as error:
        raise RefusedError("الجهة لا تجيب الآن. ادخل بكلمة السر، أو حاول بعد قليل.", 503) from error
    if str(described.get("issuer", "")).rstrip("/") != issuer:
        raise RefusedError("وصف الجهة لا يطابق عنوانها. أخبر مدير النظام.", 503)
    return described


def _client(deps: Deps) -> AsyncClient:
    if not deps.settings.oidc_issuer:
        raise RefusedError("الدخول من جهة أخرى غير مفعّل.", 404)
    return AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)


def _return_address(request: Request) -> str:
    """Where the provider sends the browser back: under PUBLIC_URL; without it, where the browser says that it is."""
    if public_url := deps_of(request).settings.public_url:
        return f"{public_url}/console/oidc/back"
    scheme = "http" if cookies.is_loopback(request) else "https"
    return f"{scheme}://{request.headers.get('host', '')}/console/oidc/back"


def _read(deps: Deps, kept: str, now: datetime) -> Sent | None:
    try:
        sent = Sent(*json.loads(deps.keys.decrypt(kept.encode("ascii", "replace"))))
    except (InvalidToken, ValueError, TypeError):
        return None
    return sent if now.timestamp() - sent.at <= WAY.total_seconds() else None
