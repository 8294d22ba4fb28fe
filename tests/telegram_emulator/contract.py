"""Calls to the Bot API against models that nobody here wrote: aiogram's."""

from typing import Any

import aiogram.methods
from aiogram.methods import TelegramMethod


def check_call(method: str, parameters: dict[str, Any]) -> None:
    """Raises if a call has a wrong or unknown parameter.

    Args:
        method: As in the address, like `sendMessage`.
        parameters: As they came, JSON parameters decoded.

    Raises:
        AttributeError: There is no such method.
        pydantic.ValidationError: A parameter is missing or wrong.
        ValueError: A parameter is unknown.
    """
    model: type[TelegramMethod[object]] = getattr(aiogram.methods, method[0].upper() + method[1:])
    unknown = parameters.keys() - model.model_fields.keys()
    if unknown:
        raise ValueError(f"{method} has no {sorted(unknown)}")
    model.model_validate(parameters)
