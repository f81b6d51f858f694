"""`{% cost_charts %}`: what the last thirty days cost, for pages of the admin site."""

from datetime import UTC, datetime

from django import template
from django.utils.safestring import SafeString

from costs import charts, ranges, reports
from costs.payloads import Range
from costs.queries import Whose

register = template.Library()


@register.simple_tag
def cost_charts(detail: str = "all") -> SafeString:
    """All three charts, or with `days` the first alone."""
    days = ranges.asked(Range.model_validate({}), datetime.now(UTC))
    by_day = [(day, figures.billed.cost_picousd) for day, figures in reports.daily(Whose(), days)]
    found = charts.days("Dollars a day, the last 30 days", by_day)
    if detail == "days":
        return found
    cells = reports.breakdowns(Whose(), days)
    providers = [(key[0], figures.billed.cost_picousd) for key, figures in cells.by_provider]
    models = [(" · ".join(key), figures.billed.cost_picousd) for key, figures in cells.by_model]
    return found + charts.parts("By provider", providers) + charts.parts("By model", models)
