"""Why a tool call comes to nothing, in words for the model; and that a person is needed who is not there."""


class ToolError(Exception):
    """The call cannot be done; its words are for the model."""


class NeedsInput(Exception):
    """A person has to allow the call, and nobody is there to be asked; the turn ends here."""
