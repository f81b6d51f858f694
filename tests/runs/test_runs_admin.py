"""The admin's page of runs: they are seen, with their owner, and cancelled; nothing else."""

import pytest
from support.scripts import TRAIL, says

from runs.models import Run


@pytest.fixture
def site(make_user, db):
    from django.test import Client

    made = Client()
    made.force_login(make_user("boss", is_staff=True, is_superuser=True))
    return made


@pytest.fixture
def begun(run):
    return Run.objects.get(pk=run(says(TRAIL[3]) + "; sleep 600", **{"async": True})["runId"])


def test_a_run_is_seen_and_cancelled(site, begun, ended):
    page = site.get("/admin/runs/run/").content.decode()
    assert "owner" in page
    assert "I look." in site.get(f"/admin/runs/run/{begun.pk}/change/").content.decode()
    site.post("/admin/runs/run/", {"action": "cancel", "_selected_action": [str(begun.pk)]})
    assert ended(begun.pk).status == "cancelled"
    assert site.get("/admin/runs/run/add/").status_code == 403
    assert site.post(f"/admin/runs/run/{begun.pk}/delete/", {"post": "yes"}).status_code == 403
