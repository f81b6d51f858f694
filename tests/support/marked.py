"""One thing of every kind that a user can have, each with a mark in it by which it is known wherever it turns up."""

import json
import uuid
from datetime import UTC, datetime

from django.contrib.auth.models import User

from accounts import services as accounts
from accounts.models import ApiToken, Login
from costs.models import Budget
from files.models import Upload
from profiles.models import Profile
from recordings.models import Recording
from runs.models import ApiDocument, Run, RunEvent
from sessions.models import LIVE, Session, Share

MARK = "qzvmarkqzv"
BYTES = "application/octet-stream"
DOCUMENT = {
    "openapi": "3.0.0", "info": {"title": MARK, "version": "1"}, "servers": [{"url": "https://marked.example.org"}],
    "paths": {"/things": {"get": {"operationId": MARK, "responses": {"200": {"description": "fine"}}}}},
}  # fmt: skip
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02fe"
    "a735814f0000000049454e44ae426082"
)
COMMIT = (
    "git init -q -b main . && git config user.name Marked && git config user.email marked@example.org && git add -A "
    f"&& git commit -q -m {MARK} && echo more >> {MARK}.txt"
)


class Marked:
    """The owner's things. `ids`: theirs, by the names that paths have for them; `renew` makes what is gone anew."""

    def __init__(self, client, user, password):
        self._client, self._user, self._password = client, user, password
        self._made = {}
        self._makers = {
            "session": (Session, self._session),
            "spare": (Session, self._spare),
            "recording": (Recording, self._recording),
            "run": (Run, self._run),
            "document": (ApiDocument, self._document),
            "budget": (Budget, self._budget),
            "profile": (Profile, self._profile),
            "upload": (Upload, self._upload),
            "share": (Share, self._share),
            "token": (ApiToken, self._token),
            "login": (Login, self._login),
            "user": (User, self._another),
        }
        self.renew(self._makers)

    @property
    def ids(self):
        made = {name: str(key) for name, key in self._made.items()}
        return {
            "sessionId": made["session"], "recordingId": made["recording"], "runId": made["run"], "name": "marked",
            "budgetId": made["budget"], "profileId": made["profile"], "uploadId": made["upload"],
            "someId": made["recording"], "agentId": "shell", "providerId": "openai", "shareId": made["share"],
            "tokenId": made["token"], "loginId": made["login"], "userId": made["user"],
        }  # fmt: skip

    @property
    def requests(self):
        """By name of an operation what somebody would send to it who wants it done: what chance would hardly find."""
        here = {"sessionId": str(self._made["session"])}
        file, spare = here | {"path": f"{MARK}.txt"}, str(self._made["spare"])
        return {
            "createSession": {"body": {"agent": "shell", "shell": "/bin/sh"}},
            "changeSession": {"body": {"name": f"{MARK} again"}},
            "createShare": {"body": {"mode": "view"}},
            "createBudget": {"body": {"scope": "user", "limitUsd": "1000", "name": "wanted"}},
            "makeFolder": {"body": here | {"path": "made"}},
            "searchFiles": {"body": here | {"query": MARK}},
            "search": {"body": {"query": MARK}},
            "stageFiles": {"body": {"all": True}},
            "unstageFiles": {"body": {"all": True}},
            "createToken": {"body": {"name": "wanted", "scopes": ["read"]}},
            "createUser": {"body": {"username": "somebody", "role": "member"}},
            "changeUser": {"body": {"role": "viewer"}},
            "sendSignal": {"body": {"signal": "INT"}},
            "switchAgent": {"body": {"agent": "shell"}},
            "statFile": {"query": file},
            "readFile": {"query": file},
            "downloadFile": {"query": file},
            "archiveFiles": {"query": here},
            "findFiles": {"query": here | {"query": MARK}},
            "deleteFile": {"query": here | {"path": "spare.txt"}},
            "renameFile": {"body": here | {"oldPath": "odd.txt", "newPath": "even.txt"}},
            "writeFile": {"body": here | {"path": "written.txt", "content": MARK}},
            "uploadFile": {"query": here | {"path": "put.txt"}, "body": b"put", "media_type": BYTES},
            "uploadFiles": {"query": here | {"path": "posted.txt"}, "body": b"posted", "media_type": BYTES},
            "uploadImage": {"query": here, "body": PIXEL, "media_type": "image/png"},
            "getBlame": {"query": {"path": f"{MARK}.txt"}},
            "createBranch": {"body": {"name": "another"}},
            "switchBranch": {"body": {"branch": "main"}},
            "commitChanges": {"body": {"message": MARK, "paths": [f"{MARK}.txt"]}},
            "startRecordingOf": {"body": here},
            "startRecording": {"path": {"sessionId": spare}, "body": {}},
            "stopRecording": {"path": {"someId": spare}},
            "exportRecording": {"body": {"format": "text"}},
            "changeBudget": {"body": {"limitUsd": "500"}},
            "replaceProfile": {"body": {"name": MARK}},
            "putApiDocument": {"body": {"document": json.dumps(DOCUMENT).replace(MARK, "wanted")}},
            "putKey": {"body": {"provider": "openai", "key": "sk-of-nobody-0123456789"}},
            "deleteKey": {"query": {"provider": "openai"}},
            "logIn": {"body": {"username": self._user.username, "password": self._password}},
            "refreshTokens": {"body": {"refresh": self._refresh_token()}},
            "setPassword": {"body": {"new": f"{self._password} again", "current": self._password}},
        }  # fmt: skip

    def missing(self):
        """What of it is gone, or is not as it was."""
        keys = self._made
        found = {name: model.objects.filter(pk=keys[name]).first() for name, (model, _) in self._makers.items()}
        session, token, login = found["session"], found["token"], found["login"]
        gone = {name for name, row in found.items() if row is None}
        gone |= {"token"} if token is None or token.login.revoked_at else set()
        gone |= {"login"} if login is None or login.revoked_at else set()
        if session is None or session.status not in LIVE or session.agent != "shell" or MARK not in session.name:
            gone |= {"session", "recording", "upload", "share"}
        return gone

    def renew(self, gone):
        """Makes these anew."""
        for name, (_, make) in self._makers.items():
            if name in gone:
                self._made[name] = make()

    def _refresh_token(self):
        return accounts.issue_tokens(accounts.start(self._user, kind="api")).refresh

    def _post(self, path, body, method="post"):
        answer = getattr(self._client(self._user), method)(f"/api/{path}", body, format="json")
        assert answer.status_code in (200, 201), (path, answer.content)
        return answer.json()["data"]

    def _session(self):
        made = self._post("sessions", {"agent": "shell", "shell": "/bin/sh", "name": MARK, "tags": [MARK]})["session"]
        for name in (f"{MARK}.txt", "spare.txt", "odd.txt"):
            self._post("files/write", {"sessionId": made["id"], "path": name, "content": f"{MARK}\n"})
        done = self._post(f"sessions/{made['id']}/execute", {"prompt": f"{COMMIT}; echo {MARK}", "waitFor": "idle"})
        assert MARK in done["output"], done
        return uuid.UUID(made["id"])

    def _spare(self):
        made = self._post("sessions", {"agent": "shell", "shell": "/bin/sh", "name": f"{MARK} spare"})["session"]
        return uuid.UUID(made["id"])

    def _recording(self):
        session = self._made["session"]
        if Recording.objects.filter(session_key=session, status="recording").exists():
            self._post(f"recordings/stop/{session}", {})
        made = self._post(f"recordings/start/{session}", {"title": MARK})["recordingId"]
        self._post(f"recordings/stop/{made}", {})
        return uuid.UUID(made)

    def _run(self):
        now = datetime.now(UTC)
        run = Run.objects.create(
            owner=self._user, session_id=self._made["session"], session_name=MARK, agent="agterm", message=MARK,
            timeout_ms=1000, asked="", status="done", result=MARK, diff=MARK, ended_at=now, conversation=MARK,
        )  # fmt: skip
        told = [
            {"kind": "user_prompt", "text": MARK},
            {"kind": "tool_call", "id": "1", "name": MARK, "arguments": {"of": MARK}, "safety": "read_only"},
            {"kind": "tool_result", "id": "1", "result": MARK, "status": "ok", "duration_ms": 3},
            {"kind": "done", "status": "done", "result": MARK, "reason": None},
        ]
        RunEvent.objects.bulk_create(
            RunEvent(run=run, number=number, kind=body["kind"], call_id=body.get("id", ""), at=now, body=body)
            for number, body in enumerate(told, 1)
        )
        return run.pk

    def _document(self):
        self._post("schemas/marked", {"document": json.dumps(DOCUMENT)}, "put")
        return ApiDocument.objects.get(owner=self._user, name="marked").pk

    def _budget(self):
        return self._post("costs/budgets", {"scope": "user", "limitUsd": "1000", "name": MARK})["budget"]["id"]

    def _profile(self):
        Profile.objects.filter(owner=self._user, name=MARK).delete()
        return self._post("profiles", {"name": MARK, "env": {"MARKED": MARK}})["profile"]["id"]

    def _upload(self):
        answer = self._client(self._user).generic(
            "POST", f"/api/upload?sessionId={self._made['session']}", PIXEL, content_type="image/png"
        )
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]["id"]

    def _share(self):
        return self._post(f"sessions/{self._made['session']}/shares", {"mode": "view"})["share"]["id"]

    def _token(self):
        return self._post("auth/tokens", {"name": MARK, "scopes": ["read"]})["token"]["id"]

    def _login(self):
        return accounts.start(self._user, kind="browser").pk

    @staticmethod
    def _another():
        """Of whom the owner knows nothing, as nobody does but staff."""
        return User.objects.create_user(f"{MARK}-{uuid.uuid4()}").pk
