"""POST /api/auth/logout"""

import pytest

from accounts import services
from core.errors import Unauthorized


def test_logging_out_ends_every_token_of_the_log_in_at_once(client, owner):
    caller = client(owner)
    refresh = services.issue_tokens(caller.login_row).refresh
    assert caller.post("/api/auth/logout").json() == {"success": True, "data": {}}
    assert caller.get("/api/auth/me").status_code == 401
    assert client().post("/api/auth/refresh", {"refresh": refresh}, format="json").status_code == 401
    caller.login_row.refresh_from_db()
    assert caller.login_row.revoked_at is not None
    with pytest.raises(Unauthorized):
        services.live_user(caller.login_row.pk)


def test_it_ends_nobody_elses_and_no_other_of_ones_own(client, owner, teammate, stranger):
    here, there = client(owner), client(owner)
    others = [client(teammate), client(stranger)]
    here.post("/api/auth/logout")
    assert here.get("/api/auth/me").status_code == 401
    assert [caller.get("/api/auth/me").status_code for caller in (there, *others)] == [200, 200, 200]


def test_it_takes_the_browsers_cookie_away(browser, owner):
    caller = browser(owner)
    caller.get("/")
    response = caller.post("/api/auth/logout", headers={"X-CSRFToken": caller.cookies["csrftoken"].value})
    assert response.status_code == 200
    assert response.cookies["agterm_login"].value == ""
    assert response.cookies["agterm_login"]["max-age"] == 0


def test_without_a_token_it_is_401(client, db):
    assert client().post("/api/auth/logout").status_code == 401
