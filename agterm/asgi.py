"""The ASGI application: HTTP to Django, WebSockets to their consumers, `/llm` to the providers' door.

Works under Daphne and uvicorn.
"""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agterm.settings")
http = get_asgi_application()

from agterm.urls import websocket  # noqa: E402 - Django must be set up before models are imported
from costs.desk import Desk  # noqa: E402
from files.intake import Intake  # noqa: E402
from gateway.door import Door  # noqa: E402
from notifications.desk import desk as notifications  # noqa: E402
from previews.door import Door as Previews  # noqa: E402
from runs.desk import desk as runs  # noqa: E402
from sessions import money  # noqa: E402

desk = Desk(on_settled=money.settled, on_refused=money.refused)
application = Previews(ProtocolTypeRouter({"http": Door(Intake(http), desk), "websocket": websocket}))
runs.watch()  # those that another process, now gone, had followed
notifications.watch()  # as soon as somebody wants to be told
