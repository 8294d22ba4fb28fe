"""The second factor: time-based one-time codes (RFC 6238), as authenticator programs make them."""

import io
from datetime import datetime

import pyotp
import segno
from sqlalchemy.ext.asyncio import AsyncSession

from arabic import digits_to_ascii
from foundation.datakeys import DataKeys
from operations.accounts import repository
from operations.accounts.errors import AccountError
from operations.audit import repository as audit
from operations.audit.models import Action

ISSUER = "Ur Assistant"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""How far the clock of a phone may be off."""


def new_secret() -> str:
    """A fresh secret, in base 32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that `code` belongs to, None if it fits none near `now`."""
    typed = "".join(digits_to_ascii(code).split())
    generator = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(typed, generator.at(step * STEP_SECONDS)):
            found = step
    return found


def picture(secret: str, name: str) -> bytes:
    """The QR code that an authenticator program reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=2, light="#ffffff")
    return out.getvalue()


async def switch_on(
    session: AsyncSession, account_id: str, secret: str, code: str, keys: DataKeys, now: datetime
) -> None:
    """Asks for a code at each login from now on.

    Raises:
        AccountError: The code does not fit the secret.
    """
    account = await repository.get(session, account_id)
    step = step_of(secret, code, now)
    if account is None or step is None:
        raise AccountError("الرمز غير صحيح. اكتب الأرقام الستة التي يعرضها التطبيق الآن.")
    account.totp_secret, account.totp_step = keys.encrypt(secret), step
    await session.flush()
    await audit.add(session, account.name, Action.SECOND_FACTOR, now, subject=account.name, details={"on": True})


async def switch_off(session: AsyncSession, account_id: str, now: datetime) -> None:
    """Asks for no code any more."""
    account = await repository.get(session, account_id)
    if account is None or account.totp_secret is None:
        return
    account.totp_secret = None
    await session.flush()
    await audit.add(session, account.name, Action.SECOND_FACTOR, now, subject=account.name, details={"on": False})
