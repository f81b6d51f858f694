"""Request payloads: pydantic models filled from what a caller sent, or `InvalidRequest` naming the field."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import InvalidRequest

Model = TypeVar("Model", bound=BaseModel)


class Payload(BaseModel):
    """Unknown fields are ignored, so that newer clients work; types are never guessed."""

    model_config = ConfigDict(strict=True, extra="ignore")


def parse(model: type[Model], data: Any) -> Model:
    """A JSON body as `model`, strictly: "3" is no number and 1 no truth; unknown fields are ignored.

    Goes through JSON because pydantic's strict mode then still reads UUIDs, dates and enums from strings.
    """
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except RecursionError:
        raise InvalidRequest("The JSON is nested too deeply") from None
    except ValidationError as error:
        raise _refusal(error) from None


def parse_query(model: type[Model], parameters: Mapping[str, str]) -> Model:
    """Query parameters as `model`; they are all text, so numbers and truths are read from it."""
    try:
        return model.model_validate(dict(parameters.items()))
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> InvalidRequest:
    fields = [_problem(entry) for entry in error.errors(include_url=False, include_input=False)]
    return InvalidRequest(fields[0]["message"], details={"fields": fields})


def _problem(entry: Mapping[str, Any]) -> dict[str, str]:
    field = ".".join(str(part) for part in entry["loc"]) or "body"
    text = "is required" if entry["type"] == "missing" else entry["msg"].removeprefix("Value error, ")
    if entry["type"] == "value_error" and field in text:
        return {"field": field, "message": text}  # the validator already wrote a whole sentence
    return {"field": field, "message": f"{field} {text}" if text == "is required" else f"{field}: {text}"}
