"""What a request is called in the audit log, by its route alone: `POST api/sessions/<id>/stop` is `session.stop`."""

from typing import Final

ONE_OF: Final = {
    "agents": "agent",
    "branches": "branch",
    "budgets": "budget",
    "logins": "login",
    "processes": "process",
    "profiles": "profile",
    "providers": "provider",
    "recordings": "recording",
    "runs": "run",
    "schemas": "schema",
    "sessions": "session",
    "shares": "share",
    "subscriptions": "subscription",
    "tokens": "token",
    "uploads": "upload",
    "users": "user",
}
VERBS: Final = {"POST": "create", "PUT": "put", "PATCH": "change", "DELETE": "delete"}
NAMED: Final = {
    ("POST", "api/auth/login"): "login.create",
    ("POST", "api/auth/logout"): "login.delete",
    ("POST", "api/auth/password"): "password.change",
    ("POST", "api/run"): "run.create",
    ("POST", "api/upload"): "image.upload",
    ("POST", "api/sessions/batch/execute"): "session.execute",
    ("POST", "api/sessions/batch/input"): "session.input",
}
UNTOLD: Final = {  # they change nothing, or only how something looks for a moment
    "api/auth/refresh",
    "api/auth/socket-token",
    "api/notifications/presence",
    "api/search",
    "api/sessions/<str:session_id>/resize",
}
SELDOM_S: Final = {"session.input": 300, "session.attach": 60, "session.take_control": 60}


def action(method: str, route: str | None) -> str:
    if route is None:
        return "request"
    if (method, route) in NAMED:
        return NAMED[method, route]
    parts = [part for part in route.removeprefix("api/").split("/") if part]
    words = [part for part in parts if not part.startswith("<")]
    if words[:1] == ["auth"]:
        words = words[1:]
    ends_in_one = bool(parts) and parts[-1].startswith("<")
    if method == "POST" and not ends_in_one and words and words[-1] not in ONE_OF:
        return ".".join(ONE_OF.get(word, word) for word in words)  # its last word is the verb: stop, commit, merge
    return ".".join([*(ONE_OF.get(word, word) for word in words), VERBS.get(method, method.lower())])
