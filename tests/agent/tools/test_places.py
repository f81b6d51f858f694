"""Paths that try to leave the workspace, or to make the agent wait for ever, lead nowhere."""

import os
import socket

import pytest

from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.places import Places

SECRET = "a secret of somebody"


@pytest.fixture
def secret(outside):
    (outside / "secret.txt").write_text(SECRET)
    return outside / "secret.txt"


async def everything(call, path):
    """What each tool that takes a path makes of it."""
    return [
        await call("read_file", path=path),
        await call("list_files", path=path),
        await call("glob", path=path, pattern="*"),
        await call("grep", path=path, pattern="secret"),
        await call("write_file", path=path, content="gone"),
        await call("edit_file", path=path, old_text="secret", new_text="gone"),
        await call("run_command", folder=path, command="cat *"),
    ]


@pytest.mark.parametrize(
    "path", ["../outside/secret.txt", "{outside}/secret.txt", "sub/../../outside/secret.txt", "/etc"]
)
async def test_a_path_out_of_the_workspace_is_refused_by_every_tool(call, workspace, outside, secret, path):
    (workspace / "sub").mkdir()
    for output in await everything(call, path.format(outside=outside)):
        assert not output.ok
        assert "is outside the workspace" in output.text
    assert secret.read_text() == SECRET


async def test_a_link_out_of_the_workspace_is_refused_by_every_tool(call, workspace, outside, secret):
    (workspace / "file").symlink_to(secret)
    (workspace / "folder").symlink_to(outside)
    (workspace / "round").symlink_to("folder")
    (workspace / "new").symlink_to(outside / "not-there-yet")
    for path in ("file", "folder", "folder/secret.txt", "round/secret.txt", "new", "folder/new/file"):
        for output in await everything(call, path):
            assert not output.ok
            assert "is outside the workspace" in output.text
    assert secret.read_text() == SECRET
    assert os.listdir(outside) == ["secret.txt"]


async def test_searches_do_not_follow_links_out(call, workspace, outside, secret):
    (workspace / "folder").symlink_to(outside)
    (workspace / "file").symlink_to(secret)
    assert (await call("grep", pattern="secret")).text == "Nothing matches."
    assert "secret.txt" not in (await call("glob", pattern="**/*")).text


async def test_links_that_stay_inside_are_followed_and_stay_links(call, workspace):
    (workspace / "real.txt").write_text("one")
    (workspace / "link.txt").symlink_to("real.txt")
    assert (await call("read_file", path="link.txt")).text == "     1\tone"
    assert (await call("edit_file", path="link.txt", old_text="one", new_text="two")).ok
    assert (workspace / "link.txt").is_symlink()
    assert (workspace / "real.txt").read_text() == "two"


async def test_a_link_round_in_a_circle_is_told(call, workspace):
    (workspace / "a").symlink_to("b")
    (workspace / "b").symlink_to("a")
    assert not (await call("read_file", path="a")).ok
    assert not (await call("write_file", path="a", content="x")).ok


def test_a_folder_that_becomes_a_link_after_the_check_is_not_followed(workspace, outside, secret):
    places = Places(workspace)
    (workspace / "sub").mkdir()
    (workspace / "sub" / "secret.txt").write_text("mine")
    real = places.resolve("sub/secret.txt")
    (workspace / "sub").rename(workspace / "was")
    (workspace / "sub").symlink_to(outside)
    with pytest.raises(ToolError):
        places.read(real, 100)
    with pytest.raises(ToolError):
        places.write(real, b"gone")
    with pytest.raises(ToolError):
        places.remove(real)
    assert secret.read_text() == SECRET


def test_a_file_that_becomes_a_link_after_the_check_is_replaced_and_not_followed(workspace, secret):
    places = Places(workspace)
    real = places.resolve("file")
    real.symlink_to(secret)
    with pytest.raises(ToolError):
        places.read(real, 100)
    with pytest.raises(ToolError):
        places.write(real, b"gone")
    assert secret.read_text() == SECRET


async def test_pipes_sockets_and_devices_are_never_opened(call, workspace):
    os.mkfifo(workspace / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(workspace, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
        for path in ("pipe", "socket"):
            for output in (await everything(call, path))[:-1]:
                assert not output.ok, output
        assert (await call("read_file", path="pipe")).text == "pipe is a named pipe, not a file."
        assert (await call("grep", pattern="x")).text == "Nothing matches."


async def test_the_temporary_folder_can_be_used(call, workspace):
    path = str(workspace.parent / "tmp" / "note.txt")
    assert (await call("write_file", path=path, content="hello")).ok
    assert (await call("read_file", path=path)).text == "     1\thello"


@pytest.mark.parametrize("path", ["a\0b", "a\nb", "a\x1bb", "x" * 5_000, "/".join(["y" * 200] * 50)])
async def test_impossible_paths_are_answered_and_not_raised(call, path):
    for output in await everything(call, path):
        assert not output.ok
        assert "\x1b" not in output.text
