"""Ledger, prices, budgets and reports. The room is reserved; it has no code yet."""
