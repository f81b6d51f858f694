"""Our middlewares run in place, in a sync and in an async chain."""

from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse

from core.middleware import Middleware


class Stamp(Middleware):
    def before(self, request):
        return HttpResponse("stopped") if request == "stop" else None

    def after(self, request, response):
        response["X-Stamp"] = "seen"
        return response


def test_a_sync_chain_is_called_plainly():
    response = Stamp(lambda _: HttpResponse("view"))("go")
    assert (response.content, response["X-Stamp"]) == (b"view", "seen")


async def test_an_async_chain_is_awaited():
    async def view(_):
        return HttpResponse("view")

    stamp = Stamp(view)
    assert iscoroutinefunction(stamp)
    response = await stamp("go")
    assert (response.content, response["X-Stamp"]) == (b"view", "seen")


def test_a_response_from_before_ends_the_request():
    assert Stamp(lambda _: HttpResponse("view"))("stop").content == b"stopped"
