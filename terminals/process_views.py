"""The REST door of processes and of the machine; figures are of the moment, null where nobody can know them.

A session's processes are its owner's (and staff's) to see. The machine's figures are everybody's who is logged in:
they name no process, no session and no user. Staff see besides where AGTerm's home is and the runner's pid.
"""

from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import HostUnavailable
from sessions import services
from sessions.models import Session
from sessions.serializers import timestamp
from terminals import answers, processes


class SessionProcesses(APIView):
    @described(
        "listSessionProcesses", "What runs in a session", answers.SessionProcessesAnswer, errors=(HostUnavailable,)
    )
    def get(self, request: Request, session_id: str) -> Response:
        figures = processes.of_session(services.find(caller(request), session_id))
        every = [process(one) for one in figures["processes"]]
        return Response(totals(figures) | {"processes": every})


class Processes(APIView):
    @described(
        "listProcesses", "What all your sessions take together", answers.ProcessesAnswer, errors=(HostUnavailable,)
    )
    def get(self, request: Request) -> Response:
        seen = processes.of_user(caller(request))
        known = [figures for _, figures in seen if figures is not None]
        return Response(
            {
                "sessions": [of_session(row, figures) for row, figures in seen],
                "count": len(seen),
                "processCount": sum(figures["count"] for figures in known),
                "cpuPercent": _sum(figures["cpu_percent"] for figures in known),
                "memoryBytes": sum(figures["memory_bytes"] for figures in known),
            }
        )


class SystemInfo(APIView):
    """What does not change from minute to minute."""

    @described(
        "getSystemInfo", "The machine that sessions start on", answers.SystemInfoAnswer, errors=(HostUnavailable,)
    )
    def get(self, request: Request) -> Response:
        said = processes.machine()
        info, metrics = said["info"], said["metrics"]
        shown = {
            "hostname": info["hostname"],
            "platform": info["platform"],
            "arch": info["arch"],
            "os": info["os"],
            "kernel": info["kernel"],
            "cpuCount": info["cpu_count"],
            "memoryBytes": metrics["memory"]["total_bytes"],
            "diskBytes": metrics["disk"]["total_bytes"],
            "uptime": metrics["uptime_s"],
            "version": metadata.version("agterm"),
            "runnerStartedAt": moment(metrics["runner"]["started_at"]),
        }
        staff = {"home": info["home"], "runnerPid": info["pid"]} if caller(request).is_staff else {}
        return Response(shown | staff)


class SystemMetrics(APIView):
    """How it does now; `cpuPercent` is of all processors together, the runner's is of one."""

    @described("getSystemMetrics", "How the machine does now", answers.SystemMetricsAnswer, errors=(HostUnavailable,))
    def get(self, request: Request) -> Response:
        said = processes.machine()
        metrics = said["metrics"]
        memory, disk, runner = metrics["memory"], metrics["disk"], metrics["runner"]
        return Response(
            {
                "timestamp": timestamp(datetime.now(UTC)),
                "uptime": metrics["uptime_s"],
                "loadAverage": metrics["load"],
                "cpuCount": said["info"]["cpu_count"],
                "cpuPercent": metrics["cpu_percent"],
                "memory": {
                    "totalBytes": memory["total_bytes"],
                    "availableBytes": memory["available_bytes"],
                    "usedBytes": memory["used_bytes"],
                    "limitBytes": memory["limit_bytes"],
                },
                "disk": {
                    "totalBytes": disk["total_bytes"],
                    "usedBytes": disk["used_bytes"],
                    "freeBytes": disk["free_bytes"],
                },
                "runner": {
                    "memoryBytes": runner["memory_bytes"],
                    "cpuPercent": runner["cpu_percent"],
                    "cpuSeconds": runner["cpu_s"],
                    "openFiles": runner["open_files"],
                    "startedAt": moment(runner["started_at"]),
                },
                "sessions": said["sessions"],
            }
        )


def of_session(row: Session, figures: dict[str, Any] | None) -> dict[str, Any]:
    """One line of the overview; all null when the session's runner does not answer."""
    known = dict.fromkeys(totals(processes.NOTHING)) if figures is None else totals(figures)
    return {"sessionId": str(row.pk), "name": row.name} | known


def totals(figures: dict[str, Any]) -> dict[str, Any]:
    front = figures["foreground"]
    return {
        "pid": figures["pid"],
        "foreground": None if front is None else {name: front[name] for name in ("pid", "name", "argv", "agent")},
        "agent": figures["agent"],
        "processCount": figures["count"],
        "cpuPercent": figures["cpu_percent"],
        "cpuSeconds": figures["cpu_s"],
        "memoryBytes": figures["memory_bytes"],
    }


def process(one: dict[str, Any]) -> dict[str, Any]:
    same = {name: one[name] for name in ("pid", "ppid", "name", "argv", "agent", "state")}
    return same | {
        "cpuPercent": one["cpu_percent"],
        "cpuSeconds": one["cpu_s"],
        "memoryBytes": one["memory_bytes"],
        "startedAt": moment(one["started_at"]),
    }


def moment(seconds: float) -> str:
    return timestamp(datetime.fromtimestamp(seconds, UTC))


def _sum(figures: Any) -> float | None:
    """The sum of those that are known; None when none is."""
    known = [figure for figure in figures if figure is not None]
    return round(sum(known), 1) if known else None
