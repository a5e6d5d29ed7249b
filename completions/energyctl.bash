# Completion of energyctl for bash.
# Generated from the command tree; not to be edited.

# What stands at a place of the command tree; fails where there is no such place.
_energyctl_node() {
    commands=() options=() takers=() positions=0 many=0 shares=1 runs=0
    case $1 in
    '')
        commands=(rabot emporia emulate bright devices usage invoices orders auth config doctor find journal limits sandbox demo completion help schema)
        options=(-V --version --help)
        ;;
    rabot)
        commands=(tariffs quote orders customers contracts documents invoices prices consumption-plan endpoints spec call api)
        options=(--help)
        ;;
    'rabot tariffs')
        commands=(list)
        options=(--help)
        ;;
    'rabot tariffs list')
        options=(--effective-date --help --watch)
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
        options=(--customer --help --watch)
        takers=(--customer)
        ;;
    'rabot orders show')
        options=(--help --watch)
        positions=1
        ;;
    'rabot orders wait')
        options=(--until --timeout --help -p --profile -o --output -c --columns --query --no-header --limit --sort-by --max-wait -y --yes --dry-run -q --quiet -v --verbose --no-color --no-input --redact --no-redact)
        takers=(--until --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait)
        positions=1 shares=0
        ;;
    'rabot customers')
        commands=(list link unlink)
        options=(--help)
        ;;
    'rabot customers list')
        options=(--external-id --help --watch)
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
        options=(--help --watch)
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
        options=(--type --help --watch)
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
        options=(--help --watch)
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
    'rabot endpoints')
        commands=(list)
        options=(--help)
        ;;
    'rabot endpoints list')
        options=(--help --watch)
        ;;
    'rabot spec')
        commands=(import show forget)
        options=(--help)
        ;;
    'rabot spec import')
        options=(--match --without --set --help)
        takers=(--match --without --set)
        positions=1
        ;;
    'rabot spec show')
        options=(--help --watch)
        positions=1
        ;;
    'rabot spec forget')
        options=(--help)
        ;;
    'rabot call')
        options=(--param -d --data --help)
        takers=(--param -d --data)
        positions=1
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
        options=(--customer --model --connected --disconnected --refresh --help --watch)
        takers=(--customer --model)
        ;;
    'emporia devices show')
        options=(--circuits --refresh --help --watch)
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
        options=(--refresh --help --watch)
        ;;
    'emporia outlets show')
        options=(--help --watch)
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
        options=(--refresh --help --watch)
        ;;
    'emporia chargers show')
        options=(--help --watch)
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
        options=(--refresh --help --watch)
        ;;
    'emporia batteries show')
        options=(--help --watch)
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
        options=(--refresh --help --watch)
        ;;
    'emporia call')
        options=(-d --data --list --template --help)
        takers=(-d --data)
        positions=1
        ;;
    emulate)
        commands=(customers facilities devices spo consumption savings onboarding token keys endpoints spec call api)
        options=(--help)
        ;;
    'emulate customers')
        commands=(list show offboard)
        options=(--help)
        ;;
    'emulate customers list')
        options=(--help --watch)
        ;;
    'emulate customers show')
        options=(--as-customer --help --watch)
        takers=(--as-customer)
        positions=1
        ;;
    'emulate customers offboard')
        options=(--ids-file --as-customer --help)
        takers=(--ids-file --as-customer)
        positions=1 many=1
        ;;
    'emulate facilities')
        commands=(list)
        options=(--help)
        ;;
    'emulate facilities list')
        options=(--customer --as-customer --help --watch)
        takers=(--customer --as-customer)
        positions=1
        ;;
    'emulate devices')
        commands=(list show logs rename remove)
        options=(--help)
        ;;
    'emulate devices list')
        options=(--customer --as-customer --help --watch)
        takers=(--customer --as-customer)
        positions=1
        ;;
    'emulate devices show')
        options=(--as-customer --help --watch)
        takers=(--as-customer)
        positions=2
        ;;
    'emulate devices logs')
        options=(--as-customer --help --watch)
        takers=(--as-customer)
        positions=2
        ;;
    'emulate devices rename')
        options=(--as-customer --help)
        takers=(--as-customer)
        positions=3
        ;;
    'emulate devices remove')
        options=(--as-customer --help)
        takers=(--as-customer)
        positions=2 many=1
        ;;
    'emulate spo')
        commands=(show set)
        options=(--help)
        ;;
    'emulate spo show')
        options=(--as-customer --help --watch)
        takers=(--as-customer)
        positions=2
        ;;
    'emulate spo set')
        options=(-f --file --as-customer --help)
        takers=(-f --file --as-customer)
        positions=3 many=1
        ;;
    'emulate consumption')
        options=(--since --from --to --day --tz --resolution --plot --as-customer --help)
        takers=(--since --from --to --day --tz --resolution --as-customer)
        positions=1
        ;;
    'emulate savings')
        options=(--since --from --to --day --tz --resolution --plot --as-customer --help)
        takers=(--since --from --to --day --tz --resolution --as-customer)
        positions=1
        ;;
    'emulate onboarding')
        commands=(link)
        options=(--help)
        ;;
    'emulate onboarding link')
        options=(--field --qr --as-customer --help)
        takers=(--field --as-customer)
        positions=1
        ;;
    'emulate token')
        commands=(mint inspect)
        options=(--help)
        ;;
    'emulate token mint')
        options=(--customer --ttl --claim --help)
        takers=(--customer --ttl --claim)
        ;;
    'emulate token inspect')
        options=(--key --api --as-customer --help)
        takers=(--key --api --as-customer)
        positions=1
        ;;
    'emulate keys')
        commands=(generate)
        options=(--help)
        ;;
    'emulate keys generate')
        options=(--api --to --bits --passphrase --help)
        takers=(--api --to --bits)
        ;;
    'emulate endpoints')
        commands=(list)
        options=(--help)
        ;;
    'emulate endpoints list')
        options=(--help --watch)
        ;;
    'emulate spec')
        commands=(import show forget)
        options=(--help)
        ;;
    'emulate spec import')
        options=(--match --without --set --help)
        takers=(--match --without --set)
        positions=1
        ;;
    'emulate spec show')
        options=(--help --watch)
        positions=1
        ;;
    'emulate spec forget')
        options=(--help)
        ;;
    'emulate call')
        options=(--param -d --data --as-customer --help)
        takers=(--param -d --data --as-customer)
        positions=1
        ;;
    'emulate api')
        options=(-f --field --input --as-customer --help)
        takers=(-f --field --input --as-customer)
        positions=2
        ;;
    bright)
        commands=(accounts users locations agreements products invoices measurements cost events bankid openid verify endpoints spec call api)
        options=(--help)
        ;;
    'bright accounts')
        commands=(search show)
        options=(--help)
        ;;
    'bright accounts search')
        options=(--ssn --email --unchecked --reveal --help)
        takers=(--ssn --email)
        ;;
    'bright accounts show')
        options=(--reveal --help --watch)
        positions=1
        ;;
    'bright users')
        commands=(list add update)
        options=(--help)
        ;;
    'bright users list')
        options=(--account --ssn --email --unchecked --reveal --help --watch)
        takers=(--account --ssn --email)
        ;;
    'bright users add')
        options=(--account --inviter --role --phone --new-email --username --help)
        takers=(--account --inviter --role --phone --new-email --username)
        ;;
    'bright users update')
        options=(--account --phone --new-email --help)
        takers=(--account --phone --new-email)
        positions=1
        ;;
    'bright locations')
        commands=(list)
        options=(--help)
        ;;
    'bright locations list')
        options=(--account --ssn --email --unchecked --help --watch)
        takers=(--account --ssn --email)
        ;;
    'bright agreements')
        commands=(list)
        options=(--help)
        ;;
    'bright agreements list')
        options=(--account --service --ssn --email --unchecked --help --watch)
        takers=(--account --service --ssn --email)
        ;;
    'bright products')
        commands=(list)
        options=(--help)
        ;;
    'bright products list')
        options=(--account --service --ssn --email --unchecked --help --watch)
        takers=(--account --service --ssn --email)
        ;;
    'bright invoices')
        commands=(list url download)
        options=(--help)
        ;;
    'bright invoices list')
        options=(--account --ssn --email --since --from --to --tz --unchecked --help --watch)
        takers=(--account --ssn --email --since --from --to --tz)
        ;;
    'bright invoices url')
        options=(--account --ssn --email --latest --unchecked --help)
        takers=(--account --ssn --email)
        positions=1
        ;;
    'bright invoices download')
        options=(--account --ssn --email --latest --all --to --via --force --unchecked --help)
        takers=(--account --ssn --email --to --via)
        positions=1
        ;;
    'bright measurements')
        options=(--account --service --ssn --email --since --from --to --day --tz --resolution --unchecked --plot --help)
        takers=(--account --service --ssn --email --since --from --to --day --tz --resolution)
        ;;
    'bright cost')
        options=(--account --service --ssn --email --since --from --to --day --tz --resolution --unchecked --plot --help)
        takers=(--account --service --ssn --email --since --from --to --day --tz --resolution)
        ;;
    'bright events')
        commands=(list report)
        options=(--help)
        ;;
    'bright events list')
        options=(--account --service --ssn --email --unchecked --help --watch)
        takers=(--account --service --ssn --email)
        ;;
    'bright events report')
        options=(--account --user --email --username --ssn --unchecked --help)
        takers=(--account --user --email --username --ssn)
        positions=1
        ;;
    'bright bankid')
        options=(--sign --ip --open --language --no-qr --then --within --full --reveal --help)
        takers=(--sign --ip --language --then --within)
        ;;
    'bright openid')
        options=(--check --scope --help)
        takers=(--scope)
        ;;
    'bright verify')
        options=(--account --ssn --email --unchecked --step --junit --write-steps --parallel --help)
        takers=(--account --ssn --email --step --junit --parallel)
        ;;
    'bright endpoints')
        commands=(list)
        options=(--help)
        ;;
    'bright endpoints list')
        options=(--help --watch)
        ;;
    'bright spec')
        commands=(import show forget)
        options=(--help)
        ;;
    'bright spec import')
        options=(--match --without --set --help)
        takers=(--match --without --set)
        positions=1
        ;;
    'bright spec show')
        options=(--help --watch)
        positions=1
        ;;
    'bright spec forget')
        options=(--help)
        ;;
    'bright call')
        options=(--param -d --data --help)
        takers=(--param -d --data)
        positions=1
        ;;
    'bright api')
        options=(-f --field --input --help)
        takers=(-f --field --input)
        positions=2
        ;;
    devices)
        commands=(list)
        options=(--help)
        ;;
    'devices list')
        options=(--provider --refresh --raw --help --watch)
        takers=(--provider)
        ;;
    usage)
        options=(--all --ids-file --since --from --to --day --tz --resolution --channels --unit --include-partial --refresh --provider --raw --help)
        takers=(--ids-file --since --from --to --day --tz --resolution --channels --unit --provider)
        positions=1 many=1
        ;;
    invoices)
        commands=(list download)
        options=(--help)
        ;;
    'invoices list')
        options=(--account --customer --contract --provider --raw --help --watch)
        takers=(--account --customer --contract --provider)
        ;;
    'invoices download')
        options=(--account --customer --contract --all --to --force --provider --help)
        takers=(--account --customer --contract --to --provider)
        positions=1
        ;;
    orders)
        commands=(list)
        options=(--help)
        ;;
    'orders list')
        options=(--customer --provider --raw --help --watch)
        takers=(--customer --provider)
        ;;
    auth)
        commands=(login status logout token can)
        options=(--help)
        ;;
    'auth login')
        options=(--stdin --secret --help)
        takers=(--secret)
        positions=1
        ;;
    'auth status')
        options=(--help --watch)
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
    'auth can')
        options=(--help)
        positions=2 many=1
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
        options=(--sources --help --watch)
        ;;
    'config path')
        options=(--help)
        ;;
    'config validate')
        options=(--help)
        ;;
    doctor)
        options=(--online --as-customer --bundle --help)
        takers=(--as-customer --bundle)
        positions=1
        ;;
    find)
        options=(--in --look-through --refresh --lookups --timeout --help -p --profile -o --output -c --columns --query --no-header --limit --sort-by --max-wait -y --yes --dry-run -q --quiet -v --verbose --no-color --no-input --redact --no-redact)
        takers=(--in --look-through --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait)
        positions=1 many=1 shares=0
        ;;
    journal)
        commands=(list show)
        options=(--help)
        ;;
    'journal list')
        options=(--outcome --provider --help --watch)
        takers=(--outcome --provider)
        ;;
    'journal show')
        options=(--help --watch)
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
        options=(--export --help --watch)
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
    help)
        options=(--all --help)
        positions=1 many=1
        ;;
    schema)
        options=(--help)
        positions=1 many=1
        ;;
    *) return 1 ;;
    esac
    if ((shares)); then
        options+=(-p --profile -o --output -c --columns --query --no-header --limit --sort-by --timeout --max-wait -y --yes --dry-run -q --quiet -v --verbose --no-color --no-input --redact --no-redact)
        takers+=(-p --profile -o --output -c --columns --query --limit --sort-by --timeout --max-wait)
    fi
}

# What the value of an option, or of the n-th argument, may be.
_energyctl_values() {
    values=() files=
    case $1:$2 in
    'rabot quote:1') _energyctl_kept rabot-tariffs ;;
    'rabot orders template:--type') values=(private business) ;;
    'rabot orders template:--reason') values=(new-delivery-location change-of-supplier) ;;
    'rabot orders validate:-f'|'rabot orders validate:--file') files=file ;;
    'rabot orders create:-f'|'rabot orders create:--file') files=file ;;
    'rabot orders list:--customer') _energyctl_kept rabot-customers ;;
    'rabot orders show:1') _energyctl_kept rabot-orders ;;
    'rabot orders wait:--until') values=(Open Processing Rejected Revoked PendingDelivery Delivery Cancelled Unspecified) ;;
    'rabot orders wait:-o'|'rabot orders wait:--output') values=(table tsv json jsonl csv yaml ids) ;;
    'rabot orders wait:1') _energyctl_kept rabot-orders ;;
    'rabot customers unlink:--ids-file') files=file ;;
    'rabot customers unlink:1') _energyctl_kept rabot-customers ;;
    'rabot contracts list:1') _energyctl_kept rabot-customers ;;
    'rabot contracts metrics:--metric') values=(consumption saving totalcost workingprice co2saving) ;;
    'rabot contracts metrics:--interval') values=(quarterhourly hourly daily weekly monthly yearly) ;;
    'rabot contracts metrics:--value-type') values=(actual forecast dynamic combined) ;;
    'rabot contracts metrics:1') _energyctl_kept rabot-customers ;;
    'rabot contracts metrics:2') _energyctl_kept rabot-contracts ;;
    'rabot contracts costs:1') _energyctl_kept rabot-customers ;;
    'rabot contracts costs:2') _energyctl_kept rabot-contracts ;;
    'rabot contracts working-prices:1') _energyctl_kept rabot-customers ;;
    'rabot contracts working-prices:2') _energyctl_kept rabot-contracts ;;
    'rabot documents list:--type') values=(all prepayment settlement contractconfirmation) ;;
    'rabot documents list:1') _energyctl_kept rabot-customers ;;
    'rabot documents list:2') _energyctl_kept rabot-contracts ;;
    'rabot documents download:--to') files=file ;;
    'rabot documents download:1') _energyctl_kept rabot-customers ;;
    'rabot documents download:2') _energyctl_kept rabot-contracts ;;
    'rabot documents download:3') _energyctl_kept rabot-documents ;;
    'rabot invoices list:1') _energyctl_kept rabot-customers ;;
    'rabot invoices list:2') _energyctl_kept rabot-contracts ;;
    'rabot invoices download:--to') files=file ;;
    'rabot invoices download:1') _energyctl_kept rabot-customers ;;
    'rabot invoices download:2') _energyctl_kept rabot-contracts ;;
    'rabot invoices download:3') _energyctl_kept rabot-documents ;;
    'rabot prices:--granularity') values=(hourly quarterhourly) ;;
    'rabot consumption-plan submit:-f'|'rabot consumption-plan submit:--file') files=file ;;
    'rabot consumption-plan submit:1') _energyctl_kept rabot-customers ;;
    'rabot consumption-plan submit:2') _energyctl_kept rabot-contracts ;;
    'rabot spec import:1') files=file ;;
    'rabot spec show:1') _energyctl_kept rabot-operations ;;
    'rabot call:-d'|'rabot call:--data') files=file ;;
    'rabot call:1') _energyctl_kept rabot-operations ;;
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
    'emulate customers show:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate customers show:1') _energyctl_kept emulate-customers ;;
    'emulate customers offboard:--ids-file') files=file ;;
    'emulate customers offboard:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate customers offboard:1') _energyctl_kept emulate-customers ;;
    'emulate facilities list:--customer') _energyctl_kept emulate-customers ;;
    'emulate facilities list:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate facilities list:1') _energyctl_kept emulate-customers ;;
    'emulate devices list:--customer') _energyctl_kept emulate-customers ;;
    'emulate devices list:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate devices list:1') _energyctl_kept emulate-customers ;;
    'emulate devices show:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate devices show:1') _energyctl_kept emulate-customers ;;
    'emulate devices show:2') _energyctl_kept emulate-devices ;;
    'emulate devices logs:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate devices logs:1') _energyctl_kept emulate-customers ;;
    'emulate devices logs:2') _energyctl_kept emulate-devices ;;
    'emulate devices rename:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate devices rename:1') _energyctl_kept emulate-customers ;;
    'emulate devices rename:2') _energyctl_kept emulate-devices ;;
    'emulate devices remove:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate devices remove:1') _energyctl_kept emulate-customers ;;
    'emulate spo show:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate spo show:1') _energyctl_kept emulate-customers ;;
    'emulate spo show:2') _energyctl_kept emulate-devices ;;
    'emulate spo set:-f'|'emulate spo set:--file') files=file ;;
    'emulate spo set:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate spo set:1') _energyctl_kept emulate-customers ;;
    'emulate spo set:2') _energyctl_kept emulate-devices ;;
    'emulate consumption:--resolution') values=(hour day month) ;;
    'emulate consumption:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate consumption:1') _energyctl_kept emulate-customers ;;
    'emulate savings:--resolution') values=(hour day month) ;;
    'emulate savings:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate savings:1') _energyctl_kept emulate-customers ;;
    'emulate onboarding link:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate onboarding link:1') _energyctl_kept emulate-customers ;;
    'emulate token inspect:--key') files=file ;;
    'emulate token inspect:--api') values=(retailer single-customer) ;;
    'emulate token inspect:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate keys generate:--api') values=(retailer single-customer) ;;
    'emulate keys generate:--to') files=file ;;
    'emulate spec import:1') files=file ;;
    'emulate spec show:1') _energyctl_kept emulate-operations ;;
    'emulate call:-d'|'emulate call:--data') files=file ;;
    'emulate call:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate call:1') _energyctl_kept emulate-operations ;;
    'emulate api:--input') files=file ;;
    'emulate api:--as-customer') _energyctl_kept emulate-customers ;;
    'emulate api:1') values=(GET HEAD POST PUT PATCH DELETE) ;;
    'bright accounts show:1') _energyctl_kept bright-accounts ;;
    'bright users list:--account') _energyctl_kept bright-accounts ;;
    'bright users add:--account') _energyctl_kept bright-accounts ;;
    'bright users add:--role') values=(owner guest company) ;;
    'bright users update:--account') _energyctl_kept bright-accounts ;;
    'bright locations list:--account') _energyctl_kept bright-accounts ;;
    'bright agreements list:--account') _energyctl_kept bright-accounts ;;
    'bright agreements list:--service') _energyctl_kept bright-services ;;
    'bright products list:--account') _energyctl_kept bright-accounts ;;
    'bright products list:--service') _energyctl_kept bright-services ;;
    'bright invoices list:--account') _energyctl_kept bright-accounts ;;
    'bright invoices url:--account') _energyctl_kept bright-accounts ;;
    'bright invoices download:--account') _energyctl_kept bright-accounts ;;
    'bright invoices download:--to') files=file ;;
    'bright measurements:--account') _energyctl_kept bright-accounts ;;
    'bright measurements:--service') _energyctl_kept bright-services ;;
    'bright measurements:--resolution') values=(year month day hour 15min) ;;
    'bright cost:--account') _energyctl_kept bright-accounts ;;
    'bright cost:--service') _energyctl_kept bright-services ;;
    'bright cost:--resolution') values=(year month day hour 15min) ;;
    'bright events list:--account') _energyctl_kept bright-accounts ;;
    'bright events list:--service') _energyctl_kept bright-services ;;
    'bright events report:--account') _energyctl_kept bright-accounts ;;
    'bright events report:1') values=(lastSeen accountCreated accountDeleted) ;;
    'bright bankid:--language') values=(sv en) ;;
    'bright bankid:--then') values=(search) ;;
    'bright verify:--account') _energyctl_kept bright-accounts ;;
    'bright verify:--step') values=(identity sign-in search account users locations agreements invoices measurements products cost invoice-file service-events update-user add-guest report-event errors parallel time) ;;
    'bright verify:--junit') files=file ;;
    'bright spec import:1') files=file ;;
    'bright spec show:1') _energyctl_kept bright-operations ;;
    'bright call:-d'|'bright call:--data') files=file ;;
    'bright call:1') _energyctl_kept bright-operations ;;
    'bright api:--input') files=file ;;
    'bright api:1') values=(GET HEAD POST PUT PATCH DELETE) ;;
    'devices list:--provider') values=(rabot emporia emulate bright) ;;
    'usage:--ids-file') files=file ;;
    'usage:--resolution') values=(1m 15m 1h 1d 1w 1mo 1y) ;;
    'usage:--channels') values=(mains all) ;;
    'usage:--unit') values=(Wh kWh W kW) ;;
    'usage:--provider') values=(rabot emporia emulate bright) ;;
    'invoices list:--provider') values=(rabot emporia emulate bright) ;;
    'invoices download:--to') files=directory ;;
    'invoices download:--provider') values=(rabot emporia emulate bright) ;;
    'orders list:--provider') values=(rabot emporia emulate bright) ;;
    'auth login:1') values=(rabot emporia emulate bright) ;;
    'auth logout:1') values=(rabot emporia emulate bright) ;;
    'auth token:1') values=(rabot emporia emulate bright) ;;
    'auth can:1') values=(rabot emporia emulate bright) ;;
    'doctor:--bundle') files=file ;;
    'doctor:1') values=(rabot emporia emulate bright) ;;
    'find:--in') values=(rabot emporia emulate bright) ;;
    'find:-o'|'find:--output') values=(table tsv json jsonl csv yaml ids) ;;
    'demo:--dir') files=directory ;;
    'completion:1') values=(bash zsh fish) ;;
    'help:1') values=(exit-codes output config environment time rabot emporia emulate bright devices usage invoices orders auth doctor find journal limits sandbox demo completion help schema) ;;
    'schema:1') values=(rabot emporia emulate bright devices usage invoices orders auth config doctor find journal limits sandbox demo completion help schema errors) ;;
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
