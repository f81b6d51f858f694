# Shell integration of AGTerm for zsh, read as $ZDOTDIR/.zshenv: ZDOTDIR is taken back at once, so that all the user's
# files are read as ever, then marks (OSC 133) are hooked in: A and B around the prompt (P and B around one for
# the rest of a command), C before a command's output, D with its exit code after it. Only this shell's own marks carry its word: those of others count for nothing.

builtin unset ZDOTDIR

if [[ -o interactive ]]; then
    typeset -g __agterm_word=@AGTERM_WORD@

    __agterm_preexec() {
        builtin emulate -L zsh
        builtin printf '\e]133;C;aid=%s\a' "$__agterm_word"
    }

    __agterm_precmd() {
        builtin local code=$?
        builtin emulate -L zsh
        builtin printf '\e]133;D;%d;aid=%s\a' $code "$__agterm_word"
        # The prompt is dressed after the other hooks, which may make it anew; this hook itself stays first.
        precmd_functions=(__agterm_precmd ${precmd_functions:#__agterm_*} __agterm_dress)
        [[ -z ${preexec_functions[(r)__agterm_preexec]-} ]] && preexec_functions+=(__agterm_preexec)
        builtin return 0
    }

    __agterm_dress() {
        builtin emulate -L zsh
        [[ $PS1 == *"$__agterm_word"* ]] ||
            PS1=$'%{\e]133;A;aid='$__agterm_word$'\a%}'$PS1$'%{\e]133;B;aid='$__agterm_word$'\a%}'
        [[ $PS2 == *"$__agterm_word"* ]] ||
            PS2=$'%{\e]133;P;aid='$__agterm_word$'\a%}'$PS2$'%{\e]133;B;more;aid='$__agterm_word$'\a%}'
        builtin return 0
    }

    typeset -ga precmd_functions preexec_functions
    precmd_functions+=(__agterm_precmd __agterm_dress)
    preexec_functions+=(__agterm_preexec)
fi

if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then
    builtin source "${ZDOTDIR:-$HOME}/.zshenv"
fi
