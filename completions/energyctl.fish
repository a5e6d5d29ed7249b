# Completion of energyctl for fish.
# Generated from the command tree; not to be edited.

# What stands at a place of the command tree; fails where there is no such place.
function __energyctl_node --no-scope-shadowing
    set commands
    set options
    set takers
    set positions 0
    set many 0
    set shares 1
    set runs 0
    switch $argv[1]
        case ''
            set commands rabot 'German dynamic tariffs: quotes, orders, contracts' emporia 'Energy monitors, outlets, EV chargers and batteries' auth 'Store, check and remove credentials' config 'Make, edit and check the config file' journal 'See what was written, and what became of it' limits 'See the call budgets: used, left, and when a call frees' sandbox 'Run local servers that speak the providers\' contracts' demo 'Take a tour of the main job on the embedded sandbox' completion 'Print the completion script of a shell'
            set options -V 'Print the version and exit' --version 'Print the version and exit' --help 'Show this message and exit'
        case rabot
            set commands tariffs 'The tariffs that you may sell' quote 'What a tariff costs at a postcode' orders 'Prepare, check, create and follow orders' customers 'See, link and unlink customers' contracts 'Contracts, their metrics, costs and working prices' documents 'List and download a contract\'s documents' invoices 'List and download a contract\'s invoices' prices 'Day-ahead prices and their forecast' consumption-plan 'Submit a consumption plan' api 'Any call with the profile\'s token'
            set options --help 'Show this message and exit'
        case 'rabot tariffs'
            set commands list 'List the tariffs that this client may sell'
            set options --help 'Show this message and exit'
        case 'rabot tariffs list'
            set options --effective-date 'Tariffs in force on this day' --help 'Show this message and exit'
            set takers --effective-date
        case 'rabot quote'
            set options --postcode 'German postcode of the delivery' --kwh 'Consumption of a year in kWh' --smart-meter 'A smart meter is installed' --no-smart-meter 'The opposite of --smart-meter' --ev 'There is an electric vehicle' --no-ev 'The opposite of --ev' --campaign 'Campaign code' --help 'Show this message and exit'
            set takers --postcode --kwh --campaign
            set positions 1
        case 'rabot orders'
            set commands template 'Print a commented order file that is right for the case' validate 'Check an order file offline: every rule, all problems at once, each with its place' create 'Check, show, confirm and send an order, or many from a list' list 'List orders, those of the web funnel included' show 'Show one order' wait 'Wait until an order has reached a state'
            set options --help 'Show this message and exit'
        case 'rabot orders template'
            set options --type 'Who buys' --reason 'Moving in, or leaving another supplier' --help 'Show this message and exit'
            set takers --type --reason
        case 'rabot orders validate'
            set options -f 'Order file: YAML, JSON or JSONL' --file 'Order file: YAML, JSON or JSONL' --help 'Show this message and exit'
            set takers -f --file
        case 'rabot orders create'
            set options -f 'Order file: YAML, JSON or JSONL' --file 'Order file: YAML, JSON or JSONL' --resend 'Send again what never got an answer and is not found; =all: also what was accepted. May order twice' --help 'Show this message and exit'
            set takers -f --file
        case 'rabot orders list'
            set options --customer 'Orders of one customer number' --help 'Show this message and exit'
            set takers --customer
        case 'rabot orders show'
            set options --help 'Show this message and exit'
            set positions 1
        case 'rabot orders wait'
            set options --until 'One of Open, Processing, Rejected, Revoked, PendingDelivery, Delivery, Cancelled, Unspecified' --timeout 'Longest wait in all [default: 900]' --help 'Show this message and exit' -p 'Profile of the config file' --profile 'Profile of the config file' -o 'Output format [default: table on a terminal, tsv elsewhere]' --output 'Output format [default: table on a terminal, tsv elsewhere]' -c 'Columns: any paths in the data' --columns 'Columns: any paths in the data' --query 'JMESPath applied before formatting' --no-header 'No header line in tsv, csv and tables' --limit 'At most N rows' --sort-by 'Sort rows by a column; -COL: descending' --max-wait 'Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere]' -y 'Do not ask before a write' --yes 'Do not ask before a write' --dry-run 'Show what a write would send; send nothing' -q 'No notices and no progress on stderr' --quiet 'No notices and no progress on stderr' -v 'Requests and answers on stderr, secrets redacted' --verbose 'Requests and answers on stderr, secrets redacted' --no-color 'No colour' --no-input 'Never ask; fail where an answer would be needed'
            set takers --until --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait
            set positions 1
            set shares 0
        case 'rabot customers'
            set commands list 'List the customers that this client may see' link 'Make an address at which a customer agrees to be linked. It works for 10 minutes' unlink 'End the link to customers: their data is no longer visible to this client'
            set options --help 'Show this message and exit'
        case 'rabot customers list'
            set options --external-id 'The customer with your own id' --help 'Show this message and exit'
            set takers --external-id
        case 'rabot customers link'
            set options --external-id 'Your own id for the customer' --success-url 'Where the customer goes after agreeing' --failure-url 'Where the customer goes after declining' --sign-up-url 'Where somebody without an account goes' --number-parameter 'Parameter that carries the customer number' --auth-as 'Partner slug' --open 'Open the address in the browser' --qr 'Draw the address as a QR code on stderr' --wait 'Wait until the customer appears [default: 600]' --help 'Show this message and exit'
            set takers --external-id --success-url --failure-url --sign-up-url --number-parameter --auth-as
        case 'rabot customers unlink'
            set options --ids-file 'Numbers, one a line' --help 'Show this message and exit'
            set takers --ids-file
            set positions 1
            set many 1
        case 'rabot contracts'
            set commands list 'List a customer\'s confirmed contracts' metrics 'Show consumption, cost, prices or savings of a contract over time' costs 'Show the cost components of a contract with a dynamic tariff' working-prices 'Show what a kWh costs in each quarter of an hour, VAT included, from yesterday to tomorrow'
            set options --help 'Show this message and exit'
        case 'rabot contracts list'
            set options --help 'Show this message and exit'
            set positions 1
        case 'rabot contracts metrics'
            set options --metric 'What is measured' --interval 'Length of a row' --value-type 'Measured or forecast' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --metric --interval --value-type --since --from --to --day --tz
            set positions 2
        case 'rabot contracts costs'
            set options --help 'Show this message and exit'
            set positions 2
        case 'rabot contracts working-prices'
            set options --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --from --to --day --tz
            set positions 2
        case 'rabot documents'
            set commands list 'List the documents of a contract' download 'Save documents: whole or not at all, never over an existing file'
            set options --help 'Show this message and exit'
        case 'rabot documents list'
            set options --type 'Only these' --help 'Show this message and exit'
            set takers --type
            set positions 2
        case 'rabot documents download'
            set options --all 'All of them' --to 'Where to: a directory, a file, or - for stdout' --force 'Replace an existing file' --help 'Show this message and exit'
            set takers --to
            set positions 3
        case 'rabot invoices'
            set commands list 'List a contract\'s invoices: the documents of the types PrePayment and Settlement' download 'Save invoices: whole or not at all, never over an existing file'
            set options --help 'Show this message and exit'
        case 'rabot invoices list'
            set options --help 'Show this message and exit'
            set positions 2
        case 'rabot invoices download'
            set options --all 'All of them' --to 'Where to: a directory, a file, or - for stdout' --force 'Replace an existing file' --help 'Show this message and exit'
            set takers --to
            set positions 3
        case 'rabot prices'
            set options --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day' --granularity 'Step of the prices [default: the provider\'s]' --forecast 'The forecast of the next eight days' --tz 'utc, local, site or an IANA name' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --from --to --day --granularity --tz
        case 'rabot consumption-plan'
            set commands submit 'Submit a consumption plan: intervalBeginAt, intervalEndAt, and amounts of {tz, kwh}'
            set options --help 'Show this message and exit'
        case 'rabot consumption-plan submit'
            set options -f 'The plan: JSON or YAML' --file 'The plan: JSON or YAML' --help 'Show this message and exit'
            set takers -f --file
            set positions 2
        case 'rabot api'
            set options -f 'A parameter: query of a GET, else a field of the body' --field 'A parameter: query of a GET, else a field of the body' --input 'The body: JSON or YAML' --scope 'A scope to ask for, besides what the call is known to need' --help 'Show this message and exit'
            set takers -f --field --input --scope
            set positions 2
        case emporia
            set commands devices 'The partner\'s devices and their circuits' usage 'Energy and power over time, and how sure each number is' outlets 'See and switch outlets' chargers 'See, switch and set EV chargers' batteries 'See and set home batteries' utility-connects 'See utility connects' call 'Any method of the service, JSON in and out'
            set options --help 'Show this message and exit'
        case 'emporia devices'
            set commands list 'List devices: model, customers, zone, whether connected' show 'Show one device with its circuits and customers'
            set options --help 'Show this message and exit'
        case 'emporia devices list'
            set options --customer 'Devices of one customer' --model 'Such as Vue2 or EVCharger' --connected 'Connected to the cloud, or not' --disconnected 'The opposite of --connected' --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
            set takers --customer --model
        case 'emporia devices show'
            set options --circuits 'List its circuits instead' --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
            set positions 1
        case 'emporia usage'
            set options --all 'All devices' --ids-file 'Ids or names, one a line' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'Length of a bucket' --channels 'Mains alone, or all circuits' --unit 'One unit instead of energy in Wh and power in W' --sum 'Add up over the range; sums by device and total count mains once' --include-partial 'Also what is younger than 30 minutes, marked partial' --refresh 'Ask for the device list again' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --ids-file --since --from --to --day --tz --resolution --channels --unit --sum
            set positions 1
            set many 1
        case 'emporia outlets'
            set commands list 'List all outlets and whether they are on' show 'Show one outlet' on 'Turn outlets on, and tell for each what really happened' off 'Turn outlets off, and tell for each what really happened'
            set options --help 'Show this message and exit'
        case 'emporia outlets list'
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
        case 'emporia outlets show'
            set options --help 'Show this message and exit'
            set positions 1
        case 'emporia outlets on'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --wait 'Read back until it is so [default: 60]' --help 'Show this message and exit'
            set takers --ids-file
            set positions 1
            set many 1
        case 'emporia outlets off'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --wait 'Read back until it is so [default: 60]' --help 'Show this message and exit'
            set takers --ids-file
            set positions 1
            set many 1
        case 'emporia chargers'
            set commands list 'List all chargers: on or off, amps, and what the car does' show 'Show one charger' on 'Turn chargers on, and tell for each what really happened' off 'Turn chargers off, and tell for each what really happened' set 'Set the charge rate of chargers. Only what is named is sent'
            set options --help 'Show this message and exit'
        case 'emporia chargers list'
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
        case 'emporia chargers show'
            set options --help 'Show this message and exit'
            set positions 1
        case 'emporia chargers on'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --wait 'Read back until it is so [default: 60]' --until 'With --wait: until the car charges, or no longer does' --help 'Show this message and exit'
            set takers --ids-file --until
            set positions 1
            set many 1
        case 'emporia chargers off'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --wait 'Read back until it is so [default: 60]' --until 'With --wait: until the car charges, or no longer does' --help 'Show this message and exit'
            set takers --ids-file --until
            set positions 1
            set many 1
        case 'emporia chargers set'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --amps 'Charge rate: 6 to the charger\'s most' --on 'Also turn it on or off' --off 'The opposite of --on' --wait 'Read back until it is so [default: 60]' --until 'With --wait: until the car charges, or no longer does' --for 'Hold it so long (2h, 45m), then put it back. Stays in front' --help 'Show this message and exit'
            set takers --ids-file --amps --until --for
            set positions 1
            set many 1
        case 'emporia batteries'
            set commands list 'List all batteries: charge, reserve and mode' show 'Show one battery' set 'Set reserve and mode of batteries. Only what is named is sent'
            set options --help 'Show this message and exit'
        case 'emporia batteries list'
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
        case 'emporia batteries show'
            set options --help 'Show this message and exit'
            set positions 1
        case 'emporia batteries set'
            set options --all 'All of them' --ids-file 'Ids or names, one a line' --reserve 'Charge that no mode goes below: 1 to 100' --mode 'How it is dispatched' --power 'Power of the mode, within the inverter\'s' --soc 'Level to charge or discharge to: 1 to 100' --wait 'Read back until it is so [default: 60]' --help 'Show this message and exit'
            set takers --ids-file --reserve --mode --power --soc
            set positions 1
            set many 1
        case 'emporia utility-connects'
            set commands list 'List utility connects with their Zigbee address'
            set options --help 'Show this message and exit'
        case 'emporia utility-connects list'
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit'
        case 'emporia call'
            set options -d 'The request; the token is filled in' --data 'The request; the token is filled in' --list 'List the methods' --template 'Print an empty request of METHOD' --help 'Show this message and exit'
            set takers -d --data
            set positions 1
        case auth
            set commands login 'Ask for the secret, try it once, and keep it in the keyring of this machine' status 'Say what is set, where it comes from, and how long the tokens live. Asks nobody' logout 'Remove the stored secret and the cached tokens' token 'Print an access token, for other tools. Whoever has it can act as you until it expires'
            set options --help 'Show this message and exit'
        case 'auth login'
            set options --stdin 'Read the secret from standard input' --help 'Show this message and exit'
            set positions 1
        case 'auth status'
            set options --help 'Show this message and exit'
            set positions 1
        case 'auth logout'
            set options --help 'Show this message and exit'
            set positions 1
        case 'auth token'
            set options --scope 'A scope to ask for, besides the smallest' --help 'Show this message and exit'
            set takers --scope
            set positions 1
        case config
            set commands init 'Make a config file: the commented example, or a profile with what --set says' edit 'Open the config file in your editor ($VISUAL or $EDITOR); it is replaced only when it is right' show 'Show the settings in force; of secrets only where they are' path 'Print where the config file is, or would be' validate 'Check the whole config file: every profile, every key, all problems at once'
            set options --help 'Show this message and exit'
        case 'config init'
            set options --set 'Such as rabot.environment=test; may be repeated' --name 'Name of the profile' --force 'Replace an existing file' --help 'Show this message and exit'
            set takers --set --name
        case 'config edit'
            set options --help 'Show this message and exit'
        case 'config show'
            set options --sources 'Say where each value comes from' --help 'Show this message and exit'
        case 'config path'
            set options --help 'Show this message and exit'
        case 'config validate'
            set options --help 'Show this message and exit'
        case journal
            set commands list 'List the writes of this user, newest first' show 'Tell the story of one write: intended, sent, answered, looked up'
            set options --help 'Show this message and exit'
        case 'journal list'
            set options --outcome 'Only those: changed, unknown, not_sent, …' --provider 'Only this provider' --help 'Show this message and exit'
            set takers --outcome --provider
        case 'journal show'
            set options --help 'Show this message and exit'
            set positions 1
        case limits
            set options --help 'Show this message and exit'
        case sandbox
            set commands start 'Start the sandbox in the background; the profile \'sandbox\' then works' stop 'Stop the sandbox that runs in the background' status 'Say whether the sandbox runs, where, and with which test credentials' run 'Run one command against a sandbox of its own and stop it again' reset 'Put the sandbox\'s data back to its beginning, and take all faults away' fault 'Make the running sandbox misbehave: latency, 429, 500, 503, drop-before, drop-after, truncate, html and more'
            set options --help 'Show this message and exit'
        case 'sandbox start'
            set options --customers 'How many seeded customers' --devices 'How many devices the fleet has' --seed 'The same seed gives the same data' --speed 'Sandbox seconds that pass for orders in a second' --fault 'PROVIDER:KIND[=VALUE][@METHOD /path][#COUNT], e.g. rabot:503#2' --token-ttl 'Life of a token' --help 'Show this message and exit'
            set takers --customers --devices --seed --speed --fault --token-ttl
        case 'sandbox stop'
            set options --help 'Show this message and exit'
        case 'sandbox status'
            set options --export 'Print export lines for a shell' --help 'Show this message and exit'
        case 'sandbox run'
            set options --customers 'How many seeded customers' --devices 'How many devices the fleet has' --seed 'The same seed gives the same data' --speed 'Sandbox seconds that pass for orders in a second' --fault 'PROVIDER:KIND[=VALUE][@METHOD /path][#COUNT], e.g. rabot:503#2' --token-ttl 'Life of a token' --help 'Show this message and exit'
            set takers --customers --devices --seed --speed --fault --token-ttl
            set positions 1
            set many 1
            set runs 1
        case 'sandbox reset'
            set options --help 'Show this message and exit'
        case 'sandbox fault'
            set options --clear 'Take all faults away first' --help 'Show this message and exit'
            set positions 1
            set many 1
        case demo
            set options --dir 'Where the tour saves its files' --help 'Show this message and exit'
            set takers --dir
        case completion
            set options --help 'Show this message and exit'
            set positions 1
        case '*'
            return 1
    end
    if test $shares = 1
        set -a options -p 'Profile of the config file' --profile 'Profile of the config file' -o 'Output format [default: table on a terminal, tsv elsewhere]' --output 'Output format [default: table on a terminal, tsv elsewhere]' -c 'Columns: any paths in the data' --columns 'Columns: any paths in the data' --query 'JMESPath applied before formatting' --no-header 'No header line in tsv, csv and tables' --limit 'At most N rows' --sort-by 'Sort rows by a column; -COL: descending' --timeout 'Longest wait for one answer [default: 30]' --max-wait 'Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere]' -y 'Do not ask before a write' --yes 'Do not ask before a write' --dry-run 'Show what a write would send; send nothing' -q 'No notices and no progress on stderr' --quiet 'No notices and no progress on stderr' -v 'Requests and answers on stderr, secrets redacted' --verbose 'Requests and answers on stderr, secrets redacted' --no-color 'No colour' --no-input 'Never ask; fail where an answer would be needed'
        set -a takers -p --profile -o --output -c --columns --query --limit --sort-by --timeout --max-wait
    end
end

# What the value of an option, or of the n-th argument, may be.
function __energyctl_values --no-scope-shadowing
    set values
    set files ''
    switch $argv[1]:$argv[2]
        case 'rabot orders template:--type'
            set values private business
        case 'rabot orders template:--reason'
            set values new-delivery-location change-of-supplier
        case 'rabot orders validate:-f' 'rabot orders validate:--file'
            set files file
        case 'rabot orders create:-f' 'rabot orders create:--file'
            set files file
        case 'rabot orders wait:--until'
            set values Open Processing Rejected Revoked PendingDelivery Delivery Cancelled Unspecified
        case 'rabot orders wait:-o' 'rabot orders wait:--output'
            set values table tsv json jsonl csv yaml ids
        case 'rabot customers unlink:--ids-file'
            set files file
        case 'rabot contracts metrics:--metric'
            set values consumption saving totalcost workingprice co2saving
        case 'rabot contracts metrics:--interval'
            set values quarterhourly hourly daily weekly monthly yearly
        case 'rabot contracts metrics:--value-type'
            set values actual forecast dynamic combined
        case 'rabot documents list:--type'
            set values all prepayment settlement contractconfirmation
        case 'rabot documents download:--to'
            set files file
        case 'rabot invoices download:--to'
            set files file
        case 'rabot prices:--granularity'
            set values hourly quarterhourly
        case 'rabot consumption-plan submit:-f' 'rabot consumption-plan submit:--file'
            set files file
        case 'rabot api:--input'
            set files file
        case 'rabot api:1'
            set values GET HEAD POST PUT PATCH DELETE
        case 'emporia devices show:1'
            set values (__energyctl_kept emporia-devices)
        case 'emporia usage:--ids-file'
            set files file
        case 'emporia usage:--resolution'
            set values 1m 15m 1h 1d 1w 1mo 1y
        case 'emporia usage:--channels'
            set values mains all
        case 'emporia usage:--unit'
            set values Wh kWh W kW
        case 'emporia usage:--sum'
            set values device channel total
        case 'emporia usage:1'
            set values (__energyctl_kept emporia-devices)
        case 'emporia outlets show:1'
            set values (__energyctl_kept emporia-outlets)
        case 'emporia outlets on:--ids-file'
            set files file
        case 'emporia outlets on:1'
            set values (__energyctl_kept emporia-outlets)
        case 'emporia outlets off:--ids-file'
            set files file
        case 'emporia outlets off:1'
            set values (__energyctl_kept emporia-outlets)
        case 'emporia chargers show:1'
            set values (__energyctl_kept emporia-chargers)
        case 'emporia chargers on:--ids-file'
            set files file
        case 'emporia chargers on:--until'
            set values charging idle
        case 'emporia chargers on:1'
            set values (__energyctl_kept emporia-chargers)
        case 'emporia chargers off:--ids-file'
            set files file
        case 'emporia chargers off:--until'
            set values charging idle
        case 'emporia chargers off:1'
            set values (__energyctl_kept emporia-chargers)
        case 'emporia chargers set:--ids-file'
            set files file
        case 'emporia chargers set:--until'
            set values charging idle
        case 'emporia chargers set:1'
            set values (__energyctl_kept emporia-chargers)
        case 'emporia batteries show:1'
            set values (__energyctl_kept emporia-batteries)
        case 'emporia batteries set:--ids-file'
            set files file
        case 'emporia batteries set:--mode'
            set values load-following excess-solar charge-to discharge-to idle
        case 'emporia batteries set:1'
            set values (__energyctl_kept emporia-batteries)
        case 'emporia call:-d' 'emporia call:--data'
            set files file
        case 'auth login:1'
            set values rabot emporia
        case 'auth logout:1'
            set values rabot emporia
        case 'auth token:1'
            set values rabot emporia
        case 'demo:--dir'
            set files directory
        case 'completion:1'
            set values bash zsh fish
        case '*'
            test $shares = 1; or return
            switch $argv[2]
                case -o --output
                    set values table tsv json jsonl csv yaml ids
            end
    end
end

# Print a list that energyctl keeps in its state directory: values, each with its description.
function __energyctl_kept
    set -l place "$ENERGYCTL_STATE_DIR"
    if test -z "$place"
        set place "$XDG_STATE_HOME"
        test -n "$place"; or set place "$HOME/.local/state"
        set place $place/energyctl
        test -f $place/completion/$argv[1]; or set place "$HOME/Library/Application Support/energyctl"
    end
    string match -q -- '~/*' $place; and set place $HOME/(string sub -s 3 -- $place)
    set place $place/completion/$argv[1]
    test -f $place; and test -r $place; and string match -- '*' <$place
end

# Offer the values of an option, or of the n-th argument.
function __energyctl_offer_values --no-scope-shadowing
    __energyctl_values $path $argv[1]
    if test -n "$files"
        # No command has this name, so fish offers the names of files.
        set values (complete -C "'' $current")
        test $files = directory; and set values (string match -- '*/' $values)
    end
    set -q values[1]; and printf '%s\n' "$prefix"$values
end

# Find out of a word with short options which of them takes a value, and what of the word belongs to it.
function __energyctl_short --no-scope-shadowing
    set taker ''
    set glued (string sub -s 2 -- $argv[1])
    while test -n "$glued"
        set taker -(string sub -l 1 -- $glued)
        set glued (string sub -s 2 -- $glued)
        contains -- $taker $takers; and return
    end
    set taker ''
end

function __energyctl_complete
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
    __energyctl_node ''
    while set -q tokens[1]
        set -l token $tokens[1]
        if test -n "$waiting"
            set waiting ''
        else if test $ended = 0; and test "$token" = --
            set ended 1
        else if test $ended = 0; and string match -q -- '--*' $token
            contains -- $token $takers; and set waiting $token
        else if test $ended = 0; and string match -qr -- '^-.' $token
            __energyctl_short $token
            test -n "$taker"; and test -z "$glued"; and set waiting $taker
        else if set -q commands[1]
            set path (string trim -- "$path $token")
            set ended 0
            __energyctl_node $path; or return
        else if test $runs = 1
            break
        else
            set given (math $given + 1)
        end
        set -e tokens[1]
    end

    if test -n "$waiting"
        __energyctl_offer_values $waiting
    else if test $runs = 1; and begin
            set -q tokens[1]; or test $ended = 1; or not string match -q -- '-*' $current
        end
        set -l line (string join ' ' -- (string escape -- $tokens) "$current")
        complete -C "$line"
    else if test $ended = 0; and string match -q -- '--*=*' $current
        set prefix (string replace -r -- '=.*' '=' $current)
        set current (string replace -r -- '^[^=]*=' '' $current)
        __energyctl_offer_values (string trim -r -c = -- $prefix)
    else if test $ended = 0; and string match -q -- '-*' $current
        string match -qr -- '^-[^-]' $current; and __energyctl_short $current; or set taker ''
        if test -n "$taker"; and test -n "$glued"
            set prefix (string replace -r -- (string escape --style=regex -- $glued)'$' '' $current)
            set current $glued
            __energyctl_offer_values $taker
        else
            printf '%s\t%s\n' $options
        end
    else if set -q commands[1]
        printf '%s\t%s\n' $commands
    else
        test $many = 1; and test $given -gt $positions; and set given $positions
        if test $given -le $positions
            __energyctl_offer_values $given
        else if test $ended = 0; and test -z "$current"
            printf '%s\t%s\n' $options
        end
    end
    return 0
end

complete -c energyctl -e
complete -c energyctl -k -f -a '(__energyctl_complete)'
