"""What callers of the agent endpoints get, for the OpenAPI document."""

from typing import Literal

from core.described import MAY_BE_MISSING, Answer, Timestamp

Flag = Literal["readOnly", "dryRun", "confirm", "strict"]
KeySource = Literal["own", "stored", "file", "env", "subscription"]


class Headless(Answer):
    """`flags`: what a headless run of it keeps; `takesAnswers`: somebody can allow its tool calls while it runs."""

    flags: list[Flag]
    takesAnswers: bool


class Agent(Answer):
    """An agent CLI as it stands for the caller. `available`: it can be started now."""

    id: str
    name: str
    icon: str
    color: str
    welcome: str
    command: str
    provider: str | None
    providers: list[str]
    configuredProviders: list[str]
    defaultModel: str | None
    models: list[str]
    capabilities: list[str]
    available: bool
    enabled: bool
    cliExists: bool
    cliPath: str | None
    version: str | None
    installHint: str | None
    hasCredentials: bool
    keySource: KeySource | None
    canLogIn: bool
    headless: Headless | None
    missingEnvVars: list[str] = MAY_BE_MISSING


class AgentsAnswer(Answer):
    agents: list[Agent]


class AgentAnswer(Answer):
    agent: Agent


class AgentLogin(Answer):
    """A log-in by subscription; never a token. `usable`: it can still be read."""

    agent: str
    savedAt: Timestamp
    usable: bool


class LoginsAnswer(Answer):
    logins: list[AgentLogin]


class LoginAnswer(Answer):
    login: AgentLogin


class LoginRevokedAnswer(Answer):
    agent: str
    revoked: Literal[True]
