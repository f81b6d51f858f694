"""The state of a session by a clock that stands still: when it changes, when it does not, and when to look."""

import pytest

from runner.activity import (
    ECHO_S,
    FLOOD_BYTES,
    IDLE_AFTER_S,
    LOOK_AFTER_S,
    LOOK_EVERY_S,
    QUIET_S,
    SUSTAINED_S,
    Activity,
    ReportScanner,
    compile_patterns,
)

PATTERNS = {
    "needs_input": [r"\[allow\]\Z"],
    "rate_limited": [r"^slow down\Z"],
    "working": [r"^busy\Z", r"\A[^\n]*\ntitle: \*"],
    "idle": [r"^> "],
}
ANSWER = b"\x1b]7501;?\x1b\\"


class Clock:
    """An activity and a clock that only tests move; the terminal is looked at when the activity asks for it."""

    def __init__(self, patterns=PATTERNS):
        self.now = 100.0
        self.made = Activity(compile_patterns(patterns), self.now)
        self.shown = ""
        self.looks = []
        self.states = [self.made.state]
        self.cpu_s = None

    def pass_(self, seconds, *, output_every=None, size=100, input_every=None):
        """Let time pass in steps of 50 ms, with output and input as often as told."""
        for step in range(1, round(seconds / 0.05) + 1):
            self.now = round(self.now + 0.05, 3)
            if input_every and not step % round(input_every / 0.05):
                self.made.input(self.now)
            if output_every and not step % round(output_every / 0.05):
                self.made.output(size, self.now)
            if self.made.due_at is not None and self.made.due_at <= self.now:
                self.look()
            self.note()
        return self

    def look(self):
        self.looks.append(self.now)
        self.made.foreground(True, "agent", self.now, cpu_s=self.cpu_s)
        self.made.screen(self.shown, self.now)

    def show(self, text):
        self.shown = text
        self.made.output(len(text), self.now)
        return self

    def note(self):
        if self.made.state != self.states[-1]:
            self.states.append(self.made.state)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def idle(clock):
    return clock.show("> ").pass_(3)


def test_a_program_that_starts_is_working_until_it_shows_a_prompt(clock):
    assert (clock.made.state, clock.made.since) == ("working", 100.0)
    clock.show("> ").pass_(LOOK_AFTER_S + IDLE_AFTER_S + 0.1)
    assert clock.made.state == "idle"


def test_a_program_that_never_prints_is_looked_at_once_and_is_idle(clock):
    clock.pass_(10)
    assert clock.looks == [100 + LOOK_EVERY_S, 100 + LOOK_EVERY_S + IDLE_AFTER_S]
    assert clock.made.state == "idle"


def test_the_screen_is_read_when_output_pauses(idle):
    idle.looks.clear()
    idle.pass_(0.5, output_every=0.1)
    assert idle.looks == []
    idle.pass_(LOOK_AFTER_S)
    assert len(idle.looks) == 1


def test_a_spinner_that_never_pauses_is_looked_at_every_two_seconds(idle):
    idle.looks.clear()
    idle.pass_(20, output_every=0.1)
    assert 9 <= len(idle.looks) <= 10


def test_nobody_looks_during_a_flood_and_it_is_work_all_the_same(idle):
    idle.looks.clear()
    idle.pass_(20, output_every=0.05, size=FLOOD_BYTES)
    assert idle.looks == []
    assert idle.made.state == "working"


def test_at_rest_nobody_looks(idle):
    idle.looks.clear()
    idle.pass_(600)
    assert (idle.looks, idle.made.due_at) == ([], None)


def test_since_is_when_the_state_began_and_stays_while_it_lasts(idle):
    began = idle.made.since
    idle.pass_(60).show("> x").pass_(5)
    assert (idle.made.state, idle.made.since) == ("idle", began)
    asked = idle.now
    idle.show("run? [allow]").pass_(1)
    assert idle.made.state == "needs_input"
    assert asked < idle.made.since <= asked + LOOK_AFTER_S


def test_idle_since_is_when_the_prompt_was_first_seen(idle):
    idle.show("busy").pass_(2)
    back = idle.now
    idle.show("> ").pass_(5)
    assert idle.made.since == pytest.approx(back + LOOK_AFTER_S)


@pytest.mark.parametrize(
    ("text", "state"), [("run? [allow]", "needs_input"), ("slow down", "rate_limited"), ("busy", "working")]
)
def test_everything_but_idle_counts_at_the_first_look(idle, text, state):
    idle.show(text).pass_(LOOK_AFTER_S)
    assert idle.made.state == state


def test_a_prompt_between_two_tool_calls_is_not_the_end_of_the_work(idle):
    idle.show("busy").pass_(2)
    idle.states[:] = ["working"]
    for _ in range(10):
        idle.show("> ").pass_(LOOK_AFTER_S + IDLE_AFTER_S - 0.2)
        idle.show("busy").pass_(3)
    assert idle.states == ["working"]


def test_a_question_wins_over_a_spinner_and_a_rate_limit_over_the_prompt(clock):
    clock.show("busy\nrun? [allow]").pass_(1)
    assert clock.made.state == "needs_input"
    clock.show("> \nslow down").pass_(1)
    assert clock.made.state == "rate_limited"


def test_what_has_scrolled_up_no_longer_counts(clock):
    clock.show("> \nrun? [allow]\n" + "text\n" * 5).pass_(3)
    assert clock.made.state == "idle"
    clock.show("> \n" + "text\n" * 30).pass_(1)
    assert clock.made.state == "idle"


def test_a_title_counts_at_once_and_without_a_look(idle):
    idle.made.title("* thinking", idle.now)
    assert idle.made.state == "working"


def test_a_title_that_turns_all_the_time_does_not_flap(idle):
    for step in range(100):
        idle.made.title(f"* {step}", idle.now)
        idle.pass_(0.1, output_every=0.1)
    assert idle.states == ["working", "idle", "working"]


def test_nothing_changes_after_the_exit(idle):
    idle.made.exited(idle.now)
    gone = idle.now
    idle.show("busy").pass_(5)
    idle.made.report("state=working", idle.now)
    idle.made.title("* on", idle.now)
    assert (idle.made.state, idle.made.since) == ("exited", gone)


# --- without patterns: the rhythm -------------------------------------------------------------------------------------


@pytest.fixture
def plain():
    return Clock({}).pass_(5)


def test_without_patterns_steady_output_is_work_and_a_pause_ends_it(plain):
    assert plain.made.state == "idle"
    plain.pass_(LOOK_EVERY_S + 0.5, output_every=0.25)
    assert plain.made.state == "working"
    plain.pass_(QUIET_S + IDLE_AFTER_S + LOOK_AFTER_S)
    assert plain.states == ["working", "idle", "working", "idle"]


def test_a_burst_is_not_work(plain):
    plain.pass_(SUSTAINED_S - 0.2, output_every=0.1).pass_(5)
    plain.pass_(30, output_every=2.0)  # a clock in a status line
    assert plain.states == ["working", "idle"]


def test_the_echo_of_typing_is_not_work(plain):
    plain.pass_(20, input_every=0.2, output_every=0.2)
    assert plain.states == ["working", "idle"]
    assert ECHO_S > 0.2


def test_output_that_goes_on_after_the_last_key_is_work(plain):
    plain.made.input(plain.now)
    plain.pass_(4, output_every=0.1)
    assert plain.made.state == "working"


def test_a_silent_program_that_uses_the_processor_is_working(plain):
    plain.cpu_s = 0.0
    plain.show("go").pass_(1)
    for _ in range(80):
        plain.cpu_s += 0.05
        plain.pass_(0.05)
        if plain.made.state == "idle":
            plain.made.output(1, plain.now)
    assert plain.made.state == "working"
    plain.pass_(10)
    assert plain.made.state == "idle"


# --- what the program reports itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("state=working:app=x", "working"),
        ("state=blocked:kind=permission:app=x:msg=UnVuPw==", "needs_input"),
        ("app=x:state=blocked", "needs_input"),
    ],
)
def test_a_report_counts_at_once(idle, body, state):
    idle.made.report(body, idle.now)
    assert (idle.made.state, idle.made.since) == (state, idle.now)


@pytest.mark.parametrize("body", ["state=done", "state=error:msg=bm8=", "state=idle"])
def test_a_report_that_all_is_done_is_idle_after_a_moment(idle, body):
    idle.made.report("state=working", idle.now)
    idle.pass_(1)
    ended = idle.now
    idle.made.report(body, idle.now)
    idle.pass_(2)
    assert (idle.made.state, idle.made.since) == ("idle", ended)


@pytest.mark.parametrize(
    "body", ["", "state", "state=asleep", "=:=:::", "kind=permission", "state=", "\x00state=working"]
)
def test_a_malformed_report_is_passed_over(idle, body):
    idle.made.report(body, idle.now)
    assert idle.made.state == "idle"


def test_one_blocked_helper_is_enough_to_need_a_person(idle):
    idle.made.report("state=working", idle.now)
    idle.made.report("state=blocked:id=a/b", idle.now)
    assert idle.made.state == "needs_input"
    idle.made.report("state=clear:id=a", idle.now)
    assert idle.made.state == "working"
    idle.made.report("state=clear", idle.now)
    idle.pass_(2)
    assert idle.made.state == "idle"


def test_endless_records_take_no_endless_memory(idle):
    for number in range(10_000):
        idle.made.report(f"state=working:id=n{number}", idle.now)
    assert len(idle.made._records) <= 64


def test_reports_of_a_program_end_when_its_shell_is_back(idle):
    idle.made.foreground(False, "claude", idle.now)
    idle.made.report("state=blocked", idle.now)
    idle.made.foreground(True, "bash", idle.now)
    idle.made.screen("> ", idle.now)
    idle.pass_(2)
    assert idle.made.state == "idle"


STREAM = b"x\x1b]0;t\x07\x1b]7501;state=idle:app=a\x07y\x1b\x1b]7501;?\x1b\\\x1b]7501;state=done\x1b\\z\x1b]7501;cut"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_reports_are_found_however_the_output_is_cut(size):
    scanner = ReportScanner()
    found = [body for at in range(0, len(STREAM), size) for body in scanner.feed(STREAM[at : at + size])]
    assert found == ["state=idle:app=a", "?", "state=done"]


def test_a_report_that_never_ends_or_holds_other_bytes_is_none():
    scanner = ReportScanner()
    assert scanner.feed(b"\x1b]7501;state=idle\nstate=done\x07") == []
    assert scanner.feed(b"\x1b]7501;\xff\x07") == []
    for _ in range(1000):
        assert scanner.feed(b"\x1b]7501;" + b"a" * 1000) == []
        assert len(scanner._kept) <= 4096
    assert scanner.feed(b"\n\x1b]7501;state=idle\x07") == ["state=idle"]


def test_a_flood_of_reports_is_cut_to_the_last_ones():
    assert len(ReportScanner().feed(b"\x1b]7501;state=idle\x07" * 10_000)) == 64


def test_a_flood_of_titles_is_judged_ten_times_a_second(idle):
    idle.made.title("* a", idle.now)
    idle.made.title("b", idle.now)
    assert idle.made.state == "working"
    idle.show("> ").pass_(2)
    assert idle.made.state == "idle"


def test_the_query_is_answered_with_itself():
    assert ReportScanner().feed(ReportScanner.ANSWER) == [ReportScanner.QUERY]
