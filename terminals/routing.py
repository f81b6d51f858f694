"""Table of contents of the sockets."""

from django.urls import re_path

from terminals.consumers import TerminalSocket

websocket_urlpatterns = [re_path(r"^ws/?$", TerminalSocket.as_asgi())]  # type: ignore[arg-type]  # Django's stubs know views only
