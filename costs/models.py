"""The ledger, its daily totals, and the budgets that hold it. Money is whole pico-dollars (10⁻¹² US dollars)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class MeteredSession(models.Model):
    """What the ledger knows of a session; it stays when the session is deleted. `id` is the session's."""

    id = models.UUIDField(primary_key=True)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="inner",
        help_text="Within which it works: what holds that one's calls holds its own as well.",
    )
    name = models.CharField(max_length=200)
    agent = models.CharField(max_length=64, help_text="The newest one.")
    created_at = models.DateTimeField()
    refused_by = models.ForeignKey(
        "Spending", on_delete=models.SET_NULL, null=True, related_name="+", help_text="None: its newest was let in."
    )
    refused_picousd = models.BigIntegerField(default=0, help_text="The least that the refused call needed.")

    class Meta:
        db_table = "agterm_metered_session"
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    CALL = "call"  # metered at the providers' door
    TRANSCRIPT = "transcript"  # told by a CLI that is logged in by subscription, past the door
    REPRICING = "repricing"  # the difference that a later price makes; no tokens
    BELATED = "belated"  # what a call taken for lost turned out to be, less what had been reckoned for it


class Basis(models.TextChoices):
    BILLED = "billed"
    SUBSCRIPTION = "subscription"  # what the provider's API would have cost; never summed with dollars


class Source(models.TextChoices):
    """Where an entry's cost comes from."""

    REPORTED = "reported"
    COMPUTED = "computed"
    UNPRICED = "unpriced"


class Outcome(models.TextChoices):
    DONE = "done"
    ERROR = "error"  # the provider refused or failed
    HUNG_UP = "hung_up"  # the caller left; metered to its end all the same
    BROKEN = "broken"  # the provider broke off its answer
    CUT = "cut"  # we ended it, because a budget was used up
    LOST = "lost"  # this server went away in the middle


class Entry(models.Model):
    """One line of the ledger: what a provider bills once. Never changed, never deleted (the database sees to that).

    Token classes as in `providers.usage.Usage`. `key` makes recording idempotent: `call:<uuid>`, `belated:<uuid>`,
    `transcript:<agent>:<id>`, `reprice:<entry>:<how often before>`. `at` is when the call began; its day's prices and
    periods count. An entry that `corrects` another is a difference, not a request, and has the other's `at`.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CALL)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.BILLED)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )  # an index that is nearly all NULLs would mislead SQLite's planner; see `ledger_corrections`
    session = models.ForeignKey(MeteredSession, on_delete=models.PROTECT, related_name="entries", db_index=False)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", db_index=False)
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64)
    model = models.CharField(max_length=200, help_text="As the answer named it, else as it was asked for.")
    at = models.DateTimeField()
    day = models.DateField(help_text="Of `at`, in the server's own time zone (AGTERM_TIME_ZONE).")

    input_tokens = models.BigIntegerField(default=0)
    cache_read_tokens = models.BigIntegerField(default=0)
    cache_write_tokens = models.BigIntegerField(default=0)
    cache_write_1h_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    reasoning_tokens = models.BigIntegerField(default=0)
    extra = models.JSONField(default=dict)
    is_estimated = models.BooleanField(default=False, help_text="The provider never told the usage; we reckoned it.")

    service_tier = models.CharField(max_length=32, blank=True)
    speed = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=12, choices=Source)
    cost_picousd = models.BigIntegerField(default=0, help_text="0 while unpriced.")
    price_version = models.CharField(max_length=100, blank=True)

    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.DONE)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the provider's answer.")
    request_id = models.CharField(max_length=200, blank=True, help_text="The provider's, from its headers.")
    response_id = models.CharField(max_length=200, blank=True, help_text="The provider's, from its answer.")
    first_byte_ms = models.PositiveIntegerField(null=True)
    total_ms = models.PositiveIntegerField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "agterm_ledger"
        indexes: ClassVar = [
            models.Index(fields=["session", "at"]),
            models.Index(fields=["owner", "at"]),
            models.Index(fields=["at"]),
            models.Index(fields=["request_id"], name="ledger_request_id"),
            models.Index(fields=["corrects"], condition=models.Q(corrects__isnull=False), name="ledger_corrections"),
            models.Index(
                name="ledger_sums",  # the sums of another time zone's days, without touching the rows
                fields=[
                    "basis",
                    "at",
                    "owner",
                    "corrects",
                    "cost_picousd",
                    "input_tokens",
                    "cache_read_tokens",
                    "cache_write_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                ],
            ),
            models.Index(fields=["at"], condition=models.Q(source="unpriced"), name="ledger_unpriced"),
        ]


class DailyTotal(models.Model):
    """Sums of entries that share all of these; kept in the same transaction as the ledger, so never out of date."""

    day = models.DateField()
    session = models.ForeignKey(MeteredSession, on_delete=models.PROTECT, related_name="totals")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64)
    model = models.CharField(max_length=200)
    basis = models.CharField(max_length=12, choices=Basis)

    requests = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    cache_read_tokens = models.BigIntegerField(default=0)
    cache_write_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    reasoning_tokens = models.BigIntegerField(default=0)
    cost_picousd = models.BigIntegerField(default=0)
    unpriced_requests = models.BigIntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)

    class Meta:
        db_table = "agterm_daily_total"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "session", "owner", "agent", "provider", "model", "basis"], name="one_total_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["session"]), models.Index(fields=["owner", "day"])]


class Scope(models.TextChoices):
    GLOBAL = "global"
    USER = "user"
    SESSION = "session"
    AGENT = "agent"


class Period(models.TextChoices):
    TOTAL = "total"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Action(models.TextChoices):
    WARN = "warn"
    BLOCK = "block"


class Budget(models.Model):
    """A limit on what calls may cost.

    `owner`: whose calls count (None: everybody's; only staff make those). `scope` says what is counted on its own: all
    of them together (`global`), each user, each session, each agent; `session` or `agent` narrows it to one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(USER, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope)
    session = models.ForeignKey(MeteredSession, on_delete=models.CASCADE, null=True, blank=True, related_name="budgets")
    agent = models.CharField(max_length=64, blank=True)
    limit_picousd = models.BigIntegerField()
    period = models.CharField(max_length=8, choices=Period, default=Period.TOTAL)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="Where its days, weeks and months begin.")
    soft_percent = models.PositiveSmallIntegerField(default=80, help_text="From here on it warns.")
    action = models.CharField(max_length=8, choices=Action, default=Action.BLOCK)
    created_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "agterm_budget"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(scope="session", period="total"),
                name="one_budget_of_a_session",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.scope} budget"


class Spending(models.Model):
    """The one counter of a budget, in one period, for one subject: what is enforced, shown and reported.

    `subject` is "" when all is counted together, else the id of the user, session or agent. `spent` equals the billed
    entries of the ledger in that period; `reserved` is what the calls under way may cost in the worst case.
    """

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="spendings")
    subject = models.CharField(max_length=64, blank=True)
    begins_at = models.DateTimeField(help_text="Of the period; the epoch for `total`.")
    spent_picousd = models.BigIntegerField(default=0)
    reserved_picousd = models.BigIntegerField(default=0)
    warned_at_picousd = models.BigIntegerField(null=True, help_text="The limit of which a warning was last told.")
    exceeded_at_picousd = models.BigIntegerField(null=True, help_text="The limit that was last told to be used up.")

    class Meta:
        db_table = "agterm_spending"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "subject", "begins_at"], name="one_counter_a_period")
        ]


class OpenCall(models.Model):
    """A call that is under way, with what was reserved for it; gone when its entry is written.

    What it takes to write an entry of it even if this server dies: then `touched_at` grows old.
    """

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(MeteredSession, on_delete=models.PROTECT, related_name="+")
    agent = models.CharField(max_length=64)
    provider = models.CharField(max_length=64)
    model = models.CharField(max_length=200)
    service_tier = models.CharField(max_length=32, blank=True)
    speed = models.CharField(max_length=32, blank=True)
    input_bytes = models.BigIntegerField(help_text="Size of the request; the estimate when nothing else is known.")
    max_output_tokens = models.BigIntegerField(null=True, help_text="As the request asked for.")
    answers = models.PositiveIntegerField(default=1, help_text="That the request asked for.")
    reserved = models.JSONField(default=list, help_text="[[spending id, pico-dollars], …]")
    at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="Whoever makes the call changes it all the time.")

    class Meta:
        db_table = "agterm_open_call"
