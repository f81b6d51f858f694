"""What hostile names, many names and a porter that is stuck cost: little, and nobody else's patience."""

import asyncio
import io
import os
import sys
import zipfile

import pytest
from support.porter import facts_of, own, work

from core.errors import HostUnavailable, InvalidRequest, TooLarge
from runner.porter import archives, entries, link, searching, walking, works

ODD = (b"a:b", b"a%3Ab", b"\xff", b"%FF", b"a\\b", b".. ", b"dot.", b"100%")


def test_no_two_names_become_the_same_in_a_zip(tmp_path):
    """Else what is in one folder could come to lie where a link leads."""
    for name in ODD:
        own(tmp_path / os.fsdecode(name))
    (tmp_path / "x%3Ay").symlink_to("/")
    own(tmp_path / "x:y" / "f")
    names = zipfile.ZipFile(io.BytesIO(work(facts_of(tmp_path), "files.archive", format="zip")[1])).namelist()
    assert len(set(names)) == len(names) == len(ODD) + 3
    below = {name.removeprefix(tmp_path.name).removeprefix("/") for name in names}
    assert below >= {"a%3Ab", "a%253Ab", "%FF", "%25FF", "a%5Cb", "..%20", "dot%2E", "x%253Ay", "x%3Ay/", "x%3Ay/f"}


def test_a_time_that_no_calendar_has_is_packed(tmp_path):
    class Facts:
        st_mode, st_mtime = 0o120777, float(1 << 62)

    found = walking.Found(b"link", b"link", os.open(tmp_path, os.O_RDONLY), Facts)
    (tmp_path / "link").symlink_to("x")
    out = io.BytesIO()
    archives._zip(out, iter([found]), b"top/")
    os.close(found.folder)
    (member,) = zipfile.ZipFile(out).infolist()
    assert member.date_time[0] == 2107


def test_paths_and_names_that_are_held_are_bounded(tmp_path, monkeypatch):
    for number in range(6):
        own(tmp_path / "in" / f"needle-{number}")
    facts = facts_of(tmp_path)
    monkeypatch.setattr(searching, "MAX_PATH_BYTES", 3 * len("in/needle-0"))
    said = work(facts, "files.search", query="needle")[0]
    assert (len(said["matches"]), said["truncated"]) == (3, True)
    monkeypatch.setattr(archives, "MAX_PATH_BYTES", 40)
    with pytest.raises(TooLarge):
        work(facts, "files.archive", format="zip")
    monkeypatch.undo()
    monkeypatch.setattr(walking, "MAX_NAMES", 4)
    monkeypatch.setattr(walking, "_CLOCK_EVERY", 1)
    with pytest.raises(TooLarge):
        work(facts, "files.archive", format="zip")


def test_a_page_of_very_long_targets_ends_early_and_goes_on(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / f"link{number}").symlink_to("x" * 100)
    monkeypatch.setattr(entries, "MAX_PAGE_BYTES", 150)
    seen, cursor = [], None
    while True:
        said = work(facts_of(tmp_path), "files.list", **({} if cursor is None else {"cursor": cursor}))[0]
        seen.append([each["name"] for each in said["entries"]])
        if (cursor := said["nextCursor"]) is None:
            break
    assert seen == [["link0", "link1"], ["link2", "link3"], ["link4"]]
    for nonsense in ("é", "x", "!", ""):
        with pytest.raises(InvalidRequest):
            work(facts_of(tmp_path), "files.list", cursor=nonsense)


def test_what_takes_much_memory_is_let_in_by_few(tmp_path, monkeypatch):
    from runner.porter import server

    monkeypatch.setattr(server, "MAX_GREEDY_IN_PLACE", 0)
    for what in works.GREEDY:
        with pytest.raises(HostUnavailable):
            work(facts_of(tmp_path), what, query="x")
    assert work(facts_of(tmp_path), "files.list")[0]["entries"] == []


def test_nobody_waits_for_a_porter_that_takes_nothing_and_ends(monkeypatch):
    """Whoever was being handed over is told, and the runner's other descriptors are left alone."""
    deaf = "import os, sys; os.write(int(sys.argv[1]), b'x'); sys.stdin.read(); import time; time.sleep(60)"
    monkeypatch.setattr(link, "COMMAND", [sys.executable, "-c", deaf])
    monkeypatch.setattr(link, "END_LIMIT_S", 0.0)

    async def all_told():
        porter = link.Porter([])
        porter.start()
        inside, outside = os.pipe()
        waiting = [asyncio.create_task(porter.carry({"id": 0, "pad": "x" * 300_000}, [inside])) for _ in range(3)]
        await asyncio.wait_for(porter._up.wait(), 20)
        await asyncio.sleep(0)
        await asyncio.wait_for(porter.aclose(), 20)
        porter._up.set()  # who still waits for another one is not what this is about
        told = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
        os.close(inside)
        os.close(outside)
        return [type(each) for each in told]

    assert asyncio.run(all_told()) == [HostUnavailable] * 3
