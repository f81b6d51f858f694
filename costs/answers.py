"""What callers of the cost endpoints get, for the OpenAPI document. Dollars are decimal strings, exact."""

from typing import Literal

from core.described import Answer, Timestamp, Usd

Scope = Literal["global", "user", "session", "agent"]
Period = Literal["total", "day", "week", "month"]
Action = Literal["warn", "block"]
State = Literal["ok", "warning", "exceeded"]


class Counts(Answer):
    """Token classes don't overlap; `reasoningTokens` are among `outputTokens`."""

    costUsd: Usd
    requests: int
    inputTokens: int
    cacheReadTokens: int
    cacheWriteTokens: int
    outputTokens: int
    reasoningTokens: int


class Unpriced(Answer):
    """Calls whose model has no known price; they count as $0 until they get one."""

    requests: int
    tokens: int


class UnpricedModels(Unpriced):
    models: list[str]


class BriefSums(Counts):
    """`apiEquivalent`: what a subscription's calls would have cost by the API; never part of the dollars."""

    apiEquivalent: Counts
    unpriced: Unpriced


class Sums(Counts):
    """`apiEquivalent`: what a subscription's calls would have cost by the API; never part of the dollars."""

    apiEquivalent: Counts
    unpriced: UnpricedModels


class Part(Sums):
    """The parts of a whole add up to 100, or are 0 everywhere."""

    sharePercent: float


class ProviderPart(Part):
    provider: str


class ModelPart(ProviderPart):
    model: str


class AgentPart(Part):
    agent: str


class UserPart(Part):
    userId: int
    user: str | None


class DaySums(BriefSums):
    date: str


class MeteredSession(Answer):
    """What is known of a session that called something; also when it is deleted."""

    sessionId: str
    name: str
    agent: str
    owner: str
    createdAt: Timestamp


class SessionSums(MeteredSession, BriefSums):
    pass


class WholeSessionSums(MeteredSession, Sums):
    pass


class DateRange(Answer):
    """Whole days of `tz`, both ends counted."""

    startDate: str
    endDate: str
    days: int
    tz: str


class Head(Answer):
    range: DateRange
    currency: Literal["USD"]


class Total(Sums):
    """`sessions`: how many called anything."""

    sessions: int


class Pace(Answer):
    """Dollars in the last hour, and an hour's average over the last 24."""

    burnRatePerHour: Usd
    burnRatePerHour24h: Usd


class Forecast(Answer):
    """`method` says in words how it was reckoned; `forecastUsd` is null where no period ends."""

    periodEnd: Timestamp | None
    spentUsd: Usd
    ratePerHourUsd: Usd
    rateSince: Timestamp
    forecastUsd: Usd | None
    usedUpAt: Timestamp | None
    method: str


class BudgetStanding(Answer):
    """`reservedUsd` is held for calls under way."""

    limitUsd: Usd
    spentUsd: Usd
    reservedUsd: Usd
    remainingUsd: Usd
    percent: int
    state: State


class BudgetSubject(BudgetStanding):
    subject: str | None
    subjectName: str | None


class Budget(BudgetStanding):
    """The figures are those of its fullest subject; `subjects` are the twenty fullest."""

    id: str
    name: str
    scope: Scope
    owner: str | None
    sessionId: str | None
    sessionName: str | None
    agent: str | None
    period: Period
    timeZone: str
    softPercent: int
    action: Action
    createdBy: str | None
    createdAt: Timestamp
    periodStart: Timestamp | None
    periodEnd: Timestamp | None
    subjects: list[BudgetSubject]
    subjectCount: int
    forecast: Forecast


class CostEvent(Answer):
    """One line of the ledger. Lines never change: one that `corrects` another holds the difference."""

    id: str
    at: Timestamp
    kind: Literal["call", "transcript", "repricing", "belated"]
    basis: Literal["billed", "subscription"]
    corrects: str | None
    sessionId: str
    sessionName: str
    owner: str
    agent: str
    provider: str
    model: str
    inputTokens: int
    cacheReadTokens: int
    cacheWriteTokens: int
    cacheWrite1hTokens: int
    outputTokens: int
    reasoningTokens: int
    isEstimated: bool
    serviceTier: str | None
    speed: str | None
    source: Literal["reported", "computed", "unpriced"]
    costUsd: Usd | None
    priceVersion: str | None
    outcome: Literal["done", "error", "hung_up", "broken", "cut", "lost"]
    status: int | None
    requestId: str | None
    responseId: str | None
    firstByteMs: int | None
    totalMs: int | None


class DashboardAnswer(Head, Pace):
    total: Total
    apiEquivalent: Counts
    unpriced: UnpricedModels
    byProvider: list[ProviderPart]
    byModel: list[ModelPart]
    byAgent: list[AgentPart]
    byUser: list[UserPart]
    byDay: list[DaySums]
    topSessions: list[SessionSums]
    budgets: list[Budget]
    forecast: Forecast


class CostSessionsAnswer(Head):
    sessions: list[SessionSums]
    nextCursor: str | None


class CostSessionAnswer(Pace):
    """Its whole life; `events` are the newest 100."""

    currency: Literal["USD"]
    session: WholeSessionSums
    byModel: list[ModelPart]
    byAgent: list[AgentPart]
    byDay: list[DaySums]
    events: list[CostEvent]


class CostProvidersAnswer(Head):
    total: Sums
    providers: list[ProviderPart]


class CostModelsAnswer(Head):
    total: Sums
    models: list[ModelPart]


class CostAgentsAnswer(Head):
    total: Sums
    agents: list[AgentPart]


class CostUsersAnswer(Head):
    total: Sums
    users: list[UserPart]


class CostDailyAnswer(Head):
    total: BriefSums
    days: list[DaySums]


class CostEventsAnswer(Head):
    events: list[CostEvent]
    nextCursor: str | None


class CostExport(Head):
    events: list[CostEvent]


class BudgetsAnswer(Answer):
    budgets: list[Budget]
    nextCursor: str | None


class BudgetAnswer(Answer):
    budget: Budget


class BudgetDeletedAnswer(Answer):
    id: str
    deleted: Literal[True]
