"""The ASGI application: HTTP to Django, WebSockets to the terminal consumer. Works under Daphne and uvicorn."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agterm.settings")
http = get_asgi_application()

from agterm.urls import websocket  # noqa: E402 - Django must be set up before models are imported

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
