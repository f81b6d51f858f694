"""How sessions are walled in: what one asks of its box, what this server insists on, and what the runner says of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from django.conf import settings
from django.contrib.auth.models import User

from agents import registry
from agents import services as agents
from agents.services import Launch
from core.errors import Forbidden, InvalidRequest, SessionNotFound
from core.moments import timestamp
from runner import client
from runner.protocol import Level
from sessions.models import Session
from sessions.payloads import CreateSession

LEVELS: tuple[Level, ...] = get_args(Level)  # from weak to strong


def recipe(wanted: CreateSession) -> dict[str, Any]:
    """What the session's recipe remembers of the network it was asked to have.

    Hosts that narrow the proxy pin the policy `proxy`: another default, later, must not widen it. Raises
    `InvalidRequest` when there is no proxy to narrow.
    """
    network: str = wanted.network or settings.AGTERM.network
    if wanted.networkAllow and network != "proxy":
        raise _invalid("networkAllow", f"narrows the proxy, and network {network} has none; leave it out")
    return {"network": network if wanted.networkAllow else wanted.network, "network_allow": wanted.networkAllow}


def asked(row: Session, agent_id: str) -> dict[str, Any]:
    """What starting this agent in the session asks of its box (`runner.protocol.Launch`).

    Raises `Forbidden` for an open network that its owner may not have, or no longer, and `InvalidRequest` for a folder
    that he may not name and for an agent that could not reach its model.
    """
    _check_cwd(row)
    wanted, usual = row.recipe.get("network"), settings.AGTERM.network
    if wanted == "open" and usual != "open" and not row.owner.is_staff:
        raise Forbidden(
            "network: open reaches all that the machine reaches, and only administrators may choose it here; choose "
            "proxy, or ask the operator for AGTERM_NETWORK=open",
            details={"fields": [{"field": "network", "message": "is for administrators"}]},
        )
    if (wanted or usual) == "none" and agents.needs_provider(registry.get(agent_id)):
        raise _invalid("network", "none keeps this agent from its model; choose gateway or proxy")
    return {
        "network": wanted,
        "network_allow": row.recipe.get("network_allow") or [],
        "isolation_minimum": minimum(),
    }


def check_way(row: Session, launch: Launch) -> None:
    """Raises `InvalidRequest` where an agent that is logged in by subscription could not reach its provider."""
    network = row.recipe.get("network") or settings.AGTERM.network
    if launch.by_subscription and network in ("none", "gateway"):
        raise _invalid("network", f"{network} keeps an agent that is logged in by subscription from its provider; "
                       "choose proxy")  # fmt: skip


def _check_cwd(row: Session) -> None:
    """Where the operator names no folders, a cwd lies in the server user's HOME, which is not for everybody."""
    if row.recipe.get("cwd") is not None and not settings.AGTERM.allowed_roots and not row.owner.is_staff:
        raise _invalid(
            "cwd", "is for administrators here; the operator names folders for everybody with AGTERM_ALLOWED_ROOTS"
        )


def _invalid(field: str, text: str) -> InvalidRequest:
    message = f"{field}: {text}"
    return InvalidRequest(message, details={"fields": [{"field": field, "message": message}]})


def minimum() -> Level:
    """Below this level the runner starts nothing."""
    wanted: str = settings.AGTERM.isolation_minimum
    return next((level for level in LEVELS if level == wanted), "landlock" if several_users() else "none")


def several_users() -> bool:
    return len(User.objects.filter(is_active=True).values_list("pk")[:2]) > 1


def report() -> dict[str, Any]:
    """What the runner of new sessions says of its box, and what this server makes of it; names as on the wire."""
    config = settings.AGTERM
    said: dict[str, Any] = client.call(config.runner_address, "isolation")
    wanted, effective = config.isolation_minimum, minimum()
    missing = [part | {"what": _camel_name(part["what"])} for part in said["missing"]]
    shown: dict[str, Any] = _camel(said | {"missing": missing})
    return shown | {
        "minimum": {
            "wanted": wanted,
            "effective": effective,
            "satisfied": LEVELS.index(said["level"]) >= LEVELS.index(effective),
        },
        "severalUsers": several_users(),
        "network": {
            "default": config.network,
            "allow": list(config.network_allow),
            "privateCount": len(config.network_private),
        },
    }


def _camel(value: Any) -> Any:
    """The same with camelCase names."""
    if isinstance(value, Mapping):
        return {_camel_name(name): _camel(part) for name, part in value.items()}
    return [_camel(part) for part in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def reached(row: Session) -> dict[str, Any]:
    """`{network, allow, reached}`: what the session asked its proxy for, the newest last; nothing once forgotten."""
    try:
        said: dict[str, Any] = client.call(row.runner, "reached", id=str(row.pk))
    except SessionNotFound:
        return {"network": row.isolation.get("network"), "allow": row.isolation.get("allow", []), "reached": []}
    return said | {"reached": [_entry(entry) for entry in said["reached"]]}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "at": timestamp(datetime.fromtimestamp(entry["at"], UTC))}
