"""What the search index found, as callers see it: as TermFlow shows it, and where it is to be opened."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.moments import timestamp


def found(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "results": [_result(hit, answer) for hit in answer["hits"]],
        "nextCursor": answer["nextCursor"],
        "complete": answer["complete"],
        "dropped": {
            "bytes": answer["dropped"]["bytes"],
            "sessions": [
                {
                    "sessionId": each["session"],
                    "sessionName": answer["names"].get(each["session"]),
                    "bytes": each["bytes"],
                    "since": _time(each["since"]),
                    "until": _time(each["until"]),
                }
                for each in answer["dropped"]["sessions"]
            ],
            "damagedFiles": answer["damaged"],
        },
        "since": None if answer["since"] is None else _time(answer["since"]),
        "tookMs": answer["tookMs"],
    }


def _result(hit: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    recording, recording_time = answer["moments"].get(hit["id"], (None, None))
    return {
        "document": {
            "id": hit["id"],
            "sessionId": hit["session"],
            "terminalId": hit["session"],
            "sessionName": answer["names"].get(hit["session"]),
            "agent": hit["agent"],
            "type": hit["kind"],
            "timestamp": _time(hit["at"]),
            "offset": hit["offset"],
            "recordingId": recording,
            "recordingTimeMs": recording_time,
        },
        "score": len(hit["matches"]),
        "matches": hit["matches"],
        "context": hit["snippet"],
    }


def _time(milliseconds: int) -> str:
    return timestamp(datetime.fromtimestamp(milliseconds / 1000, UTC))
