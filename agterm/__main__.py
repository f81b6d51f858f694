"""`python -m agterm` is the `agterm` command."""

from agterm.cli import main

main()
