"""The commands beside a conversation: what the tools are, what is remembered, what is saved."""

import argparse
import asyncio
import json
import time
from dataclasses import asdict
from typing import Any

from agterm_agent.engine.conversation import Conversation
from agterm_agent.engine.memory import Memory, MemoryRefusedError
from agterm_agent.engine.store import Store, StoreError
from agterm_agent.opening import toolbox_of
from agterm_agent.settings import Settings
from agterm_agent.tools.text import visible


class RefusedError(Exception):
    """What was asked for is not possible; the message is for people."""


def run(given: argparse.Namespace, settings: Settings) -> int:
    """Do one of the commands, and return the exit code."""
    try:
        {"tools": _tools, "memory": _memory, "conversations": _conversations}[given.command](given, settings)
    except BrokenPipeError:
        raise
    except (MemoryRefusedError, StoreError, OSError) as error:
        raise RefusedError(str(error)) from None
    return 0


def _tools(given: argparse.Namespace, settings: Settings) -> None:
    declared, notices = asyncio.run(_declared(settings))
    if given.json:
        _print_json(declared)
    else:
        for tool in declared:
            print(f"{tool['name']:<20} {tool['safety']:<12} {tool['source']:<10} {_first_line(tool['description'])}")
        for notice in notices:
            print(visible(f"({notice})"))


async def _declared(settings: Settings) -> tuple[list[dict[str, Any]], list[str]]:
    """The tools, those of MCP servers and OpenAPI documents among them, and which of these could not be had."""
    async with toolbox_of(settings) as toolbox:
        conversation = await Conversation.open(settings, toolbox)
        return conversation.tools(), toolbox.notices


def _memory(given: argparse.Namespace, settings: Settings) -> None:
    memory = Memory(settings.state_folder)
    if given.verb == "add":
        memory.add(" ".join(given.text))
    elif given.verb == "edit":
        memory.edit(given.number, " ".join(given.text))
    elif given.verb == "delete":
        memory.delete(given.number)
    elif given.verb == "clear":
        memory.clear()
    notes = memory.all()
    if given.json:
        _print_json([asdict(note) for note in notes])
    else:
        print(
            "\n".join(f"{note.number:>3}  {visible(note.text)}" for note in notes)
            or "nothing is remembered of this folder"
        )


def _conversations(given: argparse.Namespace, settings: Settings) -> None:
    store = Store(settings.state_folder)
    if given.delete:
        store.delete(given.delete)
    found = store.all()
    if given.json:
        _print_json([asdict(summary) for summary in found])
    else:
        lines = [f"{each.id}  {_when(each.at)}  {each.messages:>4}  {visible(each.title)}" for each in found]
        print("\n".join(lines) or "no conversations in this folder yet")


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=1))


def _first_line(text: str) -> str:
    return visible(text.strip().partition("\n")[0][:100])


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
