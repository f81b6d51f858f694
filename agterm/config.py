"""The one typed configuration: read once from `AGTERM_*`, frozen; nobody else reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from providers import catalog
from providers.catalog import Provider

PREFIX = "AGTERM_"
SECRETS = ("secret_key", "encryption_key")  # these may come from a file, AGTERM_<NAME>_FILE


class ConfigError(Exception):
    """A variable is misspelt or malformed; the message names it and says what is wrong."""


def _comma_separated(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("there is no such time zone; an example is Europe/Berlin")
    return name


Names = Annotated[tuple[str, ...], BeforeValidator(_comma_separated)]
Modes = Annotated[
    tuple[Literal["readOnly", "dryRun", "confirm", "strict"], ...], BeforeValidator(_comma_separated)
]  # of headless runs


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
    encryption_key: SecretStr | None = Field(
        None,
        description="Key that encrypts stored provider keys and log-ins; made on the first start and kept in the home folder when not given. To change it give both, the new one first, with a comma between.",
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
        description="Folders below which a session's cwd may lie, and which the file API shows, comma-separated; empty: for cwd the server user's HOME, for administrators only, or none when the runner is root; for files only workspaces.",
    )
    isolation: Literal["auto", "namespaces", "landlock", "landlock-files", "none"] = Field(
        "auto",
        description="What stands between a session and the machine; auto: the strongest that starts here. One that does not start is an error, never replaced by a weaker one.",
    )
    isolation_minimum: Literal["auto", "namespaces", "landlock", "landlock-files", "none"] = Field(
        "auto",
        description="Below it sessions are refused; auto: landlock as soon as there is a second user, none before.",
    )
    network: Literal["none", "gateway", "proxy", "open"] = Field(
        "proxy",
        description="What a session reaches unless it says otherwise: nothing, the providers' door, also the public internet through our proxy, or all that the machine reaches.",
    )
    network_allow: Names = Field(
        (),
        description="Hosts to which the proxy is narrowed, comma-separated, e.g. github.com,*.githubusercontent.com; empty: any public host.",
    )
    network_private: Names = Field(
        (),
        description="Private hosts, addresses or networks that the proxy may reach all the same, comma-separated, e.g. registry.corp:8081,10.1.0.0/16.",
    )
    session_memory_mb: int = Field(
        8192, ge=0, description="Memory that all processes of a session may use together, in MiB; 0: no limit."
    )
    session_processes: int = Field(2048, ge=16, le=65_536, description="Processes and threads a session may have.")
    sandbox_readable: Names = Field(
        (), description="Further folders that sessions may read, comma-separated, e.g. a toolchain in somebody's HOME."
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
        1500,
        ge=0,
        le=20_000,
        description="Time that what runs in a session gets between SIGHUP and SIGKILL; SIGTERM comes after half of it.",
    )
    idle_minutes: float = Field(
        0,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="End a session that for so long printed nothing, was typed nothing and used no processor time; 0: never.",
    )
    max_sessions_per_user: int = Field(
        50,
        ge=0,
        description="Sessions a user may have running at once (an agent takes 150 to 900 MB of memory); 0: any number.",
    )
    run_agent: str = Field("agterm", min_length=1, description="Agent of headless runs that name none.")
    run_policy: Modes = Field(
        (),
        description="Safety modes of every headless run and of agterm-agent in sessions, comma-separated: readOnly, dryRun, confirm, strict. A request may add some, never take one away.",
    )
    run_timeout_s: int = Field(
        3600, ge=1, le=86_400, description="Time a headless run may take, in seconds; a request may ask for less."
    )
    runs_per_user: int = Field(8, ge=0, description="Headless runs a user may have under way at once; 0: any number.")
    upload_max_mb: int = Field(
        1024, ge=1, le=1_000_000, description="Largest file that may be uploaded into a workspace, in MiB."
    )
    preview_host: str = Field(
        "",
        description="Host below which previewed pages get an address of their own, e.g. preview.example.org, of which DNS and certificate must cover *.preview.example.org; empty: localhost when the server is reached by a loopback name, else previews are shown sandboxed at the server's own address.",
    )
    record_all: bool = Field(False, description="Record every session from its start.")
    recording_max_mb: int = Field(
        1024, ge=1, le=1_000_000, description="Where a recording ends, in MiB; it says so (truncated)."
    )
    recording_max_hours: float = Field(
        24,
        gt=0,
        le=10_000,
        allow_inf_nan=False,
        description="Where a recording ends, in hours; it says so (truncated).",
    )
    recording_days: int = Field(0, ge=0, description="Recordings are deleted after so many days; 0: never.")
    recordings_total_mb: int = Field(
        20_480, ge=0, description="The oldest recordings are deleted when all together are larger, in MiB; 0: no limit."
    )
    search: bool = Field(True, description="Keep a search index of what sessions print and are told.")
    search_days: int = Field(90, ge=0, description="The search index forgets after so many days; 0: never.")
    search_max_mb: int = Field(
        4096, ge=16, description="The search index forgets the oldest when it is larger, in MiB."
    )
    push_hosts: Names = Field(
        (
            "fcm.googleapis.com",
            "*.push.services.mozilla.com",
            "*.push.apple.com",
            "*.notify.windows.com",
        ),
        description="Push services that notifications of browsers are sent to, comma-separated: host, *.host, or http://host:port for one of your own; none: an empty value.",
    )
    reconcile_seconds: int = Field(15, ge=1, description="How often rows are compared with the runner.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is logged."
    )
    debug: bool = Field(False, description="Django's debug mode; never on a server others reach.")
    providers_file: Path | None = Field(
        None,
        description="File with further providers, any address that speaks as OpenAI or Anthropic does (TOML); see below.",
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC",
        description="Where the days of the ledger begin, and those of budgets that name no zone, e.g. Europe/Berlin.",
    )
    prices_file: Path | None = Field(
        None, description="File with own models and prices by date, laid over the bundled ones (JSON)."
    )
    prices_url: str = Field(
        "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json",
        description="Where `agterm prices refresh` fetches the price list.",
    )
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
    def own_providers(self) -> tuple[Provider, ...]:
        """What the providers file describes."""
        return _own_providers(self.providers_file)

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders below which a session's cwd may lie, links resolved."""
        named = self.allowed_roots or (() if os.geteuid() == 0 else (str(Path.home()),))
        return tuple(Path(root).expanduser().resolve() for root in named)

    @property
    def file_roots(self) -> tuple[Path, ...]:
        """Folders outside of workspaces that the file API shows: only what the operator named."""
        return tuple(Path(root).expanduser().resolve() for root in self.allowed_roots)

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
            if field in values:
                raise ConfigError(f"{PREFIX}{field.upper()} and {PREFIX}{field.upper()}_FILE: give only one of them")
            values[field] = text
    own_providers = _own_providers(values.get("providers_file"))
    values["provider_environment"] = _provider_environment(environment, own_providers)
    try:
        config = Config(**values)
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']} (got {e['input']!r})" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from None
    try:
        home = config.home.expanduser().resolve()  # what hides the folder from sessions compares resolved paths
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"{PREFIX}HOME: {error}") from None
    return config.model_copy(update={"home": home})


def _field_of(name: str, value: str) -> tuple[str, str]:
    field = name.removeprefix(PREFIX).lower()
    if field in Config.model_fields and field != "provider_environment":
        return field, value
    secret = field.removesuffix("_file")
    if field.endswith("_file") and secret in SECRETS:
        return secret, _content(name, value)
    raise ConfigError(f"{name}: there is no such setting; docs/configuration.md lists them all")


def _content(name: str, path: str) -> str:
    """What stands in the file that the variable `name` names."""
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ConfigError(f"{name}: can't read {path}: {error.strerror}") from None
    except ValueError:
        raise ConfigError(f"{name}: {path} is not text") from None


def _own_providers(path: str | Path | None) -> tuple[Provider, ...]:
    try:
        return catalog.read(Path(path).expanduser()) if path else ()
    except catalog.CatalogError as error:
        raise ConfigError(f"{PREFIX}PROVIDERS_FILE: {error}") from None


def _provider_environment(environment: Mapping[str, str], own: tuple[Provider, ...]) -> dict[str, str]:
    """The providers' variables that say something; a key that came from a file stands there with the file's name."""
    found = {name: environment[name] for name in catalog.variables(own) if environment.get(name)}
    for name in catalog.key_variables(own):
        if path := environment.get(f"{name}_FILE"):
            if name in found:
                raise ConfigError(f"{name} and {name}_FILE: give only one of them")
            found |= {name: _content(f"{name}_FILE", path), f"{name}_FILE": path}
    return found
