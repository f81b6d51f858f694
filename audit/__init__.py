"""The audit log: who did what, when and from where, as a chain of hashes that shows what was changed later."""
