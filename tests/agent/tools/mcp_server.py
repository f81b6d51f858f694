"""A small MCP server on its standard streams, by the standard library alone; it notes in FOLDER what it has done."""

import json
import os
import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[-1])
TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
NOTHING = {"type": "object"}


def tool(name, schema=NOTHING, **annotations):
    described = {"name": name, "description": f"The tool {name}.", "inputSchema": schema}
    return described | ({"annotations": annotations} if annotations else {})


TOOLS = [
    tool("look", readOnlyHint=True),
    tool("note", TEXT, readOnlyHint=False, destructiveHint=False),
    tool("drop", destructiveHint=True),
    tool("wipe", readOnlyHint=False),
    tool("shrug", TEXT),
    tool("titled", title="Only a title"),
    tool("hang", readOnlyHint=True),
    tool("die", readOnlyHint=True),
    tool("flood", readOnlyHint=True),
    tool("fail", readOnlyHint=True),
    tool("odd name/of a tool", readOnlyHint=True),
]


def called(name, arguments):
    if name == "look":
        return text(f"There are {sorted(path.name for path in FOLDER.iterdir())}")
    if name in ("note", "shrug"):
        (FOLDER / "note.txt").write_text(arguments["text"])
        return text("noted")
    if name in ("drop", "wipe"):
        for path in FOLDER.iterdir():
            path.unlink()
        return text("dropped")
    if name == "hang":
        (FOLDER / "hanging").touch()
        time.sleep(1000)
    if name == "die":
        print("I cannot go on", file=sys.stderr, flush=True)
        os._exit(3)
    if name == "flood":
        image = {"type": "image", "data": "AAAA", "mimeType": "image/png"}
        return {"content": [{"type": "text", "text": "\x1b[2J" + "x" * 200_000}, image]}
    return text("it went wrong") | {"isError": True}


def text(words):
    return {"content": [{"type": "text", "text": words}]}


def answer(method, parameters):
    if method == "initialize":
        facts = {"protocolVersion": parameters["protocolVersion"], "capabilities": {"tools": {}}}
        return {"result": facts | {"serverInfo": {"name": "small", "version": "1"}}}
    if method == "tools/list":
        return {"result": {"tools": TOOLS}}
    if method == "tools/call":
        return {"result": called(parameters["name"], parameters.get("arguments") or {})}
    return {"error": {"code": -32601, "message": f"no method {method}"}}


def main():
    (FOLDER.parent / "mcp.pid").write_text(str(os.getpid()))
    (FOLDER.parent / "mcp.env").write_text(json.dumps(dict(os.environ)))
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message and "method" in message:
            reply = {"jsonrpc": "2.0", "id": message["id"], **answer(message["method"], message.get("params") or {})}
            print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
