"""What `make` runs: installs once, and says in one line what it may not install."""

import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture
def installer(root, tmp_path, monkeypatch):
    """scripts/install.py with a folder of its own and a pip that writes down what it was asked; `.asked` counts."""
    spec = importlib.util.spec_from_file_location("install_tool", root / "scripts" / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    log = tmp_path / "pip.log"
    pip = ("sh", "-c", f'echo "$@" >> {log}; exit $(cat {tmp_path}/code 2>/dev/null || echo 0)', "pip")
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    for name in ("base.txt", "ui.txt", "dev.txt", "../pyproject.toml"):
        (requirements / name).write_text(name)
    for name, value in {"PIP": pip, "STAMPS": tmp_path / "stamps", "REQUIREMENTS": requirements}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(sys, "base_prefix", "/elsewhere")
    module.asked = lambda: len(log.read_text().splitlines()) if log.exists() else 0
    return module


def test_a_second_time_nothing_is_installed(installer):
    installer.main(["run"])
    assert installer.asked() == 2
    installer.main(["run"])
    assert installer.asked() == 2


def test_what_tests_need_is_enough_to_run(installer):
    installer.main(["dev"])
    installer.main(["run"])
    assert installer.asked() == 2


def test_what_runs_is_not_enough_for_tests(installer):
    installer.main(["run"])
    installer.main(["dev"])
    assert installer.asked() == 3


def test_a_changed_requirement_is_installed_again(installer):
    installer.main(["run"])
    (installer.REQUIREMENTS / "ui.txt").write_text("another")
    installer.main(["run"])
    assert installer.asked() == 3


def test_what_failed_is_tried_again(installer, tmp_path):
    (tmp_path / "code").write_text("1")
    with pytest.raises(SystemExit, match=r"install: pip failed \(1\)"):
        installer.main(["run"])
    (tmp_path / "code").unlink()
    installer.main(["run"])
    assert installer.asked() == 3


def test_programs_that_can_not_be_installed_are_named_in_one_line(root, tmp_path):
    tool = [sys.executable, root / "scripts" / "ensure_programs.py"]
    ended = subprocess.run(tool, env={"PATH": str(tmp_path)}, text=True, capture_output=True, check=False)
    assert ended.returncode == 1
    assert "tests need bubblewrap vim tmux less procps git ripgrep; as root: apt-get install bubblewrap" in ended.stderr


def test_one_failing_suite_does_not_hide_the_others(root, tmp_path):
    code = f"""
import runpy, sys
sys.argv = ["test.py"]
tool = runpy.run_path({str(root / "scripts" / "test.py")!r})
tool["main"].__globals__["SUITES"] = {{"one": ("false",), "two": ("echo", "two ran")}}
sys.exit(tool["main"]())
"""
    ended = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=False)
    assert ended.returncode == 1
    assert "two ran" in ended.stdout
    assert "test: one: FAILED" in ended.stdout
    assert "test: two: good" in ended.stdout
