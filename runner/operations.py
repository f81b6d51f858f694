"""Who answers the operations that concern what lies beside the terminals (`runner.beside`)."""

from collections.abc import Awaitable, Callable
from typing import Any

from runner.engine import Engine

Answer = Callable[[Engine, Any], Awaitable[Any]]

ANSWERS: dict[str, Answer] = {
    "errand": lambda engine, params: engine.looks.errand(params),
    "ports": lambda engine, params: engine.ports(params.id),
    "record_start": lambda engine, params: engine.recorder.start_recording(params),
    "record_stop": lambda engine, params: engine.recorder.stop_recording(params.id),
    "recordings": lambda engine, params: engine.recorder.facts(params.ids),
    "record_remove": lambda engine, params: engine.recorder.remove_recording(params.recording),
    "search_forget": lambda engine, params: engine.recorder.forget(params.id, params.on),
    "search_prune": lambda engine, params: engine.recorder.prune(params.before),
}
