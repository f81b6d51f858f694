"""Table of contents of the sockets of runs."""

from django.urls import re_path

from runs.consumers import ChatSocket

websocket_urlpatterns = [re_path(r"^ws/chat/?$", ChatSocket.as_asgi())]  # type: ignore[arg-type]  # Django's stubs know views only
