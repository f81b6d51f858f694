"""A program that changes its mind all the time is told of now and then, and rightly in the end."""

import time

FLAP = r"printf '\033]7501;id=a:state=blocked\007\033]7501;id=a:state=working\007'"


def test_a_state_that_flaps_is_told_a_few_times_a_second_and_the_last_one_for_sure(runner):
    session_id = runner.script(
        f"stty -echo; echo ready; read line; i=0; while [ $i -lt 40000 ]; do {FLAP}; i=$((i+1)); done;"
        r"printf '\033]7501;id=a:state=blocked\007'; echo done; read line"
    )
    with runner.watch(session_id, since=0) as reader:
        reader.see(b"ready")
        began = time.monotonic()
        reader.type(b"\n")
        reader.see(b"done", 60)
        reader.rest(0.5)
        assert reader.states[-1] == "needs_input"
        assert 1 <= len(reader.states) <= 4 + 5 * (time.monotonic() - began)
