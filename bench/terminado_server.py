"""The peer: terminado as its own documentation serves it. Prints its port, then runs until its standard input ends."""

import asyncio
import sys

import tornado.httpserver
import tornado.netutil
import tornado.web
from terminado import NamedTermManager, TermSocket


async def main() -> None:
    manager = NamedTermManager(shell_command=["bash"], max_terminals=4)
    application = tornado.web.Application([(r"/terminals/websocket/(\w+)", TermSocket, {"term_manager": manager})])
    [listener] = tornado.netutil.bind_sockets(0, "127.0.0.1")
    tornado.httpserver.HTTPServer(application).add_sockets([listener])
    print(listener.getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await manager.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
