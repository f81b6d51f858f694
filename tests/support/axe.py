"""Asks axe-core, in the page itself, what people with a screen reader or a keyboard would stumble over."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


@cache
def _script() -> str:
    return AXE.read_text()


def faults(page: Page, *, leave_out: tuple[str, ...] = (".xterm",)) -> list[dict[str, Any]]:
    """Everything axe objects to; a terminal's own rows are left out, which xterm.js mirrors for readers."""
    page.evaluate(f"() => {{ if (!window.axe) {{ {_script()} }} }}")
    found: dict[str, Any] = page.evaluate(
        "(leaveOut) => axe.run({exclude: leaveOut.map((one) => [one])}, {resultTypes: ['violations']})", list(leave_out)
    )
    violations: list[dict[str, Any]] = found["violations"]
    return violations


def serious(page: Page, **options: Any) -> list[str]:
    """Each serious or critical fault in a line: the rule, and where."""
    return [
        f"{fault['id']}: {fault['help']}: {[node['target'] for node in fault['nodes']][:4]}"
        for fault in faults(page, **options)
        if fault["impact"] in GRAVE
    ]
