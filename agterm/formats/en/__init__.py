"""Dates as the page and the logs write them."""
