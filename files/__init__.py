"""Files of a workspace: the door of the file API. Its room is reserved; it has no code yet."""
