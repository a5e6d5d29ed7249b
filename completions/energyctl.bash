# Completion of energyctl for bash.
# Generated from the command tree; not to be edited.

# What stands at a place of the command tree; fails where there is no such place.
_energyctl_node() {
    commands=() options=() takers=() positions=0 many=0 shares=1 runs=0
    case $1 in
    '')
        commands=(rabot emporia auth config journal limits sandbox demo completion)
        options=(-V --version --help)
        ;;
    rabot)
        commands=(tariffs quote orders customers contracts documents invoices prices consumption-plan api)
        options=(--help)
        ;;
    'rabot tariffs')
        commands=(list)
        options=(--help)
        ;;
    'rabot tariffs list')
        options=(--effective-date --help)
        takers=(--effective-date)
        ;;
    'rabot quote')
        options=(--postcode --kwh --smart-meter --no-smart-meter --ev --no-ev --campaign --help)
        takers=(--postcode --kwh --campaign)
        positions=1
        ;;
    'rabot orders')
        commands=(template validate create list show wait)
        options=(--help)
        ;;
    'rabot orders template')
        options=(--type --reason --help)
        takers=(--type --reason)
        ;;
    'rabot orders validate')
        options=(-f --file --help)
        takers=(-f --file)
        ;;
    'rabot orders create')
        options=(-f --file --resend --help)
        takers=(-f --file)
        ;;
    'rabot orders list')
        options=(--customer --help)
        takers=(--customer)
        ;;
    'rabot orders show')
        options=(--help)
        positions=1
        ;;
    'rabot orders wait')
        options=(--until --timeout --help -p --profile -o --output -c --columns --query --no-header --limit --sort-by --max-wait -y --yes --dry-run -q --quiet -v --verbose --no-color --no-input)
        takers=(--until --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait)
        positions=1 shares=0
        ;;
    'rabot customers')
        commands=(list link unlink)
        options=(--help)
        ;;
    'rabot customers list')
        options=(--external-id --help)
        takers=(--external-id)
        ;;
    'rabot customers link')
        options=(--external-id --success-url --failure-url --sign-up-url --number-parameter --auth-as --open --qr --wait --help)
        takers=(--external-id --success-url --failure-url --sign-up-url --number-parameter --auth-as)
        ;;
    'rabot customers unlink')
        options=(--ids-file --help)
        takers=(--ids-file)
        positions=1 many=1
        ;;
    'rabot contracts')
        commands=(list metrics costs working-prices)
        options=(--help)
        ;;
    'rabot contracts list')
        options=(--help)
        positions=1
        ;;
    'rabot contracts metrics')
        options=(--metric --interval --value-type --since --from --to --day --tz --plot --help)
        takers=(--metric --interval --value-type --since --from --to --day --tz)
        positions=2
        ;;
    'rabot contracts costs')
        options=(--help)
        positions=2
        ;;
    'rabot contracts working-prices')
        options=(--from --to --day --tz --plot --help)
        takers=(--from --to --day --tz)
        positions=2
        ;;
    'rabot documents')
        commands=(list download)
        options=(--help)
        ;;
    'rabot documents list')
        options=(--type --help)
        takers=(--type)
        positions=2
        ;;
    'rabot documents download')
        options=(--all --to --force --help)
        takers=(--to)
        positions=3
        ;;
    'rabot invoices')
        commands=(list download)
        options=(--help)
        ;;
    'rabot invoices list')
        options=(--help)
        positions=2
        ;;
    'rabot invoices download')
        options=(--all --to --force --help)
        takers=(--to)
        positions=3
        ;;
    'rabot prices')
        options=(--from --to --day --granularity --forecast --tz --plot --help)
        takers=(--from --to --day --granularity --tz)
        ;;
    'rabot consumption-plan')
        commands=(submit)
        options=(--help)
        ;;
    'rabot consumption-plan submit')
        options=(-f --file --help)
        takers=(-f --file)
        positions=2
        ;;
    'rabot api')
        options=(-f --field --input --scope --help)
        takers=(-f --field --input --scope)
        positions=2
        ;;
    emporia)
        commands=(devices usage outlets chargers batteries utility-connects call)
        options=(--help)
        ;;
    'emporia devices')
        commands=(list show)
        options=(--help)
        ;;
    'emporia devices list')
        options=(--customer --model --connected --disconnected --refresh --help)
        takers=(--customer --model)
        ;;
    'emporia devices show')
        options=(--circuits --refresh --help)
        positions=1
        ;;
    'emporia usage')
        options=(--all --ids-file --since --from --to --day --tz --resolution --channels --unit --sum --include-partial --refresh --plot --help)
        takers=(--ids-file --since --from --to --day --tz --resolution --channels --unit --sum)
        positions=1 many=1
        ;;
    'emporia outlets')
        commands=(list show on off)
        options=(--help)
        ;;
    'emporia outlets list')
        options=(--refresh --help)
        ;;
    'emporia outlets show')
        options=(--help)
        positions=1
        ;;
    'emporia outlets on')
        options=(--all --ids-file --wait --help)
        takers=(--ids-file)
        positions=1 many=1
        ;;
    'emporia outlets off')
        options=(--all --ids-file --wait --help)
        takers=(--ids-file)
        positions=1 many=1
        ;;
    'emporia chargers')
        commands=(list show on off set)
        options=(--help)
        ;;
    'emporia chargers list')
        options=(--refresh --help)
        ;;
    'emporia chargers show')
        options=(--help)
        positions=1
        ;;
    'emporia chargers on')
        options=(--all --ids-file --wait --until --help)
        takers=(--ids-file --until)
        positions=1 many=1
        ;;
    'emporia chargers off')
        options=(--all --ids-file --wait --until --help)
        takers=(--ids-file --until)
        positions=1 many=1
        ;;
    'emporia chargers set')
        options=(--all --ids-file --amps --on --off --wait --until --for --help)
        takers=(--ids-file --amps --until --for)
        positions=1 many=1
        ;;
    'emporia batteries')
        commands=(list show set)
        options=(--help)
        ;;
    'emporia batteries list')
        options=(--refresh --help)
        ;;
    'emporia batteries show')
        options=(--help)
        positions=1
        ;;
    'emporia batteries set')
        options=(--all --ids-file --reserve --mode --power --soc --wait --help)
        takers=(--ids-file --reserve --mode --power --soc)
        positions=1 many=1
        ;;
    'emporia utility-connects')
        commands=(list)
        options=(--help)
        ;;
    'emporia utility-connects list')
        options=(--refresh --help)
        ;;
    'emporia call')
        options=(-d --data --list --template --help)
        takers=(-d --data)
        positions=1
        ;;
    auth)
        commands=(login status logout token)
        options=(--help)
        ;;
    'auth login')
        options=(--stdin --help)
        positions=1
        ;;
    'auth status')
        options=(--help)
        positions=1
        ;;
    'auth logout')
        options=(--help)
        positions=1
        ;;
    'auth token')
        options=(--scope --help)
        takers=(--scope)
        positions=1
        ;;
    config)
        commands=(init edit show path validate)
        options=(--help)
        ;;
    'config init')
        options=(--set --name --force --help)
        takers=(--set --name)
        ;;
    'config edit')
        options=(--help)
        ;;
    'config show')
        options=(--sources --help)
        ;;
    'config path')
        options=(--help)
        ;;
    'config validate')
        options=(--help)
        ;;
    journal)
        commands=(list show)
        options=(--help)
        ;;
    'journal list')
        options=(--outcome --provider --help)
        takers=(--outcome --provider)
        ;;
    'journal show')
        options=(--help)
        positions=1
        ;;
    limits)
        options=(--help)
        ;;
    sandbox)
        commands=(start stop status run reset fault)
        options=(--help)
        ;;
    'sandbox start')
        options=(--customers --devices --seed --speed --fault --token-ttl --help)
        takers=(--customers --devices --seed --speed --fault --token-ttl)
        ;;
    'sandbox stop')
        options=(--help)
        ;;
    'sandbox status')
        options=(--export --help)
        ;;
    'sandbox run')
        options=(--customers --devices --seed --speed --fault --token-ttl --help)
        takers=(--customers --devices --seed --speed --fault --token-ttl)
        positions=1 many=1 runs=1
        ;;
    'sandbox reset')
        options=(--help)
        ;;
    'sandbox fault')
        options=(--clear --help)
        positions=1 many=1
        ;;
    demo)
        options=(--dir --help)
        takers=(--dir)
        ;;
    completion)
        options=(--help)
        positions=1
        ;;
    *) return 1 ;;
    esac
    if ((shares)); then
        options+=(-p --profile -o --output -c --columns --query --no-header --limit --sort-by --timeout --max-wait -y --yes --dry-run -q --quiet -v --verbose --no-color --no-input)
        takers+=(-p --profile -o --output -c --columns --query --limit --sort-by --timeout --max-wait)
    fi
}

# What the value of an option, or of the n-th argument, may be.
_energyctl_values() {
    values=() files=
    case $1:$2 in
    'rabot orders template:--type') values=(private business) ;;
    'rabot orders template:--reason') values=(new-delivery-location change-of-supplier) ;;
    'rabot orders validate:-f'|'rabot orders validate:--file') files=file ;;
    'rabot orders create:-f'|'rabot orders create:--file') files=file ;;
    'rabot orders wait:--until') values=(Open Processing Rejected Revoked PendingDelivery Delivery Cancelled Unspecified) ;;
    'rabot orders wait:-o'|'rabot orders wait:--output') values=(table tsv json jsonl csv yaml ids) ;;
    'rabot customers unlink:--ids-file') files=file ;;
    'rabot contracts metrics:--metric') values=(consumption saving totalcost workingprice co2saving) ;;
    'rabot contracts metrics:--interval') values=(quarterhourly hourly daily weekly monthly yearly) ;;
    'rabot contracts metrics:--value-type') values=(actual forecast dynamic combined) ;;
    'rabot documents list:--type') values=(all prepayment settlement contractconfirmation) ;;
    'rabot documents download:--to') files=file ;;
    'rabot invoices download:--to') files=file ;;
    'rabot prices:--granularity') values=(hourly quarterhourly) ;;
    'rabot consumption-plan submit:-f'|'rabot consumption-plan submit:--file') files=file ;;
    'rabot api:--input') files=file ;;
    'rabot api:1') values=(GET HEAD POST PUT PATCH DELETE) ;;
    'emporia devices show:1') _energyctl_kept emporia-devices ;;
    'emporia usage:--ids-file') files=file ;;
    'emporia usage:--resolution') values=(1m 15m 1h 1d 1w 1mo 1y) ;;
    'emporia usage:--channels') values=(mains all) ;;
    'emporia usage:--unit') values=(Wh kWh W kW) ;;
    'emporia usage:--sum') values=(device channel total) ;;
    'emporia usage:1') _energyctl_kept emporia-devices ;;
    'emporia outlets show:1') _energyctl_kept emporia-outlets ;;
    'emporia outlets on:--ids-file') files=file ;;
    'emporia outlets on:1') _energyctl_kept emporia-outlets ;;
    'emporia outlets off:--ids-file') files=file ;;
    'emporia outlets off:1') _energyctl_kept emporia-outlets ;;
    'emporia chargers show:1') _energyctl_kept emporia-chargers ;;
    'emporia chargers on:--ids-file') files=file ;;
    'emporia chargers on:--until') values=(charging idle) ;;
    'emporia chargers on:1') _energyctl_kept emporia-chargers ;;
    'emporia chargers off:--ids-file') files=file ;;
    'emporia chargers off:--until') values=(charging idle) ;;
    'emporia chargers off:1') _energyctl_kept emporia-chargers ;;
    'emporia chargers set:--ids-file') files=file ;;
    'emporia chargers set:--until') values=(charging idle) ;;
    'emporia chargers set:1') _energyctl_kept emporia-chargers ;;
    'emporia batteries show:1') _energyctl_kept emporia-batteries ;;
    'emporia batteries set:--ids-file') files=file ;;
    'emporia batteries set:--mode') values=(load-following excess-solar charge-to discharge-to idle) ;;
    'emporia batteries set:1') _energyctl_kept emporia-batteries ;;
    'emporia call:-d'|'emporia call:--data') files=file ;;
    'auth login:1') values=(rabot emporia) ;;
    'auth logout:1') values=(rabot emporia) ;;
    'auth token:1') values=(rabot emporia) ;;
    'demo:--dir') files=directory ;;
    'completion:1') values=(bash zsh fish) ;;
    *)
        ((shares)) || return
        case $2 in
        -o|--output) values=(table tsv json jsonl csv yaml ids) ;;
        esac
        ;;
    esac
}

# Read the values of a list that energyctl keeps in its state directory.
_energyctl_kept() {
    local place=$ENERGYCTL_STATE_DIR
    if [[ -z $place ]]; then
        place=${XDG_STATE_HOME:-$HOME/.local/state}/energyctl
        [[ -f $place/completion/$1 ]] || place="$HOME/Library/Application Support/energyctl"
    fi
    [[ $place == '~/'* ]] && place=$HOME/${place:2}
    place+=/completion/$1
    [[ -f $place && -r $place ]] || return
    mapfile -t values <"$place"
    values=("${values[@]%%$'\t'*}")
}

# Offer those of the given words that begin with what is typed.
_energyctl_offer() {
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
_energyctl_offer_files() {
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
_energyctl_offer_values() {
    _energyctl_values "$path" "$1"
    _energyctl_offer "${values[@]}"
    [[ $files ]] && _energyctl_offer_files "$files"
}

# Find out of a word with short options which of them takes a value, and what of the word belongs to it.
_energyctl_short() {
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
_energyctl_words() {
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

_energyctl() {
    local -a words commands options takers values
    local positions many shares runs files taker glued
    local path='' waiting='' given=0 ended=0 at word cur prefix='' stem='' quote='' breaks=''
    COMPREPLY=()
    _energyctl_words
    _energyctl_node ''
    for ((at = 1; at < ${#words[@]} - 1; at++)); do
        word=${words[at]}
        if [[ $waiting ]]; then
            waiting=''
        elif [[ $ended == 0 && $word == -- ]]; then
            ended=1
        elif [[ $ended == 0 && $word == --* ]]; then
            [[ " ${takers[*]} " == *" $word "* ]] && waiting=$word
        elif [[ $ended == 0 && $word == -?* ]]; then
            _energyctl_short "$word"
            [[ $taker && -z $glued ]] && waiting=$taker
        elif ((${#commands[@]})); then
            path=${path:+$path }$word ended=0
            _energyctl_node "$path" || return 0
        elif ((runs)); then
            if [[ ${word##*/} != energyctl ]]; then
                compopt -o default
                return 0
            fi
            path='' ended=0
            _energyctl_node ''
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
        _energyctl_offer_values "$waiting"
    elif [[ $ended == 0 && $cur == --*=* ]]; then
        prefix=${cur%%=*}= cur=${cur#*=}
        case $cur in [\'\"]*) quote=${cur:0:1} cur=${cur:1} stem=$prefix ;; esac
        _energyctl_offer_values "${prefix%=}"
    elif [[ $ended == 0 && $cur == -* ]]; then
        taker=''
        [[ $cur == -[!-]* ]] && _energyctl_short "$cur"
        if [[ $taker && $glued ]]; then
            prefix=${cur%"$glued"} cur=$glued
            _energyctl_offer_values "$taker"
        else
            _energyctl_offer "${options[@]}"
        fi
    elif ((${#commands[@]})); then
        _energyctl_offer "${commands[@]}"
    elif ((runs)); then
        compopt -o default
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done < <(compgen -c -- "$cur")
    else
        ((++given > positions && many)) && given=$positions
        if ((given <= positions)); then
            _energyctl_offer_values "$given"
        elif [[ -z $cur && $ended == 0 ]]; then
            _energyctl_offer "${options[@]}"
        fi
    fi
    return 0
}

complete -o nosort -F _energyctl energyctl 2>/dev/null || complete -F _energyctl energyctl
