"""The tools that a conversation in a workspace begins with."""

from agterm_agent.settings import Settings
from agterm_agent.tools.toolbox import Toolbox


def toolbox_of(settings: Settings) -> Toolbox:
    """The toolbox that these settings ask for; entered, it also has the tools from outside."""
    return Toolbox(
        settings.workspace,
        settings.state_folder / "changes",
        mcp_servers=settings.mcp_servers,
        openapi=settings.openapi,
    )
