"""What the door says of a call to the money, and what it hears."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from costs.counters import BudgetNews
from costs.models import Entry, Outcome
from costs.pricing import Asked
from providers.dialects import Reading
from providers.usage import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """A call that is about to be sent. Owner and agent are the session's.

    `says_all`: what the model is to read stands in the request, so that its size bounds the input. `can_be_cut`: the
    answer is a stream, which can be ended when it becomes too dear.
    """

    id: uuid.UUID
    session_id: uuid.UUID
    provider: str
    model: str
    at: datetime
    input_bytes: int
    max_output_tokens: int | None = None
    answers: int = 1  # that are asked for; `max_output_tokens` covers them all
    terms: Terms = field(default_factory=Terms)
    says_all: bool = True
    can_be_cut: bool = True

    def asked(self) -> Asked:
        return Asked(
            provider=self.provider,
            model=self.model,
            terms=self.terms,
            at=self.at,
            input_bytes=self.input_bytes,
            max_output_tokens=self.max_output_tokens,
            answers=self.answers,
            says_all=self.says_all,
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """The call may be sent. `cut_after_tokens`: end an answer that becomes longer; None: there is room for all."""

    cut_after_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a call ended. `output_bytes`: of text, thoughts and tool arguments in the answer, to reckon by if need be."""

    outcome: Outcome
    status: int | None = None
    reading: Reading | None = None
    first_byte_ms: int | None = None
    total_ms: int | None = None
    output_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The entry of a call that has ended, and what there is to tell of budgets."""

    entry: Entry
    session_id: uuid.UUID
    owner_id: int
    warnings: list[BudgetNews] = field(default_factory=list)
