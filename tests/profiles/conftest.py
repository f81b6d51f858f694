"""What every profile test can ask for: callers, profiles, and shells that are there for certain."""

import pytest
from support.rest import mine  # noqa: F401

from agents import services as agents
from profiles.models import Profile


@pytest.fixture
def make(mine):  # noqa: F811
    """`make(**fields)` makes a profile of the owner's and returns it as the API shows it."""

    def made(**fields):
        answer = mine.post("/api/profiles", {"name": "Dev Shell"} | fields, format="json")
        assert answer.status_code == 201, answer.json()
        return answer.json()["data"]["profile"]

    return made


@pytest.fixture
def shells(settings):
    """Absolute paths of this machine's shells."""
    return agents.shells(settings.AGTERM)


@pytest.fixture
def row():
    """`row(profile)`: what the database says."""
    return lambda profile: Profile.objects.get(pk=profile["id"])


@pytest.fixture
def error_of():
    """`error_of(answer)`: its status, code and message."""

    def read(answer):
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    return read
