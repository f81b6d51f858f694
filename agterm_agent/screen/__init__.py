"""The interactive program: what a person sees of a conversation and types into it."""
