"""The money: a ledger of every call, budgets that hold, and reports; knows a session only by its id."""
