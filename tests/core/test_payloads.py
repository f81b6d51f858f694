"""Payloads are read strictly, and a refusal names the field."""

from enum import Enum
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, field_validator

from core.errors import InvalidRequest
from core.payloads import parse, parse_query


class Colour(Enum):
    RED = "red"


class Size(BaseModel):
    cols: int
    wide: bool = False
    id: UUID | None = None
    colour: Colour | None = None
    tags: tuple[str, ...] = ()
    cwd: str = "/"

    @field_validator("cwd")
    @classmethod
    def _absolute(cls, value):
        if not value.startswith("/"):
            raise ValueError("cwd must be an absolute path")
        return value


def refusal(data):
    with pytest.raises(InvalidRequest) as caught:
        parse(Size, data)
    return caught.value


def test_a_good_payload_is_read_and_unknown_fields_are_ignored():
    some_id = uuid4()
    size = parse(Size, {"cols": 80, "id": str(some_id), "colour": "red", "tags": ["a"], "shape": "round"})
    assert (size.cols, size.id, size.colour, size.tags) == (80, some_id, Colour.RED, ("a",))


@pytest.mark.parametrize("cols", ["80", 80.5, True, None, [80]])
def test_nothing_is_turned_into_a_number_silently(cols):
    error = refusal({"cols": cols})
    assert error.message.startswith("cols: ")
    assert error.details["fields"][0]["field"] == "cols"


def test_one_is_not_true():
    assert refusal({"cols": 80, "wide": 1}).message.startswith("wide: ")


def test_a_missing_field_is_named():
    assert refusal({}).message == "cols is required"


def test_all_problems_are_listed():
    fields = refusal({"wide": "yes", "cols": "x"}).details["fields"]
    assert {field["field"] for field in fields} == {"cols", "wide"}


def test_a_validators_own_sentence_is_left_as_it_is():
    assert refusal({"cols": 80, "cwd": "tmp"}).message == "cwd must be an absolute path"


@pytest.mark.parametrize("data", [[], "text", None, 1])
def test_a_payload_must_be_an_object(data):
    assert refusal(data).message


def test_query_parameters_are_text_and_read_as_such():
    size = parse_query(Size, {"cols": "80", "wide": "true"})
    assert (size.cols, size.wide) == (80, True)
    with pytest.raises(InvalidRequest, match="cols"):
        parse_query(Size, {"cols": "many"})
