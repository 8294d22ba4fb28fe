"""Numbers in addresses: within what the database can hold, so that others are refused before it is asked."""

from typing import Annotated

from fastapi import Path

LARGEST = 2**62
RowId = Annotated[int, Path(ge=1, le=LARGEST)]
