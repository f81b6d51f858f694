"""/api/profiles/:id/default: the default can really be set, and unset."""

import pytest

from profiles import services
from profiles.models import DefaultProfile


@pytest.fixture
def default(mine):
    """`default()`: the ids of the profiles that say they are the default."""

    def ids():
        profiles = mine.get("/api/profiles").json()["data"]["profiles"]
        return [profile["id"] for profile in profiles if profile["isDefault"]]

    return ids


def test_nothing_is_default_until_it_is_set(mine, make, default):
    first, second = make(name="1"), make(name="2")
    assert default() == []
    answer = mine.post(f"/api/profiles/{first['id']}/default")
    assert answer.json()["data"] == {"profile": first | {"isDefault": True}}
    assert default() == [first["id"]]
    mine.post(f"/api/profiles/{second['id']}/default")
    assert default() == [second["id"]]


def test_a_shell_of_the_machine_can_be_the_default(mine, default, owner):
    assert mine.post("/api/profiles/system-sh/default").json()["data"]["profile"]["isDefault"] is True
    assert default() == ["system-sh"]
    assert DefaultProfile.objects.get(owner=owner).profile == "system-sh"


def test_it_can_be_unset_and_unsetting_another_changes_nothing(mine, make, default):
    made = make()
    mine.post(f"/api/profiles/{made['id']}/default")
    assert mine.delete("/api/profiles/system-sh/default").json()["data"]["profile"]["isDefault"] is False
    assert default() == [made["id"]]
    for _ in range(2):
        assert mine.delete(f"/api/profiles/{made['id']}/default").status_code == 200
    assert default() == []
    assert not DefaultProfile.objects.exists()


def test_deleting_the_default_leaves_none(mine, make, default):
    made = make()
    mine.post(f"/api/profiles/{made['id']}/default")
    mine.delete(f"/api/profiles/{made['id']}")
    assert default() == []
    assert not DefaultProfile.objects.exists()


def test_replacing_the_default_keeps_it_the_default(mine, make, default):
    made = make()
    mine.post(f"/api/profiles/{made['id']}/default")
    mine.put(f"/api/profiles/{made['id']}", {"name": "Other"}, format="json")
    assert default() == [made["id"]]


def test_everyone_has_a_default_of_his_own(mine, client, teammate, default):
    mine.post("/api/profiles/system-sh/default")
    other = client(teammate).get("/api/profiles").json()["data"]["profiles"]
    assert [profile for profile in other if profile["isDefault"]] == []


def test_a_default_whose_shell_was_removed_from_the_machine_is_none(owner):
    DefaultProfile.objects.create(owner=owner, profile="system-nosuch")
    assert services.default(owner) is None
