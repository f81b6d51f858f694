"""`python -m agterm_agent`: the same as the program `agterm-agent`."""

import sys

from agterm_agent.cli import main

if __name__ == "__main__":
    sys.exit(main())
