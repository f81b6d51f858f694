"""Django on a server's database, kept open beside the server: starting it anew for each question takes a second."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DESK = """
import json, sys
from agterm.cli import django
django.setup()
from django.contrib.auth.models import User
from django.db import close_old_connections
from accounts import services
for line in sys.stdin:
    kept = {"User": User, "services": services, "said": None}
    try:
        exec(json.loads(line), kept)
        answer = [True, kept["said"]]
    except Exception as error:
        answer = [False, repr(error)]
    close_old_connections()
    print(json.dumps(answer), flush=True)
"""


class Clerk:
    """Does what it is told with the database, as the admin's page would; its process begins with the first word.

    It knows no provider's key: only the web server may.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {name: value for name, value in environment.items() if not name.endswith("_API_KEY")}
        self._process: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.Lock()

    def do(self, statements: str) -> object:
        """Run them where `User` and `services` (of accounts) are known; what they leave in `said`."""
        with self._one_at_a_time:
            process = self._process = self._process or self._begun()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(statements) + "\n")
            process.stdin.flush()
            is_done, said = json.loads(process.stdout.readline())
        assert is_done, f"{statements}: {said}"
        return said

    def _begun(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-P", "-c", DESK],
            env=self._environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def leave(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=30)
            self._process = None
