"""Attacks that use us as their tool: planted git settings, the providers' door, the proxy, the files we write."""

import json
import os
import shlex
import socket
import tempfile
import textwrap
import threading
import uuid
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from fakes.provider import Provider
from support.server import AgtermServer, RunnerProcess
from support.sockets import wait_until

from core.errors import AgtermError

LEVELS = ["auto", "landlock"]
KEYS = {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"}
# In place of agents: it says what it was started with, then does what is typed.
PROGRAM = '#!/bin/sh\nenv > env.txt\nwhile read -r line; do eval "$line"; done\n'
# One request from inside: base address, path, key and further headers; what came back goes into a file.
ASK = """
import json, os, sys, urllib.error, urllib.request
into, url, key, headers = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
body = json.dumps({"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "ping"}]}).encode()
headers |= {"content-type": "application/json", **({"x-api-key": key} if key else {})}
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(urllib.request.Request(url, body, headers), timeout=20) as answer:
        said = [answer.status, answer.read().decode()]
except urllib.error.HTTPError as error:
    said = [error.code, error.read().decode()]
with open(into + ".part", "w") as out:
    json.dump(said, out)
os.rename(into + ".part", into)
"""


@pytest.fixture(scope="module")
def agents():
    """A folder with programs in place of `claude` and `codex`."""
    with tempfile.TemporaryDirectory(prefix="agterm-agents-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for agent in ("claude", "codex"):
            (folder / agent).write_text(PROGRAM)
            (folder / agent).chmod(0o755)
        yield folder


@pytest.fixture(scope="module")
def provider():
    with Provider() as started:
        yield started


@pytest.fixture(scope="module", params=LEVELS)
def server(request, agents, provider):
    settings = {"AGTERM_ISOLATION": request.param, "AGTERM_AGENT_PATH": str(agents), "AGTERM_STOP_GRACE_MS": "400"}
    with AgtermServer({**settings, **provider.environment}) as started:
        started.bob = started.make_user("bob")
        yield started


class Agent:
    """A session of an agent with its key, that does what it is told."""

    def __init__(self, server, who):
        answer = who.post("/api/sessions", json={"agent": "claude"})
        assert answer.status_code == 201, answer.text
        session = answer.json()["data"]["session"]
        self.id, self.workspace = session["id"], Path(session["workspaceDir"])
        self._who = who
        wait_until("it says what it has", lambda: self.variables().get("ANTHROPIC_BASE_URL"))
        (self.workspace / "ask.py").write_text(ASK)
        (self.workspace / "ask.py").chmod(0o644)

    def variables(self):
        path = self.workspace / "env.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return dict(line.split("=", 1) for line in lines if "=" in line)

    @property
    def door(self):
        return self.variables()["ANTHROPIC_BASE_URL"].partition("/llm/")[0]

    @property
    def key(self):
        return next(value for name, value in self.variables().items() if name in KEYS and value)

    def do(self, line):
        assert self._who.post(f"/api/sessions/{self.id}/input", json={"data": f"{line}\n"}).status_code == 200

    def ask(self, path="/llm/anthropic/v1/messages", *, key=None, **headers):
        """`(status, body)` of a request to the door from inside."""
        into = self.workspace / f"answer-{uuid.uuid4()}"
        words = (into.name, self.door + path, self.key if key is None else key, json.dumps(headers))
        self.do(f"python3 ask.py {shlex.join(words)}")
        wait_until("an answer", into.exists)
        return tuple(json.loads(into.read_text()))


@pytest.fixture(scope="module")
def two(server):
    """A session of each user's."""
    both = Agent(server, server.api), Agent(server, server.bob)
    yield both
    for agent, who in zip(both, (server.api, server.bob), strict=True):
        who.delete(f"/api/sessions/{agent.id}")


# --- the providers' door ---------------------------------------------------------------------------------------------


def test_the_door_opens_for_a_sessions_own_key_and_no_session_has_the_providers(two, provider):
    for agent in two:
        status, said = agent.ask()
        assert (status, "PONG" in said) == (200, True), said
        real = {value for name, value in provider.environment.items() if name.endswith("KEY")}
        assert not real & set(agent.variables().values())


def test_another_sessions_key_opens_nothing_whatever_the_request_says_of_itself(two, provider):
    mine, others = two
    asked = len(provider.calls)
    pretences = [
        {}, {"X-AGTerm-Session": others.id}, {"X-AGTerm-Session": others.id, "X-AGTerm-Relay": "0" * 64},
        {"x-agterm-session ": others.id}, {"X-Forwarded-For": "127.0.0.1", "Forwarded": f"for={others.id}"},
    ]  # fmt: skip
    for pretence in pretences:
        status, said = mine.ask(key=others.key, **pretence)
        assert status in {400, 403}, (pretence, said)
    for nonsense in ("", "agt-nonsense", others.key[:-1], "sk-ant-" + "0" * 40):
        assert mine.ask(key=nonsense)[0] in {401, 403}, nonsense
    assert len(provider.calls) == asked


def test_a_key_without_its_session_opens_nothing(server, two, provider):
    """Somebody has copied it and asks from elsewhere on the machine, or from the network."""
    asked = len(provider.calls)
    for headers in ({}, {"X-AGTerm-Session": two[0].id}, {"X-AGTerm-Session": two[0].id, "X-AGTerm-Relay": "0" * 64}):
        answer = httpx.post(
            f"{server.url}/llm/anthropic/v1/messages", headers={"x-api-key": two[0].key, **headers}, json={}
        )
        assert answer.status_code == 403
    assert len(provider.calls) == asked


@pytest.mark.parametrize("path", ["/api/sessions", "/api/health", "/admin/", "/llm/../api/sessions", "//api/sessions"])
def test_the_door_leads_to_providers_and_nowhere_else(two, path):
    status, said = two[0].ask(path)
    assert status in {400, 401, 403, 404, 405}, said
    assert '"success":true' not in said.replace(" ", "")


def test_a_second_request_hidden_behind_the_first_is_not_let_through(two, provider):
    mine, others = two
    asked = len(provider.calls)
    first = (
        f"GET /llm/anthropic/v1/models HTTP/1.1\r\nHost: d\r\nx-api-key: {mine.key}\r\nConnection: keep-alive\r\n\r\n"
    )
    second = (
        f"GET /llm/anthropic/hidden HTTP/1.1\r\nHost: d\r\nx-api-key: {others.key}\r\n"
        f"X-AGTerm-Session: {others.id}\r\n\r\n"
    )
    port = mine.door.rpartition(":")[2]
    code = textwrap.dedent(f"""
        import socket
        line = socket.create_connection(("127.0.0.1", {port}), 10)
        line.sendall({(first + second).encode()!r})
        said = b""
        while part := line.recv(65536): said += part
        open("smuggled", "wb").write(said)
    """)
    (mine.workspace / "smuggle.py").write_text(code)
    (mine.workspace / "smuggle.py").chmod(0o644)
    mine.do("python3 smuggle.py; : > smuggle-done")
    wait_until("it is through", (mine.workspace / "smuggle-done").exists)
    assert (mine.workspace / "smuggled").read_bytes().count(b"HTTP/1.1 ") == 1
    assert all("hidden" not in call["path"] for call in provider.calls[asked:])


# --- git -------------------------------------------------------------------------------------------------------------

PLANT = """
git init -q; git config user.email a@b; git config user.name a
cat > evil <<'EOF'
#!/bin/sh
echo "$1" >> WORKSPACE/fired
echo "$1 $(id -u)" >> OUTSIDE/fired
cat 2>/dev/null
EOF
chmod +x evil
for name in pre-commit post-checkout post-index-change reference-transaction fsmonitor-watchman; do
    printf '#!/bin/sh\\nexec WORKSPACE/evil %s < /dev/null\\n' $name > .git/hooks/$name; chmod +x .git/hooks/$name
done
echo '* filter=evil diff=evil' > .gitattributes; echo one > file; git add . ; git commit -qm one; echo two >> file
git config filter.evil.clean 'WORKSPACE/evil clean'; git config filter.evil.smudge 'WORKSPACE/evil smudge'
git config diff.evil.textconv 'WORKSPACE/evil textconv'; git config diff.evil.command 'WORKSPACE/evil difftool'
for name in core.fsmonitor core.pager core.sshCommand core.editor core.askPass diff.external pager.status \\
    pager.diff gpg.program credential.helper uploadpack.packObjectsHook core.gitProxy; do
    git config $name "WORKSPACE/evil $name"
done
touch file; rm -f fired; : > planted
"""


def test_what_is_planted_in_a_workspace_runs_for_nobody_outside_the_box(server):
    """Whatever of ours looks at a workspace: a switch with a word for the next agent, and all that lists and shows."""
    with tempfile.TemporaryDirectory(prefix="agterm-outside-") as name:
        outside = Path(name)
        outside.chmod(0o777)
        agent = Agent(server, server.api)
        script = PLANT.replace("WORKSPACE", str(agent.workspace)).replace("OUTSIDE", str(outside))
        (agent.workspace / "plant.sh").write_text(script)
        (agent.workspace / "plant.sh").chmod(0o644)
        agent.do("sh plant.sh > planting 2>&1")
        wait_until("it is planted", (agent.workspace / "planted").exists)
        (outside / "fired").unlink(missing_ok=True)
        url = f"/api/sessions/{agent.id}"
        answer = server.api.post(f"{url}/switch-agent", json={"agent": "codex", "handoff": "summary"})
        assert answer.status_code == 200, answer.text
        for path in (url, f"{url}/output", f"{url}/snapshot", f"{url}/processes", "/api/sessions", "/api/processes"):
            server.api.get(path)
        assert (agent.workspace / ".agterm" / "handoff.md").exists()
        assert (agent.workspace / "fired").exists(), "nothing that was planted ran at all, which proves nothing"
        assert server.api.delete(url).status_code == 200
        assert not (outside / "fired").exists(), (outside / "fired").read_text()


# --- the proxy -------------------------------------------------------------------------------------------------------

CONNECT = """
import os, socket, sys, urllib.parse
proxy = urllib.parse.urlsplit(os.environ["HTTPS_PROXY"])
for where in sys.argv[1:]:
    host = where.rpartition(":")[0]
    for request in (f"CONNECT {where} HTTP/1.1\\r\\nHost: {where}\\r\\n\\r\\n",
                    f"GET http://{where}/ HTTP/1.1\\r\\nHost: {where}\\r\\n\\r\\n"):
        with socket.create_connection((proxy.hostname, proxy.port), 20) as line:
            line.sendall(request.encode())
            said = line.recv(65536).decode(errors="replace")
            if " 200 " in said.partition("\\r\\n")[0]:
                said += line.recv(4096).decode(errors="replace")
            print(where, said.split(" ")[1], "CANARY" if "CANARY" in said else "")
print("over")
"""


class Service:
    """Something on the machine's loopback that a session should not reach; it counts who comes."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.callers = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.callers += 1
            with caller:
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nCANARY")

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture(scope="module")
def services():
    both = Service(), Service()
    yield both
    for each in both:
        each.close()


@pytest.fixture(scope="module", params=LEVELS)
def runner(request, services, tmp_path_factory):
    """The second service is named as one that may be reached."""
    roots = tmp_path_factory.mktemp("roots")
    for folder in (roots, *roots.parents[:2]):
        folder.chmod(0o755)
    private = {"AGTERM_NETWORK": "proxy", "AGTERM_NETWORK_PRIVATE": f"127.0.0.1:{services[1].port}"}
    settings = {"AGTERM_ISOLATION": request.param, "AGTERM_ALLOWED_ROOTS": str(roots), **private}
    with RunnerProcess(settings) as started:
        started.roots = roots
        yield started


def through_the_proxy(runner, *places):
    code = shlex.quote(CONNECT)
    return runner.output_of(f"python3 -c {code} {shlex.join(places)}", cols=200)


def test_the_proxy_leads_to_no_service_of_the_machine_by_whatever_name(runner, services):
    port, named = services[0].port, f"{socket.gethostname()}:{services[0].port}"
    hosts = [
        "127.0.0.1", "localhost", "localhost.", "LOCALHOST", "127.1", "127.0.0.2", "2130706433", "0x7f000001",
        "0177.0.0.1", "0.0.0.0", "0", "[::1]", "[::ffff:127.0.0.1]", "[::]", "ip6-localhost",
    ]  # fmt: skip
    said = through_the_proxy(runner, *(f"{host}:{port}" for host in hosts), named)
    assert "over" in said
    lines = [line.split() for line in said.splitlines() if line != "over"]
    assert len(lines) == 2 * (len(hosts) + 1)
    assert [line for line in lines if line[1] not in {"400", "403", "502"}] == []
    assert services[0].callers == 0


def test_the_proxy_leads_to_no_metadata_and_no_private_network(runner):
    places = [
        "169.254.169.254:80", "[fd00:ec2::254]:80", "[::ffff:169.254.169.254]:80", "10.0.0.1:80", "192.168.0.1:80",
        "172.16.0.1:80", "100.64.0.1:80", "[fe80::1]:80", "224.0.0.1:80", "255.255.255.255:80",
        "[64:ff9b::a9fe:a9fe]:80",
    ]  # fmt: skip
    said = through_the_proxy(runner, *places)
    assert "over" in said
    refused = [line.split()[1] for line in said.splitlines() if line != "over"]
    assert len(refused) == 2 * len(places)
    assert set(refused) <= {"400", "403"}, said


def test_the_proxy_leads_to_what_the_operator_names(runner, services):
    """So that the refusals above are refusals, and not a proxy that never works."""
    assert f"127.0.0.1:{services[1].port} 200 CANARY" in through_the_proxy(runner, f"127.0.0.1:{services[1].port}")
    assert services[1].callers


# --- the files that we write -----------------------------------------------------------------------------------------

SWAP = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("real"); os.chmod("real", 0o777); os.symlink("VICTIM", "link")
print("swapping", flush=True)
while True: libc.renameat2(-100, b"real", -100, b"link", 2)
"""
TRIES = 40


def test_a_folder_swapped_for_a_link_again_and_again_never_leads_our_files_elsewhere(runner):
    """Two sessions share a folder: one swaps, for the other we write first files there."""
    shared, victim = runner.roots / f"shared-{uuid.uuid4()}", runner.roots / f"victim-{uuid.uuid4()}"
    for folder in (shared, victim):
        folder.mkdir()
        folder.chmod(0o777)
    swapper = runner.program("python3", "-c", SWAP.replace("VICTIM", str(victim)), cwd=str(shared))
    with runner.watch(swapper) as reader:
        reader.see(b"swapping")
    written = 0
    for number in range(TRIES):
        try:
            files = {f"real/file-{number}": "x", f"link/file-{number}": "x"}
            runner.call("remove", id=runner.program("/bin/true", cwd=str(shared), workspace_files=files))
            written += 1
        except AgtermError:
            continue
    runner.call("remove", id=swapper)
    assert os.listdir(victim) == []
    assert any(path.name.startswith("file-") for path in shared.rglob("*")) or written == 0


@pytest.mark.parametrize("trap", ["mkfifo trap", "ln -s VICTIM trap", "mkdir trap", "ln VICTIM trap", "mknod trap p"])
def test_what_lies_where_our_files_go_neither_holds_us_up_nor_leads_us_elsewhere(runner, trap):
    victim = runner.roots / f"victim-{uuid.uuid4()}"
    victim.write_text("untouched")
    victim.chmod(0o666)
    session_id = runner.script(f"cd ~; {trap.replace('VICTIM', str(victim))}; echo set; exec sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"set")
    launch = {"argv": ["/bin/sh", "-c", "echo started; exec sleep 1000"], "home_files": {"trap": "evil", "ok": "fine"}}
    with suppress(AgtermError):
        runner.call("replace", id=session_id, launch=launch)
    assert victim.read_text() == "untouched"
    runner.call("remove", id=session_id)
