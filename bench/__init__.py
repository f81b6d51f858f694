"""Measurements on the real path, beside a peer in the same run: `python -m bench terminal`. See docs/benchmarks.md."""
