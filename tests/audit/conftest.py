"""What every audit test can ask for: a home of its own, so that no other test's `audit.head` is in the way."""

import pytest

from audit.models import AuditEvent


@pytest.fixture(autouse=True)
def _own_home(configure, tmp_path):
    configure(home=tmp_path)


@pytest.fixture
def events(db):
    """`events()`: all that was written, the oldest first."""
    return lambda: list(AuditEvent.objects.order_by("seq"))
