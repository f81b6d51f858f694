"""Charts for the admin site as plain SVG and HTML: no script, no font, no file of somebody else's; its own colours."""

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from costs.money import usd

STEP, GAP = 10, 2  # of a day's bar, in units of a drawing that is stretched to the room there is
HEIGHT = 100
MOST_BARS = 10


def days(title: str, costs: Sequence[tuple[date, int]]) -> SafeString:
    """A bar a day; pointing at one tells its sum."""
    most = max((cost for _, cost in costs), default=0)
    bars = format_html_join(
        "",
        '<g><title>{}: ${}</title><rect class="area" x="{}" y="0" width="{}" height="{}"/>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/></g>',
        (
            (
                day.isoformat(), about(cost), place * STEP, STEP, HEIGHT, place * STEP + GAP / 2,
                _px(HEIGHT - (height := _part(cost, most, HEIGHT))), STEP - GAP, _px(height),
            )
            for place, (day, cost) in enumerate(costs)
        ),
    )  # fmt: skip
    lines = format_html_join(
        "", '<line x1="0" x2="{}" y1="{}" y2="{}"/>', ((len(costs) * STEP, y, y) for y in (0.5, 50, 99.5))
    )
    drawing = format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>',
        max(1, len(costs)) * STEP, HEIGHT, f"{title}: {_told(costs)}", lines, bars,
    )  # fmt: skip
    scale = format_html("<span>${}</span><span>${}</span><span>$0</span>", about(most), about(most // 2))
    ends = [costs[0][0], costs[len(costs) // 2][0], costs[-1][0]] if costs else []
    feet = format_html_join("", "<time>{}</time>", ((f"{day.day} {day:%b}",) for day in ends))
    note = f"${about(most)} on the dearest day" if most else "nothing was spent"
    content = format_html(
        '<div class="chart-days"><div class="chart-scale" aria-hidden="true">{}</div>{}'
        '<div class="chart-feet" aria-hidden="true">{}</div></div>',
        scale, drawing, feet,
    )  # fmt: skip
    return _figure(title, note, content)


def parts(title: str, costs: Sequence[tuple[str, int]]) -> SafeString:
    """A bar for each part, the dearest first; the many small ones are one."""
    return _bars(title, [(name, cost, f"${about(cost)}") for name, cost in _largest(costs)])


def counts(title: str, amounts: Sequence[tuple[str, int]]) -> SafeString:
    """As `parts`, of things that are counted."""
    return _bars(title, [(name, count, str(count)) for name, count in _largest(amounts)])


def about(picousd: int) -> str:
    """Dollars for people: cents, or four decimals below ten cents."""
    places = 8 if abs(picousd) < 10**11 else 10
    return usd(round(picousd, -places))


def _largest(amounts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    shown = sorted(amounts, key=lambda pair: (-pair[1], pair[0]))
    if len(shown) <= MOST_BARS:
        return shown
    rest = sum(amount for _, amount in shown[MOST_BARS - 1 :])
    return [*shown[: MOST_BARS - 1], (f"{len(shown) - MOST_BARS + 1} others", rest)]


def _bars(title: str, amounts: Sequence[tuple[str, int, str]]) -> SafeString:
    most = max((amount for _, amount, _ in amounts), default=0)
    rows = format_html_join(
        "",
        '<li><span class="chart-name" title="{}">{}</span><span class="chart-track">'
        '<span style="width: {}%"></span></span><span class="chart-amount">{}</span></li>',
        ((name, name, _px(_part(amount, most, 100)), told) for name, amount, told in amounts),
    )
    return _figure(title, "" if amounts else "nothing yet", format_html('<ul class="chart-bars">{}</ul>', rows))


def _told(costs: Sequence[tuple[date, int]]) -> str:
    """The days that cost something, in words; the last five of them."""
    spent = [(day, cost) for day, cost in costs if cost]
    words = ", ".join(f"{day.isoformat()} ${about(cost)}" for day, cost in spent[-5:])
    return f"{len(spent)} days with costs; {words}" if spent else "nothing was spent"


def _figure(title: str, note: str, content: SafeString) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption><strong>{}</strong> <span>{}</span></figcaption>{}</figure>',
        title, note, content,
    )  # fmt: skip


def _part(cost: int, most: int, room: int) -> float:
    return max(0.0, cost / most * room) if most > 0 else 0.0


def _px(length: float) -> str:
    return f"{length:.1f}"
