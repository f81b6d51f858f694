# Shell integration of AGTerm for a plain sh, named by ENV: marks (OSC 133) in its prompts, D with the exit code of the
# last command, A and B around the prompt, P before one that asks for the rest of a command. There is no hook that could
# say where a command's output begins; `line` tells that this shell reads line by line.

__agterm_mark() {
    if [ -n "${BASH_VERSION-}" ]; then # bash as sh edits its lines and must know what takes no room
        printf '\\[\033]133;%s;aid=@AGTERM_WORD@\007\\]' "$1"
    else
        printf '\033]133;%s;aid=@AGTERM_WORD@\007' "$1"
    fi
}
PS1="$(__agterm_mark 'D;$?')$(__agterm_mark A)${PS1-\$ }$(__agterm_mark 'B;line')"
PS2="$(__agterm_mark P)${PS2-> }$(__agterm_mark 'B;more')"
unset -f __agterm_mark
unset ENV
