"""The script for fish 3.1 and later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from energyctl.core.completion.tree import Files, Node, Option, Takes, Tree, Values

_SCRIPT = r"""# Completion of @PROGRAM@ for fish.
# Generated from the command tree; not to be edited.

# What stands at a place of the command tree; fails where there is no such place.
function __@NAME@_node --no-scope-shadowing
    set commands
    set options
    set takers
    set positions 0
    set many 0
    set shares 1
    set runs 0
    switch $argv[1]
@NODES@
        case '*'
            return 1
    end
    if test $shares = 1
        set -a options @SHARED_OPTIONS@
        set -a takers @SHARED_TAKERS@
    end
end

# What the value of an option, or of the n-th argument, may be.
function __@NAME@_values --no-scope-shadowing
    set values
    set files ''
    switch $argv[1]:$argv[2]
@VALUES@
        case '*'
            test $shares = 1; or return
            switch $argv[2]
@SHARED_VALUES@
            end
    end
end

# Print a list that @PROGRAM@ keeps in its state directory: values, each with its description.
function __@NAME@_kept
    set -l place "$@STATE@"
    if test -z "$place"
        set place "$XDG_STATE_HOME"
        test -n "$place"; or set place "$HOME/.local/state"
        set place $place/@PROGRAM@
        test -f $place/completion/$argv[1]; or set place "$HOME/Library/Application Support/@PROGRAM@"
    end
    string match -q -- '~/*' $place; and set place $HOME/(string sub -s 3 -- $place)
    set place $place/completion/$argv[1]
    test -f $place; and test -r $place; and string match -- '*' <$place
end

# Offer the values of an option, or of the n-th argument.
function __@NAME@_offer_values --no-scope-shadowing
    __@NAME@_values $path $argv[1]
    if test -n "$files"
        # No command has this name, so fish offers the names of files.
        set values (complete -C "'' $current")
        test $files = directory; and set values (string match -- '*/' $values)
    end
    set -q values[1]; and printf '%s\n' "$prefix"$values
end

# Find out of a word with short options which of them takes a value, and what of the word belongs to it.
function __@NAME@_short --no-scope-shadowing
    set taker ''
    set glued (string sub -s 2 -- $argv[1])
    while test -n "$glued"
        set taker -(string sub -l 1 -- $glued)
        set glued (string sub -s 2 -- $glued)
        contains -- $taker $takers; and return
    end
    set taker ''
end

function __@NAME@_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l commands
    set -l options
    set -l takers
    set -l values
    set -l positions
    set -l many
    set -l shares
    set -l runs
    set -l files
    set -l taker ''
    set -l glued ''
    set -l path ''
    set -l prefix ''
    set -l waiting ''
    set -l ended 0
    set -l given 1
    while string match -qr '^\w+=' -- $tokens[1]
        set -e tokens[1]
    end
    set -e tokens[1]
    __@NAME@_node ''
    while set -q tokens[1]
        set -l token $tokens[1]
        if test -n "$waiting"
            set waiting ''
        else if test $ended = 0; and test "$token" = --
            set ended 1
        else if test $ended = 0; and string match -q -- '--*' $token
            contains -- $token $takers; and set waiting $token
        else if test $ended = 0; and string match -qr -- '^-.' $token
            __@NAME@_short $token
            test -n "$taker"; and test -z "$glued"; and set waiting $taker
        else if set -q commands[1]
            set path (string trim -- "$path $token")
            set ended 0
            __@NAME@_node $path; or return
        else if test $runs = 1
            break
        else
            set given (math $given + 1)
        end
        set -e tokens[1]
    end

    if test -n "$waiting"
        __@NAME@_offer_values $waiting
    else if test $runs = 1; and begin
            set -q tokens[1]; or test $ended = 1; or not string match -q -- '-*' $current
        end
        set -l line (string join ' ' -- (string escape -- $tokens) "$current")
        complete -C "$line"
    else if test $ended = 0; and string match -q -- '--*=*' $current
        set prefix (string replace -r -- '=.*' '=' $current)
        set current (string replace -r -- '^[^=]*=' '' $current)
        __@NAME@_offer_values (string trim -r -c = -- $prefix)
    else if test $ended = 0; and string match -q -- '-*' $current
        string match -qr -- '^-[^-]' $current; and __@NAME@_short $current; or set taker ''
        if test -n "$taker"; and test -n "$glued"
            set prefix (string replace -r -- (string escape --style=regex -- $glued)'$' '' $current)
            set current $glued
            __@NAME@_offer_values $taker
        else
            printf '%s\t%s\n' $options
        end
    else if set -q commands[1]
        printf '%s\t%s\n' $commands
    else
        test $many = 1; and test $given -gt $positions; and set given $positions
        if test $given -le $positions
            __@NAME@_offer_values $given
        else if test $ended = 0; and test -z "$current"
            printf '%s\t%s\n' $options
        end
    end
    return 0
end

complete -c @PROGRAM@ -e
complete -c @PROGRAM@ -k -f -a '(__@NAME@_complete)'
"""


def write(tree: Tree) -> str:
    """Return the script."""
    nodes = list(tree.root.walk())
    parts = {
        "PROGRAM": tree.program,
        "NAME": tree.function,
        "STATE": tree.state_variable,
        "SHARED_OPTIONS": _words(_described(tree.shared)),
        "SHARED_TAKERS": _words(_takers(tree.shared)),
        "NODES": "\n".join(line for node in nodes for line in _node(node)),
        "VALUES": "\n".join(line for node in nodes for line in _values(tree, node)),
        "SHARED_VALUES": "\n".join(
            f"                case {_words(option.names)}\n                    {_told(tree, option.values)}"
            for option in tree.shared
            if option.values
        ),
    }
    return re.sub(r"@([A-Z_]+)@", lambda found: parts[found[1]], _SCRIPT)


def _node(node: Node) -> Iterator[str]:
    yield f"        case {_quoted(' '.join(node.path))}"
    yield from _set("commands", (word for child in node.children for word in (child.path[-1], child.help)))
    yield from _set("options", _described(node.options))
    yield from _set("takers", _takers(node.options))
    if node.arguments:
        yield f"            set positions {len(node.arguments)}"
        if node.arguments[-1].many:
            yield "            set many 1"
    if not node.shares:
        yield "            set shares 0"
    if node.runs_command:
        yield "            set runs 1"


def _set(variable: str, words: Iterable[str]) -> Iterator[str]:
    text = _words(words)
    if text:
        yield f"            set {variable} {text}"


def _described(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        for name in option.names:
            yield name
            yield option.help


def _takers(options: Iterable[Option]) -> Iterator[str]:
    return (name for option in options if option.takes is Takes.VALUE for name in option.names)


def _values(tree: Tree, node: Node) -> Iterator[str]:
    path = " ".join(node.path)
    for option in node.options:
        if option.values:
            yield f"        case {_words(f'{path}:{name}' for name in option.names)}"
            yield f"            {_told(tree, option.values)}"
    for number, argument in enumerate(node.arguments, 1):
        if argument.values and not node.runs_command:
            yield f"        case {_quoted(f'{path}:{number}')}"
            yield f"            {_told(tree, argument.values)}"


def _told(tree: Tree, values: Values) -> str:
    if values.kept:
        return f"set values (__{tree.function}_kept {_quoted(values.kept)})"
    if values.files is Files.NONE:
        return f"set values {_words(values.words)}"
    return f"set files {values.files.value}"


def _words(words: Iterable[str]) -> str:
    return " ".join(map(_quoted, words))


def _quoted(text: str) -> str:
    if re.fullmatch(r"[\w./+-]+", text, re.ASCII):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
