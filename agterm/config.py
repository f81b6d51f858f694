"""The one typed configuration: read once from `AGTERM_*`, frozen; nobody else reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "AGTERM_"
SECRETS = ("secret_key",)  # these may come from a file, AGTERM_<NAME>_FILE
PROVIDER_VARIABLES = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL",
    "OPENAI_API_KEY", "OPENAI_BASE_URL",
    "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL",
)  # fmt: skip


class ConfigError(Exception):
    """A variable is misspelt or malformed; the message names it and says what is wrong."""


def _comma_separated(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_comma_separated)]


class Config(BaseModel):
    """Every setting of AGTerm. A field `x` is the variable `AGTERM_X`; secrets may come from a file, `AGTERM_X_FILE`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path.home() / ".agterm",
        description="Folder of all data: database, keys, workspaces, installed agents.",
    )
    bind: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(3000, ge=0, le=65535, description="Port the server listens on; 0 lets the kernel choose.")
    server: Literal["uvicorn", "daphne"] = Field("uvicorn", description="ASGI server that `agterm serve` starts.")
    public_url: str = Field(
        "",
        description="Address people reach the server at, when it is behind a proxy, e.g. https://agterm.example.org.",
    )
    allowed_origins: Names = Field(
        (), description="Further browser origins that may write and open sockets, comma-separated."
    )
    allowed_hosts: Names = Field(
        (),
        description="Host names the server answers to, comma-separated; empty: loopback names, the bind address and the public URL's host; * for any.",
    )
    trusted_proxies: Names = Field(
        (), description="Addresses of reverse proxies whose X-Forwarded-For and -Proto are believed, comma-separated."
    )
    secret_key: SecretStr | None = Field(
        None, description="Key that signs tokens; made on the first start and kept in the home folder when not given."
    )
    admin_user: str = Field("admin", min_length=1, description="Name of the user made on the first start.")
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an access token.")
    refresh_token_days: int = Field(
        30, ge=1, le=365, description="Life of a refresh token and of the browser's log-in."
    )
    rate_limit_window: int = Field(900_000, ge=1000, description="Window of the rate limit, in milliseconds.")
    rate_limit_max: int = Field(100, ge=1, description="Requests an API or anonymous caller may make in one window.")
    rate_limit_browser_max: int = Field(
        20_000, ge=1, description="Requests the browser's own log-in may make in one window."
    )
    login_attempts_per_minute: int = Field(5, ge=1, description="Log-in tries a minute, per address and name.")
    disabled_agents: Names = Field((), description="Agents that may not be started, comma-separated, e.g. shell.")
    agent_path: Names = Field(
        (), description="Further folders where agent CLIs are looked for, comma-separated; before PATH."
    )
    allowed_roots: Names = Field(
        (),
        description="Folders below which a session's cwd may lie, comma-separated; empty: the server user's HOME, or none when the runner is root.",
    )
    runner: str = Field(
        "", description="Address of the runner, unix:/path/to/socket; empty: the socket in the home folder."
    )
    journal_bytes: int = Field(
        4 * 1024 * 1024,
        ge=1 << 20,
        le=1 << 30,
        description="Output kept per session for readers that come back, in bytes.",
    )
    scrollback_lines: int = Field(10_000, ge=0, le=200_000, description="Lines of history a live screen keeps.")
    stop_grace_ms: int = Field(
        1500, ge=0, le=20_000, description="Time a session's program gets between SIGHUP and SIGKILL."
    )
    reconcile_seconds: int = Field(15, ge=1, description="How often rows are compared with the runner.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is logged."
    )
    debug: bool = Field(False, description="Django's debug mode; never on a server others reach.")
    provider_environment: Mapping[str, str] = Field(
        default_factory=dict,
        repr=False,
        description="Provider credentials from their usual variables (ANTHROPIC_API_KEY and so on).",
    )

    @property
    def runner_address(self) -> str:
        """Where the runner listens: `unix:/absolute/path`."""
        return self.runner or f"unix:{self.home / 'run' / 'runner.sock'}"

    @property
    def database_path(self) -> Path:
        return self.home / "agterm.sqlite3"


def load(environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration, from `os.environ` unless told.

    Raises `ConfigError` naming the variable that is unknown, malformed, or whose file can't be read.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith(PREFIX):
            field, text = _field_of(name, value)
            values[field] = text
    values["provider_environment"] = {k: environment[k] for k in PROVIDER_VARIABLES if environment.get(k)}
    try:
        config = Config(**values)
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']} (got {e['input']!r})" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from None
    return config.model_copy(update={"home": config.home.expanduser().absolute()})


def _field_of(name: str, value: str) -> tuple[str, str]:
    field = name.removeprefix(PREFIX).lower()
    if field in Config.model_fields and field != "provider_environment":
        return field, value
    secret = field.removesuffix("_file")
    if field.endswith("_file") and secret in SECRETS:
        try:
            return secret, Path(value).read_text().strip()
        except OSError as error:
            raise ConfigError(f"{name}: can't read {value}: {error.strerror}") from None
    raise ConfigError(f"{name}: there is no such setting; docs/configuration.md lists them all")
