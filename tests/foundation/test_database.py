"""Engines."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.database import make_engine


@pytest.mark.parametrize("brief", [False, True])
async def test_errors_show_no_values(database_url: str, *, brief: bool) -> None:
    engine = make_engine(database_url, brief=brief)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(text("SELECT :value FROM no_such_table"), {"value": "07701234567"})
    await engine.dispose()
    assert "07701234567" not in str(failed.value)
