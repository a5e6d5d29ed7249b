"""The script for bash 4 and later, without the bash-completion package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from energyctl.core.completion.tree import Files, Node, Option, Takes, Tree, Values

_SCRIPT = r"""# Completion of @PROGRAM@ for bash.
# Generated from the command tree; not to be edited.

# What stands at a place of the command tree; fails where there is no such place.
_@NAME@_node() {
    commands=() options=() takers=() positions=0 many=0 shares=1 runs=0
    case $1 in
@NODES@
    *) return 1 ;;
    esac
    if ((shares)); then
        options+=(@SHARED_OPTIONS@)
        takers+=(@SHARED_TAKERS@)
    fi
}

# What the value of an option, or of the n-th argument, may be.
_@NAME@_values() {
    values=() files=
    case $1:$2 in
@VALUES@
    *)
        ((shares)) || return
        case $2 in
@SHARED_VALUES@
        esac
        ;;
    esac
}

# Read the values of a list that @PROGRAM@ keeps in its state directory.
_@NAME@_kept() {
    local place=$@STATE@
    if [[ -z $place ]]; then
        place=${XDG_STATE_HOME:-$HOME/.local/state}/@PROGRAM@
        [[ -f $place/completion/$1 ]] || place="$HOME/Library/Application Support/@PROGRAM@"
    fi
    [[ $place == '~/'* ]] && place=$HOME/${place:2}
    place+=/completion/$1
    [[ -f $place && -r $place ]] || return
    mapfile -t values <"$place"
    values=("${values[@]%%$'\t'*}")
}

# Offer those of the given words that begin with what is typed.
_@NAME@_offer() {
    local word
    for word; do
        [[ $word == "$cur"* ]] || continue
        word=$prefix$word
        word=${word#"$stem"}
        case $quote in
        \') word=${word//\'/"'\\''"} ;;
        \")
            # Within these, a word with an exclamation mark cannot be written.
            [[ $word == *!* ]] && continue
            word=${word//\\/'\\'} word=${word//\"/'\"'} word=${word//\$/'\$'} word=${word//\`/'\`'}
            ;;
        *) printf -v word %q "$word" ;;
        esac
        COMPREPLY+=("$word")
    done
}

# Offer names of files. Readline does that best itself, unless the name is glued to a short option.
_@NAME@_offer_files() {
    local name kind=-f default=default
    [[ $1 == directory ]] && kind=-d default=dirnames
    if [[ -z $prefix || -n $stem ]]; then
        compopt -o $default
        return
    fi
    compopt -o filenames
    while IFS= read -r name; do
        COMPREPLY+=("$prefix$name")
    done < <(compgen $kind -- "$cur")
}

# Offer the values of an option, or of the n-th argument.
_@NAME@_offer_values() {
    _@NAME@_values "$path" "$1"
    _@NAME@_offer "${values[@]}"
    [[ $files ]] && _@NAME@_offer_files "$files"
}

# Find out of a word with short options which of them takes a value, and what of the word belongs to it.
_@NAME@_short() {
    local at
    taker='' glued=''
    for ((at = 1; at < ${#1}; at++)); do
        if [[ " ${takers[*]} " == *" -${1:at:1} "* ]]; then
            taker=-${1:at:1} glued=${1:at+1}
            return
        fi
    done
}

# Put the words of the line up to the cursor together again where readline has split them at : = or @.
_@NAME@_words() {
    local line=${COMP_LINE:0:${COMP_POINT:-${#COMP_LINE}}} rest piece before='' at count=0
    words=()
    for ((at = 0; at <= COMP_CWORD; at++)); do
        piece=${COMP_WORDS[at]}
        rest=${line#"${line%%[![:space:]]*}"}
        [[ $at -eq $COMP_CWORD && $piece == "$rest"* ]] && piece=$rest
        if [[ $at -gt 0 && $rest == "$line" ]] && [[ $before =~ ^[=:@]+$ || $piece =~ ^[=:@]+$ ]]; then
            words[count - 1]+=$piece
        else
            words[count++]=$piece
        fi
        line=${rest#"$piece"}
        before=$piece
    done
}

_@NAME@() {
    local -a words commands options takers values
    local positions many shares runs files taker glued
    local path='' waiting='' given=0 ended=0 at word cur prefix='' stem='' quote='' breaks=''
    COMPREPLY=()
    _@NAME@_words
    _@NAME@_node ''
    for ((at = 1; at < ${#words[@]} - 1; at++)); do
        word=${words[at]}
        if [[ $waiting ]]; then
            waiting=''
        elif [[ $ended == 0 && $word == -- ]]; then
            ended=1
        elif [[ $ended == 0 && $word == --* ]]; then
            [[ " ${takers[*]} " == *" $word "* ]] && waiting=$word
        elif [[ $ended == 0 && $word == -?* ]]; then
            _@NAME@_short "$word"
            [[ $taker && -z $glued ]] && waiting=$taker
        elif ((${#commands[@]})); then
            path=${path:+$path }$word ended=0
            _@NAME@_node "$path" || return 0
        elif ((runs)); then
            if [[ ${word##*/} != @PROGRAM@ ]]; then
                compopt -o default
                return 0
            fi
            path='' ended=0
            _@NAME@_node ''
        else
            ((++given))
        fi
    done

    cur=${words[at]}
    case $cur in [\'\"]*) quote=${cur:0:1} cur=${cur:1} ;; esac
    for word in = : @; do
        [[ $COMP_WORDBREAKS == *"$word"* ]] && breaks+=$word
    done
    [[ $breaks && -z $quote ]] && stem=${cur%"${cur##*[$breaks]}"}

    if [[ $waiting ]]; then
        _@NAME@_offer_values "$waiting"
    elif [[ $ended == 0 && $cur == --*=* ]]; then
        prefix=${cur%%=*}= cur=${cur#*=}
        case $cur in [\'\"]*) quote=${cur:0:1} cur=${cur:1} stem=$prefix ;; esac
        _@NAME@_offer_values "${prefix%=}"
    elif [[ $ended == 0 && $cur == -* ]]; then
        taker=''
        [[ $cur == -[!-]* ]] && _@NAME@_short "$cur"
        if [[ $taker && $glued ]]; then
            prefix=${cur%"$glued"} cur=$glued
            _@NAME@_offer_values "$taker"
        else
            _@NAME@_offer "${options[@]}"
        fi
    elif ((${#commands[@]})); then
        _@NAME@_offer "${commands[@]}"
    elif ((runs)); then
        compopt -o default
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done < <(compgen -c -- "$cur")
    else
        ((++given > positions && many)) && given=$positions
        if ((given <= positions)); then
            _@NAME@_offer_values "$given"
        elif [[ -z $cur && $ended == 0 ]]; then
            _@NAME@_offer "${options[@]}"
        fi
    fi
    return 0
}

complete -o nosort -F _@NAME@ @PROGRAM@ 2>/dev/null || complete -F _@NAME@ @PROGRAM@
"""


def write(tree: Tree) -> str:
    """Return the script."""
    nodes = list(tree.root.walk())
    parts = {
        "PROGRAM": tree.program,
        "NAME": tree.function,
        "STATE": tree.state_variable,
        "SHARED_OPTIONS": _words(name for option in tree.shared for name in option.names),
        "SHARED_TAKERS": _words(_takers(tree.shared)),
        "NODES": "\n".join(line for node in nodes for line in _node(node)),
        "VALUES": "\n".join(line for node in nodes for line in _values(tree, node)),
        "SHARED_VALUES": "\n".join(
            f"        {'|'.join(map(_quoted, option.names))}) {_told(tree, option.values)} ;;"
            for option in tree.shared
            if option.values
        ),
    }
    return re.sub(r"@([A-Z_]+)@", lambda found: parts[found[1]], _SCRIPT)


def _node(node: Node) -> Iterator[str]:
    yield f"    {_quoted(' '.join(node.path))})"
    yield from _set("commands", (child.path[-1] for child in node.children))
    yield from _set("options", (name for option in node.options for name in option.names))
    yield from _set("takers", _takers(node.options))
    numbers = [
        *([f"positions={len(node.arguments)}"] if node.arguments else []),
        *(["many=1"] if node.arguments and node.arguments[-1].many else []),
        *([] if node.shares else ["shares=0"]),
        *(["runs=1"] if node.runs_command else []),
    ]
    if numbers:
        yield f"        {' '.join(numbers)}"
    yield "        ;;"


def _set(variable: str, words: Iterable[str]) -> Iterator[str]:
    text = _words(words)
    if text:
        yield f"        {variable}=({text})"


def _takers(options: Iterable[Option]) -> Iterator[str]:
    """Yield the names that can be followed by a value, be it in the next word or behind an equals sign."""
    return (name for option in options if option.takes is Takes.VALUE for name in option.names)


def _values(tree: Tree, node: Node) -> Iterator[str]:
    path = " ".join(node.path)
    for option in node.options:
        if option.values:
            yield f"    {'|'.join(_quoted(f'{path}:{name}') for name in option.names)}) {_told(tree, option.values)} ;;"
    for number, argument in enumerate(node.arguments, 1):
        if argument.values and not node.runs_command:
            yield f"    {_quoted(f'{path}:{number}')}) {_told(tree, argument.values)} ;;"


def _told(tree: Tree, values: Values) -> str:
    if values.kept:
        return f"_{tree.function}_kept {_quoted(values.kept)}"
    if values.files is Files.NONE:
        return f"values=({_words(values.words)})"
    return f"files={values.files.value}"


def _words(words: Iterable[str]) -> str:
    return " ".join(map(_quoted, words))


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w./+-]+", text, re.ASCII) else "'" + text.replace("'", r"'\''") + "'"
