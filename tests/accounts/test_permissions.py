"""Owners and staff may, everybody else may not."""

from types import SimpleNamespace
from typing import get_args

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.permissions import Verb, can

VERBS = get_args(Verb)


@pytest.mark.parametrize("verb", VERBS)
def test_the_owner_and_staff_may_others_may_not(owner, teammate, stranger, staff, verb):
    thing = SimpleNamespace(owner_id=owner.pk)
    people = (owner, staff, teammate, stranger, AnonymousUser())
    assert [can(person, verb, thing) for person in people] == [True, True, False, False, False]


@pytest.mark.parametrize("verb", VERBS)
def test_inactive_people_may_nothing(owner, staff, verb):
    thing = SimpleNamespace(owner_id=owner.pk)
    owner.is_active = staff.is_active = False
    assert not can(owner, verb, thing)
    assert not can(staff, verb, thing)


@pytest.mark.parametrize("verb", VERBS)
def test_what_belongs_to_nobody_is_only_for_staff(owner, staff, verb):
    orphan = SimpleNamespace(owner_id=None)
    assert not can(owner, verb, orphan)
    assert not can(AnonymousUser(), verb, orphan)
    assert can(staff, verb, orphan)
