"""A profile as its owner sees it, and the machine's shells: camelCase, nothing given is null."""

from pathlib import Path
from typing import Any

from core.moments import timestamp
from profiles.models import Profile


def profile(row: Profile, default_id: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "agent": row.agent,
        "path": row.path or None,
        "args": row.args,
        "env": row.env,
        "cwd": row.cwd or None,
        "icon": row.icon or None,
        "color": row.color or None,
        "tags": row.tags,
        "provider": row.provider or None,
        "model": row.model or None,
        "initialCommand": row.initial_command or None,
        "prompt": row.prompt or None,
        "isDefault": row.pk == default_id,
        "isCustom": row.is_custom,
        "createdAt": timestamp(row.created_at) if row.is_custom else None,
        "updatedAt": timestamp(row.updated_at) if row.is_custom else None,
    }


def shell(path: str) -> dict[str, str]:
    return {"name": Path(path).name, "path": path, "cmd": path}
