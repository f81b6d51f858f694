"""The tool with which a model keeps a plan that people can see: update_plan."""

from agterm_agent.policy import Safety
from agterm_agent.tools.arguments import schema
from agterm_agent.tools.declaration import Arguments, PlanItem, Tool, ToolContext, ToolOutput
from agterm_agent.tools.text import visible

MAX_ITEMS = 50
_MARKS = {"pending": "[ ]", "in_progress": "[>]", "done": "[x]"}


async def _update_plan(arguments: Arguments, context: ToolContext) -> ToolOutput:
    if len(arguments["items"]) > MAX_ITEMS:
        return ToolOutput(f"A plan has {MAX_ITEMS} steps at most.", ok=False)
    context.plan[:] = [PlanItem(visible(item["text"])[:500], item["status"]) for item in arguments["items"]]
    return ToolOutput(rendered(context.plan) or "The plan is empty.")


def rendered(plan: list[PlanItem]) -> str:
    """The plan as a list with a mark for each step."""
    return "\n".join(f"{_MARKS[item.status]} {item.text}" for item in plan)


TOOLS = [
    Tool(
        name="update_plan",
        description="Writes down the plan of a task of several steps, and how far it is. Each call gives it whole.",
        parameters=schema(
            {
                "items": {
                    "type": "array",
                    "items": schema(
                        {"text": {"type": "string"}, "status": {"type": "string", "enum": list(_MARKS)}},
                    ),
                }
            }
        ),
        run=_update_plan,
        safety=Safety.READ_ONLY,  # it touches nothing but the agent's own mind
    )
]
