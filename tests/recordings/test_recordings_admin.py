"""The admin's page of recordings: they are seen, and deleted with their files once that is meant; no more."""

import pytest
from django.test import Client

from recordings.models import Recording


@pytest.fixture
def site(make_user):
    made = Client()
    made.force_login(make_user("boss", is_staff=True, is_superuser=True))
    return made


def test_a_recording_is_seen_and_deleted_with_its_file(site, start, begin, end, runner):
    made = end(begin(start(), title="Of the owner")["id"])
    url = "/admin/agterm_recordings/recording/"
    assert "Of the owner" in site.get(url).content.decode()
    assert site.get(f"{url}{made['id']}/change/").status_code == 200
    assert site.get(f"{url}add/").status_code == 403
    assert site.post(f"{url}{made['id']}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_with_files", "_selected_action": [made["id"]]}
    assert "Delete these recordings" in site.post(url, chosen).content.decode()
    assert Recording.objects.exists()
    site.post(url, chosen | {"post": "yes"})
    assert not Recording.objects.exists()
    assert not (runner.home / "recordings" / f"{made['id']}.cast").exists()


def test_one_whose_runner_is_away_stays_and_the_page_says_why(site, past):
    row = past()
    url = "/admin/agterm_recordings/recording/"
    chosen = {"action": "delete_with_files", "_selected_action": [str(row.pk)], "post": "yes"}
    page = site.post(url, chosen, follow=True)
    assert "The runner does not answer" in page.content.decode()
    assert Recording.objects.count() == 1
