"""What a program prints can't reach beyond its terminal: not to the clipboard, not into the page, not back as input."""

import base64

KEPT, STOLEN = "what I had copied", "rm -rf ~"


def test_a_program_can_neither_write_nor_read_the_clipboard(desk, session):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open_session(session)
    desk.page.evaluate("(text) => navigator.clipboard.writeText(text)", KEPT)
    code = base64.b64encode(STOLEN.encode()).decode()
    for end in (r"\a", r"\e\\"):
        for target in ("c", "p", "", "s0"):
            desk.run(rf"printf '\e]52;{target};{code}{end}'; printf '\e]52;{target};?{end}'")
    desk.run(r"printf '\e]50;x\a\ePtmux;\e\e]52;c;" + code + r"\a\e\\\n'; printf 'thr''ough\n'")
    desk.wait_for("through")
    assert desk.page.evaluate("() => navigator.clipboard.readText()") == KEPT
    assert not any(base64.b64encode(KEPT.encode()).decode()[:8] in line for line in desk.lines())


def test_a_title_is_text_and_never_becomes_part_of_the_page(desk, session):
    desk.open_session(session)
    desk.run(r"""printf '\e]0;<img src=x onerror="document.body.dataset.owned=1"><script>1</script>\a'""")
    desk.run(r"printf '\e]2;\r\nno''w\n\a\e[21tti''tled\n'")
    desk.wait_for("titled")
    assert desk.page.evaluate("() => document.body.dataset.owned") is None
    assert desk.page.evaluate("() => document.querySelectorAll('img[src=x]').length") == 0


def test_a_question_about_the_terminal_is_not_answered_with_what_a_program_chose(desk, session):
    """A title that came back as typed text would be run by the shell."""
    desk.open_session(session)
    asked = r"printf '\e]2;touch-it\a\e]1;touch-it\a\e[21t\e[20t\eP$qm\e\\\e[c'"
    desk.run(f"{asked}; read -rs -t 2 -n 200 -d '' back; [[ $back == *touch* ]] && echo fo''oled || echo sa''fe")
    desk.wait_for("safe")
