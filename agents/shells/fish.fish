# Shell integration of AGTerm for fish, read by --init-command after the user's own files: marks (OSC 133) before a
# command's output (C), after it with its exit code (D), and at the prompt (A, B). Only this shell's own marks carry its
# word: those of others, of newer fishes too, count for nothing. `fish` tells that what it finds
# unfinished or wrong stays in its line.

function __agterm_preexec --on-event fish_preexec
    printf '\e]133;C;aid=%s\a' @AGTERM_WORD@
end

function __agterm_postexec --on-event fish_postexec
    printf '\e]133;D;%d;aid=%s\a' $status @AGTERM_WORD@
end

function __agterm_prompt --on-event fish_prompt
    printf '\e]133;A;aid=%s\a\e]133;B;fish;aid=%s\a' @AGTERM_WORD@ @AGTERM_WORD@
end
