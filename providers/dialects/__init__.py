"""The providers' wire protocols: what a request asks for, and what its answer used up. No Django here."""

from providers.dialects.base import Asked, Dialect, Kind, Reader, Reading, Route, billed_terms
from providers.dialects.routes import route

__all__ = ["Asked", "Dialect", "Kind", "Reader", "Reading", "Route", "billed_terms", "route"]
