"""The second source beside the providers' door: what agent CLIs write down and report of themselves."""
