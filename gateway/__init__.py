"""The providers' door: what sessions ask of LLM providers goes through here, and only here is it given a real key."""
