"""How much a model can say in one answer, where a call that sets no bound needs one; the price list does not tell."""

import re

MAX_OUTPUT = [
    (re.compile(pattern), tokens)
    for pattern, tokens in (
        (r"^gpt-5(?:\.\d+)?(?:-(?:mini|nano|codex|pro))*$", 128_000),
        (r"^gpt-4\.1", 32_768),
        (r"^gpt-4o(?!.*audio)", 16_384),
        (r"^o[134](?:-mini|-pro)?$", 100_000),
        (r"^claude-(?:sonnet|opus|haiku)-4-5", 64_000),
        (r"^claude-3-[57]-", 64_000),
        (r"^gemini-(?:2\.5|3)", 65_536),
    )
]


def max_output_tokens(model_id: str) -> int | None:
    return next((tokens for pattern, tokens in MAX_OUTPUT if pattern.search(model_id)), None)
