"""Making a long conversation short: the newest of it stays word for word, a summary takes the place of the rest.

Works on messages as they are saved; asking the model for the summary is the turn's business.
"""

import json
from collections.abc import Sequence

from agterm_agent.engine.context import CHARACTERS_OF_A_TOKEN, cut, tokens_of, without_usage
from agterm_agent.engine.store import Message

KEPT_SHARE = 0.25  # of the window, for what stays word for word
TOLD_SHARE = 0.6  # of the window, for what the summary is made of
RESULT_CHARACTERS = 1500
ARGUMENTS_CHARACTERS = 1000
TEXT_CHARACTERS = 12_000
REQUEST_CHARACTERS = 8000

INSTRUCTIONS = "You write the notes from which another agent goes on with a task. Only what you are shown is true."
ORDER = """\
Here is the older part of a conversation between a person and a coding agent, which no longer has room. Write what the \
agent needs to go on without it, in at most {words} words, under these headings:

## Goals
What the person wants, with every condition they named, in their words where the words matter.
## Decisions
What was decided or found out, and why; what was tried and did not work.
## Files
Paths that were read, changed or made, and what matters of each.
## Open work
What is done, what is half done, and the very next step.

<conversation>
{conversation}
</conversation>"""
OPENING = "[The conversation so far was too long and has been compacted. What it came to:]"
LAST_REQUEST = "[The person's newest request, word for word:]"


def split(messages: Sequence[Message], used_tokens: int, window_tokens: int) -> int:
    """Where the newest part begins, which stays as it is; 0: there is nothing older worth a summary.

    A part may begin with what a person says or with an answer, never with a tool's result without its call.
    `used_tokens`: what the conversation really brings; estimates are believed only as far as they add up to that.
    """
    estimate = tokens_of(messages)
    budget = int(window_tokens * KEPT_SHARE * estimate / max(used_tokens, estimate, 1))
    begins = [index for index in range(1, len(messages)) if _may_begin(messages[index])]
    fitting = [index for index in begins if tokens_of(messages[index:]) <= budget]
    chosen = min(fitting, default=begins[-1] if begins else 0)
    return chosen if chosen > 1 or tokens_of(messages[:chosen]) > budget else 0


def order(messages: Sequence[Message], window_tokens: int) -> str:
    """What the model is asked for a summary of these messages."""
    limit = int(window_tokens * CHARACTERS_OF_A_TOKEN * TOLD_SHARE)
    words = max(min(window_tokens // 100, 1200), 200)
    return ORDER.format(words=words, conversation=cut(transcript(messages), limit))


def compacted(messages: Sequence[Message], kept_from: int, summary: str) -> list[Message]:
    """The conversation as it goes on."""
    kept = without_usage(messages[kept_from:])
    said = [_user_part(f"{OPENING}\n\n{summary.strip()}")]
    request = _last_request(messages)
    if request and not any(_last_request([message]) for message in kept):
        said.append(_user_part(f"{LAST_REQUEST}\n\n{cut(request, REQUEST_CHARACTERS)}"))
    if kept and kept[0]["kind"] == "request":
        return [{**kept[0], "parts": [*said, *kept[0]["parts"]]}, *kept[1:]]
    return [{"kind": "request", "parts": said}, *kept]


def transcript(messages: Sequence[Message]) -> str:
    """The messages as text, with long results and arguments cut."""
    return "\n\n".join(filter(None, (_told(part) for message in messages for part in message.get("parts") or ())))


def _told(part: dict[str, object]) -> str:
    content = part.get("content")
    match part.get("part_kind"):
        case "user-prompt":
            return "Person: " + cut(_text(content), TEXT_CHARACTERS)
        case "text":
            return "Agent: " + cut(_text(content), TEXT_CHARACTERS)
        case "tool-call":
            return f"Agent calls {part.get('tool_name')}: " + cut(_text(part.get("args")), ARGUMENTS_CHARACTERS)
        case "tool-return":
            return f"Result of {part.get('tool_name')}: " + cut(_text(content), RESULT_CHARACTERS)
    return ""


def _text(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _may_begin(message: Message) -> bool:
    if message["kind"] == "response":
        return True
    return not any(part.get("part_kind") in ("tool-return", "retry-prompt") for part in message["parts"])


def _last_request(messages: Sequence[Message]) -> str:
    """The newest words of the person; what a summary or the engine said in their place does not count."""
    for message in reversed(messages):
        for part in reversed(message["parts"] if message["kind"] == "request" else []):
            content = part.get("content") if part.get("part_kind") == "user-prompt" else None
            if isinstance(content, str) and not content.startswith(OPENING):
                return content.removeprefix(LAST_REQUEST).strip()
    return ""


def _user_part(text: str) -> dict[str, str]:
    return {"part_kind": "user-prompt", "content": text}
