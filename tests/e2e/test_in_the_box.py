"""A day's work in a session's box: job control, git, Python and Node, and packages fetched through its proxy."""

import base64
import contextlib
import functools
import hashlib
import io
import ipaddress
import json
import re
import ssl
import subprocess
import tarfile
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support.server import AgtermServer
from support.sockets import WebSocket

HOST = "127.0.0.2"  # this machine's too, but nobody's "localhost": what a session asks of it goes to its proxy
PATIENCE_S = 60
PYTHON_PACKAGE, NODE_PACKAGE = "tinywheel", "tiny-module"


# --- small servers of packages, all of it files ----------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(folder, certificate=None):
    """The folder by HTTP, or HTTPS; gives the address."""
    server = ThreadingHTTPServer((HOST, 0), functools.partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"{HOST}:{server.server_port}"
    server.shutdown()
    server.server_close()


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def make_certificate(path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "packages")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    write(path, key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return made.public_bytes(pem)


def make_wheel(folder):
    name = f"{PYTHON_PACKAGE}-1.0-py3-none-any.whl"
    about = f"{PYTHON_PACKAGE}-1.0.dist-info"
    files = {
        f"{PYTHON_PACKAGE}.py": "GREETING = 'hello from the wheel'\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {PYTHON_PACKAGE}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{about}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"]))
    write(folder / name, packed.getvalue())
    write(folder / "index.html", f'<!DOCTYPE html><html><body><a href="{name}">{name}</a></body></html>')


def make_module(folder, address):
    """What an npm registry says of a package, and its tarball."""
    about = {"name": NODE_PACKAGE, "version": "1.0.0", "main": "index.js"}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tarball:
        for name, text in (("package.json", json.dumps(about)), ("index.js", "module.exports = 'hello from npm';")):
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            tarball.addfile(entry, io.BytesIO(text.encode()))
    write(folder / "tarballs/tiny.tgz", packed.getvalue())
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()
    where = {"tarball": f"http://{address}/tarballs/tiny.tgz", "integrity": integrity}
    known = {"dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {**about, "dist": where}}}
    write(folder / NODE_PACKAGE, json.dumps({"name": NODE_PACKAGE, **known}))


def make_repository(folder, scratch):
    def git(*words):
        who = ["-c", "user.name=t", "-c", "user.email=t@t.test"]
        subprocess.run(["git", *who, *words], check=True, capture_output=True)

    git("init", "-q", str(scratch))
    write(scratch / "README", "hello from the repository\n")
    git("-C", str(scratch), "add", "README")
    git("-C", str(scratch), "commit", "-qm", "first")
    git("clone", "-q", "--bare", str(scratch), str(folder / "tiny.git"))
    git("-C", str(folder / "tiny.git"), "update-server-info")


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Three servers of the same files: sessions may reach `plain` and `tls`, and may not reach `closed`."""
    folder = tmp_path_factory.mktemp("packages")
    certificate = tmp_path_factory.mktemp("certificate") / "key.pem"
    write(folder / "ca.pem", make_certificate(certificate))
    make_wheel(folder / "simple" / PYTHON_PACKAGE)
    make_repository(folder, tmp_path_factory.mktemp("scratch"))
    with serving(folder) as plain, serving(folder) as closed, serving(folder, certificate) as tls:
        make_module(folder, plain)
        yield {"plain": plain, "closed": closed, "tls": tls}


# --- a session and what is typed into it -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(packages):
    opened = f"{packages['plain']},{packages['tls']}"
    with AgtermServer({"AGTERM_NETWORK_PRIVATE": opened, "AGTERM_STOP_GRACE_MS": "400"}) as started:
        started.token = started.access_token()
        yield started


@pytest.fixture
def session(server):
    session_id = server.start_session("shell", cols=160, rows=40)
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


@pytest.fixture
def run(server, session):
    """`run(command)`: what it printed; it has to come to a good end unless another status is named."""

    def typed(command, status=0):
        prompt = f"{command}; printf '\\nended %s\\n' $?"
        body = {"prompt": prompt, "waitFor": "text:^ended [0-9]+$", "timeoutMs": PATIENCE_S * 1000}
        said = server.api.post(f"/api/sessions/{session}/execute", json=body).json()["data"]
        assert not said["timedOut"], said["output"]
        assert re.findall(r"^ended (\d+)$", said["output"], re.MULTILINE) == [str(status)], said["output"]
        return said["output"]

    return typed


@pytest.fixture
def screen(server, session):
    with WebSocket(server.socket_url, server.token) as socket:
        socket.attach(session, since=0)
        yield socket


def test_sessions_of_this_server_are_in_boxes_with_networks_of_their_own(server, session):
    box = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["isolation"]
    assert (box["level"], box["network"]) == ("namespaces", "proxy")


def test_a_job_is_stopped_brought_back_and_interrupted(screen):
    screen.type("echo be''gun; cat\n")
    screen.see("begun")
    screen.type("once\n")
    screen.until("what cat says", lambda: screen.output.data.count(b"once") == 2)
    screen.type("\x1a")
    screen.see("Stopped")
    screen.type("echo ba''ck; fg\n")
    screen.see("back")
    screen.type("again\n")
    screen.until("what cat says", lambda: screen.output.data.count(b"again") == 2)
    screen.type("\x03")
    screen.see("^C")
    screen.type("echo was $?\n")
    screen.see("was 130")


def test_a_program_is_told_of_a_new_size(screen):
    screen.type("trap 'echo now $(stty size)' WINCH; echo re''ady\n")
    screen.see("ready")
    screen.send("terminal:resize", cols=101, rows=31)
    screen.type("\n")
    screen.see("now 31 101")


def test_git_keeps_a_history(run):
    run("git init -q . && git config user.name me && git config user.email me@example.org")
    run("echo text > file && git add file && git commit -qm first && git log --oneline")
    assert "1 file changed" in run("echo more >> file && git commit -am second")
    assert "nothing to commit" in run("git status")


def test_python_and_node_run(run):
    assert "py 4950" in run("python3 -c 'import ssl, sqlite3, tempfile; print(chr(112) + chr(121), sum(range(100)))'")
    assert "js 4950" in run("node -e 'let s = 0; for (let i = 0; i < 100; i++) s += i; console.log(`j${`s`}`, s)'")


def test_pip_downloads_and_installs(run, packages):
    index = f"--index-url http://{packages['plain']}/simple/ --disable-pip-version-check"
    run(f"python3 -m pip download {index} {PYTHON_PACKAGE} -d wheels && ls wheels/{PYTHON_PACKAGE}-1.0-*.whl")
    run(f"python3 -m pip install {index} {PYTHON_PACKAGE} --target here")
    said = run(f"PYTHONPATH=here python3 -c 'import {PYTHON_PACKAGE}; print({PYTHON_PACKAGE}.GREETING)'")
    assert "hello from the wheel" in said


def test_npm_installs(run, packages):
    run(f"npm install --no-audit --no-fund --registry http://{packages['plain']}/ {NODE_PACKAGE}")
    assert "hello from npm" in run(f"node -p 'require(\"{NODE_PACKAGE}\")'")


def test_git_clones_plainly_and_through_tls(run, packages):
    run(f"git clone -q http://{packages['plain']}/tiny.git plain")
    run(f"curl -fsS -o ca.pem http://{packages['plain']}/ca.pem")
    run(f"git -c http.sslCAInfo=$PWD/ca.pem clone -q https://{packages['tls']}/tiny.git tls")
    assert run("cat plain/README tls/README").count("hello from the repository") == 2


def test_what_is_not_opened_is_refused_and_says_by_which_setting_it_would_be(server, session, run, packages):
    closed = packages["closed"]
    said = run(f"curl -sS -w '%{{http_code}}' http://{closed}/tiny.git/HEAD")
    assert "403" in said
    assert f"AGTERM_NETWORK_PRIVATE opens it when it names {closed}" in said
    assert "403" in run(f"git clone http://{closed}/tiny.git", status=128)
    assert "403" in run(f"curl -sS https://{closed}/tiny.git/HEAD", status=56)
    assert "403" in run(f"npm install --registry http://{closed}/ {NODE_PACKAGE}", status=1)
    index = f"--index-url http://{closed}/simple/ --disable-pip-version-check"
    run(f"python3 -m pip download {index} {PYTHON_PACKAGE}", status=1)  # pip itself does not say why
    asked = server.api.get(f"/api/sessions/{session}/network").json()["data"]["reached"]
    assert {f"{each['host']}:{each['port']}" for each in asked} == {closed}, asked
    assert {each["verdict"] for each in asked} == {"refused"}, asked


def test_past_the_proxy_there_is_no_way(run, packages):
    assert "ouldn't connect" in run(f"curl -sS --noproxy '*' http://{packages['plain']}/ca.pem", status=7)
