"""Every tool under every set of safety modes: the table of tests/data/safety.toml, walked with real calls."""

import tomllib
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import pytest

from agterm_agent.policy import Modes
from agterm_agent.tools.declaration import Decision, NeedsInput
from agterm_agent.tools.toolbox import DENIED, Toolbox

TABLE = tomllib.loads((Path(__file__).parents[2] / "data" / "safety.toml").read_text())
FIELDS = {"readOnly": "read_only", "dryRun": "dry_run", "confirm": "confirm", "strict": "strict"}
SETS = [" ".join(name for name, on in zip(FIELDS, chosen, strict=True) if on) for chosen in product([0, 1], repeat=4)]
OUTCOMES = ("runs", "asked", "asked_twice", "simulated", "refused")
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "things", "version": "1"},
    "paths": {
        "/thing": {
            "get": {"operationId": "getThing", "responses": {}},
            "post": {"operationId": "makeThing"},
            "delete": {"operationId": "dropThing", "responses": {}},
        },
        "/search": {"post": {"operationId": "searchThings", "x-agterm-safety": "read_only"}},
        "/purge": {"post": {"operationId": "purgeThings", "x-agterm-safety": "destructive"}},
    },
}
for _path in DOCUMENT["paths"].values():
    if "post" in _path:
        _path["post"] |= {
            "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": {},
        }


def modes_of(names):
    return Modes(**{FIELDS[name]: True for name in names.split()})


def outcome_of(row, names):
    return next(outcome for outcome in OUTCOMES if names in row.get(outcome, []))


class World:
    """The workspace, the MCP server's folder and the web server, and what they are like just now."""

    def __init__(self, box, workspace, mcp_folder, web):
        self.box, self.workspace, self.mcp_folder, self.web = box, workspace, mcp_folder, web

    def reset(self):
        for folder in (self.workspace, self.mcp_folder):
            for path in folder.iterdir():
                path.unlink()
            (folder / "kept.txt").write_text("kept\n")
        self.web.asked.clear()
        self.box.keep_changes_in(self.box.changes.folder)  # nothing is always allowed any more
        self.box.begin_turn()

    def state(self):
        files = [
            {path.name: path.read_text() for path in folder.iterdir()} for folder in (self.workspace, self.mcp_folder)
        ]
        return files, [request for request in self.web.asked if request["method"] != "GET"]

    async def call(self, row, modes, approve=None):
        arguments = {
            name: value.replace("WEB", self.web.url) if isinstance(value, str) else value
            for name, value in row["arguments"].items()
        }
        return await self.box.call("call", row["tool"], arguments, modes=modes, approve=approve)


@pytest.fixture
def opened(workspace, web, mcp_program):
    @asynccontextmanager
    async def open_world():
        web.pages |= dict.fromkeys(
            ("/page", "/thing", "/search", "/purge"), (200, {"Content-Type": "text/plain"}, b"here")
        )
        web.pages["/openapi.json"] = (200, {"Content-Type": "application/json"}, DOCUMENT)
        box = Toolbox(
            workspace,
            workspace.parent / "changes",
            mcp_servers={"small": mcp_program()},
            openapi=[{"name": "things", "url": f"{web.url}/openapi.json"}],
        )
        async with box:
            assert box.notices == []
            yield World(box, workspace, mcp_program.folder, web)

    return open_world


class Person:
    """Answers questions in this order, and remembers them."""

    def __init__(self, *answers):
        self.answers, self.questions = list(answers), []

    async def __call__(self, approval):
        self.questions.append(approval)
        return self.answers.pop(0)


def test_the_table_says_once_of_each_call_and_each_set_of_modes_what_comes_of_it():
    for row in TABLE["calls"]:
        assert sorted(names for outcome in OUTCOMES for names in row.get(outcome, [])) == sorted(SETS), row["call"]
    assert set(TABLE["requests"]) == set(SETS)
    assert all(set(row) == set(SETS) for row in TABLE["requests"].values())


async def test_the_table_has_every_tool_there_is_and_their_declared_safety(opened):
    async with opened() as world:
        declared = {tool["name"]: tool for tool in world.box.declare()}
        own = {name for name, tool in declared.items() if tool["source"] == "builtin"}
        assert own <= {row["tool"] for row in TABLE["calls"]}
        for row in TABLE["calls"]:
            assert world.box.safety_of(row["tool"], row["arguments"]) == row["safety"], row["call"]
            assert declared[row["tool"]]["provenance"] == row["provenance"], row["call"]


async def test_each_call_comes_to_what_the_table_says_under_every_set_of_modes(opened):
    async with opened() as world:
        for row, names in product(TABLE["calls"], SETS):
            await _walk(world, row, modes_of(names), outcome_of(row, names), f"{row['call']} under {names!r}")


async def _walk(world, row, modes, outcome, said):
    world.reset()
    before = world.state()
    if outcome in ("runs", "refused", "simulated"):
        person = Person()
        output = await world.call(row, modes, person)
        assert person.questions == [], said
        assert output.ok == (outcome != "refused"), f"{said}: {output.text}"
        acts = outcome == "runs" and (row["safety"] != "read_only" or row["tool"] == "searchThings")
        assert (world.state() != before) == acts, said
        assert output.text.startswith(
            {"refused": "Refused: ", "simulated": "Dry run: nothing was changed."}.get(outcome, "")
        ), said
        if row["tool"] in ("write_file", "edit_file"):
            assert (output.diff is None) == (outcome == "refused"), said
        return
    with pytest.raises(NeedsInput):
        await world.call(row, modes)
    no = Person(Decision.NO)
    refused = await world.call(row, modes, no)
    assert (refused.ok, refused.text, len(no.questions)) == (False, DENIED, 1), said
    assert world.state() == before, said
    if outcome == "asked":
        await _asked(world, row, modes, before, said)
    else:
        await _asked_twice(world, row, modes, before, said)


async def _asked(world, row, modes, before, said):
    once = Person(Decision.ONCE, Decision.ALWAYS)
    assert (await world.call(row, modes, once)).ok, said
    assert world.state() != before, said
    assert once.questions[0].choices == [Decision.ONCE, Decision.ALWAYS, Decision.NO]
    for questions in (2, 2):
        (world.workspace / "kept.txt").write_text("kept\n")
        assert (await world.call(row, modes, once)).ok, said
        assert len(once.questions) == questions, f"{said}: once is once, and always is always"


async def _asked_twice(world, row, modes, before, said):
    for answers in ((Decision.ONCE, Decision.NO), (Decision.ALWAYS,), (Decision.ONCE, Decision.ALWAYS)):
        person = Person(*answers)
        assert not (await world.call(row, modes, person)).ok, said
        assert world.state() == before, f"{said}: done after {answers}"
    person = Person(Decision.ONCE, Decision.ONCE)
    assert (await world.call(row, modes, person)).ok, said
    assert [question.again for question in person.questions] == [False, True], said
    assert person.questions[1].choices == [Decision.ONCE, Decision.NO]
    assert world.state() != before, said


async def test_a_requests_flags_only_tighten_the_servers_policy(opened):
    async with opened() as world:
        row = next(row for row in TABLE["calls"] if row["tool"] == "edit_file")
        for policy, request in product(SETS, SETS):
            effective = TABLE["requests"][policy][request]
            modes = modes_of(policy).tightened(modes_of(request))
            assert modes == modes_of(effective)
            assert set(effective.split()) >= set(policy.split())
            await _outcome_on_disk(world, row, modes, outcome_of(row, effective))


async def _outcome_on_disk(world, row, modes, outcome):
    (world.workspace / "kept.txt").write_text("kept\n")
    person = Person(Decision.NO)
    await world.call(row, modes, person)
    changed = (world.workspace / "kept.txt").read_text() != "kept\n"
    assert (changed, len(person.questions)) == (outcome == "runs", outcome == "asked")
