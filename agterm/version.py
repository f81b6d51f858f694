"""The version, as installed."""

from importlib import metadata

VERSION = metadata.version("agterm")
