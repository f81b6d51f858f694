"""What lies at a prompt unsent, told from what is typed and from the shell's marks."""

import pytest

from runner.marks import Mark
from runner.prompt import Prompt


def after(*happened):
    prompt = Prompt(None)
    for one in happened:
        if isinstance(one, bytes):
            prompt.typed(one, 0)
        elif one == "sent":
            prompt.sent()
        else:
            kind, _, note = one.partition(";")
            prompt.heard(Mark(kind, 0, 0, note))
    return prompt


@pytest.mark.parametrize("happened", [
    [b"ls"], [b"ls\r", b"x"], [b"ls\rx", "C", "D", "A", "B"], ["C", b"q", "D", "A", "B"], [b"ls", "A", "B"],
    ["B;fish", "sent"], ["B;fish", "C", b"q", "D", "A", "B;fish"],
], ids=repr)  # fmt: skip
def test_something_may_lie_there(happened):
    assert after(*happened).has_unsent


@pytest.mark.parametrize("happened", [
    [], [b"ls\r"], [b"ls", b"\x03"], [b"ls", "D", "A", "B"], ["B", "sent"], ["B;fish", "sent", "C"],
    ["B;fish", "sent", "A", "B;fish"], ["B;fish", b"ls", "A", "B;fish"],
], ids=repr)  # fmt: skip
def test_nothing_lies_there(happened):
    assert not after(*happened).has_unsent


@pytest.mark.parametrize(("owes", "happened"), [
    (True, ["B", b"ls\r"]), (True, ["B", b"ls\rx"]), (True, ["B", b"ls\r", "D"]), (True, ["B", b"ls", b"\x03"]),
    (False, ["B"]), (False, ["B", b"ls"]), (False, ["B", b"ls\r", "C"]), (False, ["B", b"\r", "D", "A", "B"]),
    (False, ["B", b"ls (\r", "P", "B;more"]), (False, ["B", b"\x1b[200~a\rb\x1b[201~"]),
], ids=repr)  # fmt: skip
def test_a_shell_owes_an_answer_to_what_was_sent_to_it(owes, happened):
    assert after(*happened).owes_answer is owes
