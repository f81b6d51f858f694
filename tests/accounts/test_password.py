"""POST /api/auth/password"""

import pytest

NEW = "an entirely new phrase"


@pytest.fixture
def change(client, password):
    def post(caller, **fields):
        return caller.post("/api/auth/password", {"current": password, "new": NEW, **fields}, format="json")

    return post


def test_the_password_is_changed(client, change, owner):
    assert change(client(owner)).json() == {"success": True, "data": {}}
    owner.refresh_from_db()
    assert owner.check_password(NEW)


def test_it_ends_ones_other_log_ins_and_keeps_this_one(client, change, owner, teammate, stranger):
    here, there = client(owner), client(owner)
    others = [client(teammate), client(stranger)]
    change(here)
    assert here.get("/api/auth/me").status_code == 200
    assert there.get("/api/auth/me").status_code == 401
    assert [caller.get("/api/auth/me").status_code for caller in others] == [200, 200]


@pytest.mark.parametrize("current", ["wrong", "", None])
def test_the_current_one_must_be_right(client, change, owner, password, current):
    response = change(client(owner), current=current)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
    owner.refresh_from_db()
    assert owner.check_password(password)


def test_who_has_none_yet_may_set_one(client, change, owner):
    owner.set_unusable_password()
    owner.save()
    assert client(owner).post("/api/auth/password", {"new": NEW}, format="json").status_code == 200
    owner.refresh_from_db()
    assert owner.check_password(NEW)


@pytest.mark.parametrize("new", ["short", "1234567890123", "password123", 7, None])
def test_a_bad_new_one_is_refused_and_says_why(client, change, owner, password, new):
    response = change(client(owner), new=new)
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith("new: ")
    owner.refresh_from_db()
    assert owner.check_password(password)


def test_guessing_the_current_one_is_slowed_down(client, change, owner, still_clock):
    caller = client(owner)
    assert [change(caller, current="wrong").status_code for _ in range(6)] == [403] * 5 + [429]


def test_without_a_token_it_is_401(client, change, db):
    assert change(client()).status_code == 401
