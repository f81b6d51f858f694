# Shell integration of AGTerm for bash, given as --init-file: a login shell's files, then marks (OSC 133) around the
# prompt (A to B), before a command's output (C) and after it, with its exit code (D), and around the prompt for the rest
# of a command (P to B). Only this shell's own marks carry its word, so that those of others count for nothing. Functions come first: the user's aliases are not for them.

__agterm_word=@AGTERM_WORD@

logout() { # the builtin works in what bash itself calls a login shell
    builtin exit "$@"
}

__agterm_done() {
    builtin printf '\e]133;D;%d;aid=%s\a' "$1" "$__agterm_word"
    builtin return "$2"
}

# Runs last before each prompt: whatever the user's own commands made of the prompt gets its marks again.
__agterm_dress() {
    if [[ ${PS1-} != *"$__agterm_word"* ]]; then
        PS1='\[\e]133;A;aid='$__agterm_word'\a\]'${PS1-}'\[\e]133;B;aid='$__agterm_word'\a\]'
    fi
    if [[ ${PS2-} != *"$__agterm_word"* ]]; then
        PS2='\[\e]133;P;aid='$__agterm_word'\a\]'${PS2-}'\[\e]133;B;more;aid='$__agterm_word'\a\]'
    fi
    if [[ ${PS0-} != *"$__agterm_word"* ]]; then
        PS0=${PS0-}'\e]133;C;aid='$__agterm_word'\a'
    fi
    __agterm_hook
}

# First and last of PROMPT_COMMAND are ours. bash may be walking through it: elements are changed or added, never removed.
__agterm_hook() {
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)); then
        if [[ ${PROMPT_COMMAND-} != '__agterm_done $? $?'*__agterm_dress ]]; then
            PROMPT_COMMAND=${PROMPT_COMMAND//__agterm_done/:}
            PROMPT_COMMAND=${PROMPT_COMMAND//__agterm_dress/:}
            PROMPT_COMMAND='__agterm_done $? $?'$'\n'${PROMPT_COMMAND:-:}$'\n__agterm_dress'
        fi
        builtin return 0
    fi
    builtin local each count=${#PROMPT_COMMAND[@]}
    if ((count > 1)) && [[ ${PROMPT_COMMAND[count - 1]-} != __agterm_dress ]]; then
        for each in "${!PROMPT_COMMAND[@]}"; do
            [[ ${PROMPT_COMMAND[each]} != __agterm_dress ]] || PROMPT_COMMAND[each]=:
        done
        PROMPT_COMMAND+=(__agterm_dress)
    fi
    if [[ ${PROMPT_COMMAND[0]-} != '__agterm_done $? '* ]]; then
        PROMPT_COMMAND[0]='__agterm_done $? $?'$'\n'${PROMPT_COMMAND[0]//__agterm_done/:}
    fi
}

__agterm_begin() {
    builtin declare -g +x __agterm_word
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
        PROMPT_COMMAND=('__agterm_done $? 0' "${PROMPT_COMMAND[@]}" __agterm_dress)
    fi
    __agterm_dress
    builtin unset -f __agterm_begin
}

if [[ -r /etc/profile ]]; then
    . /etc/profile
fi
if [[ -r ~/.bash_profile ]]; then
    . ~/.bash_profile
elif [[ -r ~/.bash_login ]]; then
    . ~/.bash_login
elif [[ -r ~/.profile ]]; then
    . ~/.profile
fi

# Workspaces have long names: a prompt that wraps eats a line of output when the window gets wider.
: "${PROMPT_DIRTRIM:=2}"

__agterm_begin
