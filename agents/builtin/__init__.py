"""The agents that come with AGTerm: one file each, its `AGENT` registered like a plug-in's."""
