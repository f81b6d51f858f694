"""`manage.py reconcile`: compare session rows with their runners once, or again and again."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sessions import services


class Command(BaseCommand):
    help = "Make session rows agree with what their runners say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Repeat until stopped.")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        while True:
            unreachable = services.reconcile()
            if unreachable:
                self.stderr.write(f"{unreachable} runner(s) did not answer")
            if every is None:
                return
            time.sleep(every)
