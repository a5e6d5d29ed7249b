"""The script for zsh: one function for each place of the command tree, built on zsh's own ``_arguments``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from energyctl.core.completion.tree import Argument, Files, Node, Option, Takes, Tree, Values

_SCRIPT = r"""#compdef @PROGRAM@
# Completion of @PROGRAM@ for zsh.
# Generated from the command tree; not to be edited.

# The options that every command takes.
typeset -ga _@NAME@_shared=(
@SHARED@
)

# Complete a group: its commands, given as name:description, then what comes after one of them.
_@NAME@_group() {
    local place=$1 curcontext=$curcontext state line ret=1
    local -i end=${@[(i)--]}
    local -a names=("${@[2,end-1]}") specs=("${@[end+1,-1]}")
    typeset -A opt_args
    _arguments -C -s -A '-*' "$specs[@]" '1: :->command' '*:: :->rest' && ret=0
    if [[ $state == rest && $words[1] == -- ]]; then
        shift words
        (( CURRENT -= 1 ))
    fi
    case $state in
        command) _describe -t commands command names && ret=0 ;;
        rest) _call_function ret "${place}__$words[1]" ;;
    esac
    return ret
}

# Complete a command of the system with its own completion.
_@NAME@_run() {
    if [[ $words[1] == -- ]]; then
        shift words
        (( CURRENT -= 1 ))
    fi
    if (( CURRENT == 1 )); then
        _command_names -e
    else
        _normal
    fi
}

# Complete with a list that @PROGRAM@ keeps in its state directory; without one, say what is wanted.
_@NAME@_kept() {
    local place=$@STATE@
    local -a kept
    if [[ -z $place ]]; then
        place=${XDG_STATE_HOME:-$HOME/.local/state}/@PROGRAM@
        [[ -f $place/completion/$1 ]] || place="$HOME/Library/Application Support/@PROGRAM@"
    fi
    [[ $place == '~/'* ]] && place=$HOME/${place:2}
    place+=/completion/$1
    [[ -f $place && -r $place ]] && kept=(${(f)"$(<$place)"})
    if (( ! $#kept )); then
        _message -e values "$2"
        return
    fi
    kept=("${(@)kept//\\/\\\\}")
    kept=("${(@)kept//:/\\:}")
    kept=("${(@)kept/$'\t'/:}")
    _describe -t values "$2" kept
}

@FUNCTIONS@

if [[ $funcstack[1] == _@NAME@ ]]; then
    _@NAME@ "$@"
else
    compdef _@NAME@ @PROGRAM@
fi
"""


def write(tree: Tree) -> str:
    """Return the script."""
    parts = {
        "PROGRAM": tree.program,
        "NAME": tree.function,
        "STATE": tree.state_variable,
        "SHARED": "\n".join(
            f"    {_quoted(spec)}" for option in tree.shared for spec in _option(tree, option)
        ),
        "FUNCTIONS": "\n\n".join("\n".join(_function(tree, node)) for node in tree.root.walk()),
    }
    return re.sub(r"@([A-Z_]+)@", lambda found: parts[found[1]], _SCRIPT)


def _function(tree: Tree, node: Node) -> Iterator[str]:
    name = "__".join((f"_{tree.function}", *node.path))
    specs = [_quoted(spec) for option in node.options for spec in _option(tree, option)]
    if node.shares:
        specs.insert(0, f'"$_{tree.function}_shared[@]"')
    yield f"{name}() {{"
    if node.is_group:
        yield f"    _{tree.function}_group {name} \\"
        yield from (f"        {_quoted(_child(child))} \\" for child in node.children)
        specs.insert(0, "--")
    elif node.runs_command:
        yield "    _arguments -s -A '-*' \\"
        specs.append(f"'*:: :_{tree.function}_run'")
    else:
        yield "    _arguments -s -S \\"
        specs.extend(_quoted(_argument(tree, argument)) for argument in node.arguments)
    yield " \\\n".join(f"        {spec}" for spec in specs)
    yield "}"


def _child(node: Node) -> str:
    return f"{_escaped(node.path[-1], ':')}:{_escaped(node.help)}"


def _option(tree: Tree, option: Option) -> Iterator[str]:
    """Yield an option's specs for ``_arguments``, one for each of its names."""
    excluded = "*" if option.repeatable else f"({' '.join(option.excludes)})"
    told = f"[{_escaped(option.help, '[]:')}]" if option.help else ""
    for name in option.names:
        if option.takes is Takes.NOTHING:
            yield f"{excluded}{name}{told}"
        elif option.takes is Takes.OPTIONAL:
            yield f"{excluded}{name}=-{told}::{_value(tree, option.values)}"
        else:
            yield f"{excluded}{name}{'=' if name.startswith('--') else '+'}{told}:{_value(tree, option.values)}"


def _argument(tree: Tree, argument: Argument) -> str:
    mark = "*:" if argument.many else ":" if argument.required else "::"
    return mark + _value(tree, argument.values)


def _value(tree: Tree, values: Values) -> str:
    return f"{values.label}:{_action(tree, values)}"


def _action(tree: Tree, values: Values) -> str:
    """Return what zsh does for a value; a blank: it says what is wanted and offers nothing."""
    if values.words:
        return f"({_words(values.words)})".replace(":", r"\:")
    if values.kept:
        return f" _{tree.function}_kept {_words((values.kept, values.label))}"
    return {Files.NONE: " ", Files.FILE: "_files", Files.DIRECTORY: "_files -/"}[values.files]


def _escaped(text: str, special: str = "") -> str:
    return re.sub(rf"[\\{re.escape(special)}]", r"\\\g<0>", text)


def _words(words: Iterable[str]) -> str:
    return " ".join(word if re.fullmatch(r"[\w./+-]+", word, re.ASCII) else _quoted(word) for word in words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
