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
            set commands rabot 'German dynamic tariffs: quotes, orders, contracts' emporia 'Energy monitors, outlets, EV chargers and batteries' emulate 'Spot price optimization of cars, chargers and heat pumps' bright 'An energy company\'s own backend as Bright\'s app calls it' devices 'The devices of all providers in one list' usage 'What devices used over time, whoever\'s they are' invoices 'List and save invoices, whoever issues them' orders 'The orders at all providers that take some' auth 'Store, check and remove credentials' config 'Make, edit and check the config file' doctor 'Check config, secrets and tokens, and say what is wrong' find 'Find a customer, contract, device or meter at all providers at once' journal 'See what was written, and what became of it' limits 'See the call budgets: used, left, and when a call frees' sandbox 'Run local servers that speak the providers\' contracts' demo 'Take a tour of the main job on the embedded sandbox' completion 'Print the completion script of a shell' help 'Explain a topic or a command' schema 'Print the JSON Schema of a command\'s rows'
            set options -V 'Print the version and exit' --version 'Print the version and exit' --help 'Show this message and exit'
        case rabot
            set commands tariffs 'The tariffs that you may sell' quote 'What a tariff costs at a postcode' orders 'Prepare, check, create and follow orders' customers 'See, link and unlink customers' contracts 'Contracts, their metrics, costs and working prices' documents 'List and download a contract\'s documents' invoices 'List and download a contract\'s invoices' prices 'Day-ahead prices and their forecast' consumption-plan 'Submit a consumption plan' endpoints 'Which method and path each operation has' spec 'Take paths from the provider\'s OpenAPI file' call 'Run any operation, checked against the OpenAPI file' api 'Any call with the profile\'s token'
            set options --help 'Show this message and exit'
        case 'rabot tariffs'
            set commands list 'List the tariffs that this client may sell'
            set options --help 'Show this message and exit'
        case 'rabot tariffs list'
            set options --effective-date 'Tariffs in force on this day' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --customer 'Orders of one customer number' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --customer
        case 'rabot orders show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'rabot orders wait'
            set options --until 'One of Open, Processing, Rejected, Revoked, PendingDelivery, Delivery, Cancelled, Unspecified' --timeout 'Longest wait in all [default: 900]' --help 'Show this message and exit' -p 'Profile of the config file' --profile 'Profile of the config file' -o 'Output format [default: table on a terminal, tsv elsewhere]' --output 'Output format [default: table on a terminal, tsv elsewhere]' -c 'Columns: any paths in the data' --columns 'Columns: any paths in the data' --query 'JMESPath applied before formatting' --no-header 'No header line in tsv, csv and tables' --limit 'At most N rows' --sort-by 'Sort rows by a column; -COL: descending' --max-wait 'Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere]' -y 'Do not ask before a write' --yes 'Do not ask before a write' --dry-run 'Show what a write would send; send nothing' -q 'No notices and no progress on stderr' --quiet 'No notices and no progress on stderr' -v 'Requests and answers on stderr, secrets redacted' --verbose 'Requests and answers on stderr, secrets redacted' --no-color 'No colour' --no-input 'Never ask; fail where an answer would be needed' --redact 'Stable pseudonyms in the place of personal data [default: as the profile says]' --no-redact 'The opposite of --redact'
            set takers --until --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait
            set positions 1
            set shares 0
        case 'rabot customers'
            set commands list 'List the customers that this client may see' link 'Make an address at which a customer agrees to be linked. It works for 10 minutes' unlink 'End the link to customers: their data is no longer visible to this client'
            set options --help 'Show this message and exit'
        case 'rabot customers list'
            set options --external-id 'The customer with your own id' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --type 'Only these' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
        case 'rabot endpoints'
            set commands list 'List the operations with the method and path in force and where they come from'
            set options --help 'Show this message and exit'
        case 'rabot endpoints list'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'rabot spec'
            set commands import 'Take methods and paths from the provider\'s OpenAPI file (3.0 or 3.1, JSON or YAML)' show 'Show the imported file\'s operations, or what one of them takes and answers with' forget 'Forget the imported file: methods and paths come from the tool\'s own table again'
            set options --help 'Show this message and exit'
        case 'rabot spec import'
            set options --match 'Choose what serves an operation: an operationId, or "METHOD /path"' --without 'Leave an operation as it is' --set 'A value for a parameter of its paths, the same in every call' --help 'Show this message and exit'
            set takers --match --without --set
            set positions 1
        case 'rabot spec show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'rabot spec forget'
            set options --help 'Show this message and exit'
        case 'rabot call'
            set options --param 'A parameter, wherever it goes' -d 'The body' --data 'The body' --help 'Show this message and exit'
            set takers --param -d --data
            set positions 1
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
            set options --customer 'Devices of one customer' --model 'Such as Vue2 or EVCharger' --connected 'Connected to the cloud, or not' --disconnected 'The opposite of --connected' --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --customer --model
        case 'emporia devices show'
            set options --circuits 'List its circuits instead' --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emporia outlets show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emporia chargers show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emporia batteries show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --refresh 'Ask again instead of using the list kept for an hour' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emporia call'
            set options -d 'The request; the token is filled in' --data 'The request; the token is filled in' --list 'List the methods' --template 'Print an empty request of METHOD' --help 'Show this message and exit'
            set takers -d --data
            set positions 1
        case emulate
            set commands customers 'See customers, and offboard those who leave' facilities 'The places with a meter' devices 'See, rename and remove devices, and their problem logs' spo 'See and set spot price optimization' consumption 'A customer\'s consumption' savings 'What the optimization has saved a customer' onboarding 'Let a customer sign in to a new device' token 'Mint and inspect tokens' keys 'Make key pairs' endpoints 'Which method and path each operation has' spec 'Take paths from the provider\'s OpenAPI file' call 'Run any operation, checked against the OpenAPI file' api 'Any call with the profile\'s token'
            set options --help 'Show this message and exit'
        case 'emulate customers'
            set commands list 'List the customers of the retailer' show 'Show one customer' offboard 'Remove all devices of customers who left, and prove that they are gone'
            set options --help 'Show this message and exit'
        case 'emulate customers list'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emulate customers show'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --as-customer
            set positions 1
        case 'emulate customers offboard'
            set options --ids-file 'Ids, one a line' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --ids-file --as-customer
            set positions 1
            set many 1
        case 'emulate facilities'
            set commands list 'List the facilities of one customer, or of all'
            set options --help 'Show this message and exit'
        case 'emulate facilities list'
            set options --customer 'Only this customer\'s' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --customer --as-customer
            set positions 1
        case 'emulate devices'
            set commands list 'List the devices of one customer, or of all' show 'Show one device with all that the provider tells of it' logs 'List what troubled a device: why a car did not charge' rename 'Set a device\'s custom name, and read it back' remove 'Remove devices of a customer, and prove that they are gone'
            set options --help 'Show this message and exit'
        case 'emulate devices list'
            set options --customer 'Only this customer\'s' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --customer --as-customer
            set positions 1
        case 'emulate devices show'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --as-customer
            set positions 2
        case 'emulate devices logs'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --as-customer
            set positions 2
        case 'emulate devices rename'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --as-customer
            set positions 3
        case 'emulate devices remove'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --as-customer
            set positions 2
            set many 1
        case 'emulate spo'
            set commands show 'Show the SPO settings of a customer\'s devices, or of one device' set 'Set SPO settings of a device: only what is named is sent, then read back'
            set options --help 'Show this message and exit'
        case 'emulate spo show'
            set options --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --as-customer
            set positions 2
        case 'emulate spo set'
            set options -f 'Settings as JSON or YAML' --file 'Settings as JSON or YAML' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers -f --file --as-customer
            set positions 3
            set many 1
        case 'emulate consumption'
            set options --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'hour, day or month, or another that the provider knows' --plot 'Draw a chart instead of rows' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --since --from --to --day --tz --resolution --as-customer
            set positions 1
        case 'emulate savings'
            set options --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'hour, day or month, or another that the provider knows' --plot 'Draw a chart instead of rows' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --since --from --to --day --tz --resolution --as-customer
            set positions 1
        case 'emulate onboarding'
            set commands link 'Make an address at which the customer signs in to a new car, charger or heat pump'
            set options --help 'Show this message and exit'
        case 'emulate onboarding link'
            set options --field 'A field of the request; K:=JSON for other than a text' --qr 'Draw the address as a QR code on stderr' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --field --as-customer
            set positions 1
        case 'emulate token'
            set commands mint 'Sign a token with the profile\'s key and print it. Whoever has it can act with it until it expires' inspect 'Show what a token says, its times in words, and evaluate the six checks behind a 403'
            set options --help 'Show this message and exit'
        case 'emulate token mint'
            set options --customer 'For this customer alone (Single Customer API)' --ttl 'Its life, such as 10m or 12h [default: the profile\'s]' --claim 'A further claim; K:=JSON for other than a text' --help 'Show this message and exit'
            set takers --customer --ttl --claim
        case 'emulate token inspect'
            set options --key 'Verify with this key, private or public, PEM' --api 'retailer or single-customer [default: by its claims]' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --key --api --as-customer
            set positions 1
        case 'emulate keys'
            set commands generate 'Make an RSA key pair: the private key in a file of mode 0600, the public one beside it, and what to do next'
            set options --help 'Show this message and exit'
        case 'emulate keys generate'
            set options --api 'retailer or single-customer: keys are registered per API' --to 'Where the private key goes [default: emulate-API-key.pem]' --bits 'Length of the key, 3072 to 8192' --passphrase 'Encrypt it: asked for on the terminal, or by reference (env:NAME, file:PATH, command:COMMAND)' --help 'Show this message and exit'
            set takers --api --to --bits
        case 'emulate endpoints'
            set commands list 'List the operations with the method and path in force and where they come from'
            set options --help 'Show this message and exit'
        case 'emulate endpoints list'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'emulate spec'
            set commands import 'Take methods and paths from the provider\'s OpenAPI file (3.0 or 3.1, JSON or YAML)' show 'Show the imported file\'s operations, or what one of them takes and answers with' forget 'Forget the imported file: methods and paths come from the tool\'s own table again'
            set options --help 'Show this message and exit'
        case 'emulate spec import'
            set options --match 'Choose what serves an operation: an operationId, or "METHOD /path"' --without 'Leave an operation as it is' --set 'A value for a parameter of its paths, the same in every call' --help 'Show this message and exit'
            set takers --match --without --set
            set positions 1
        case 'emulate spec show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'emulate spec forget'
            set options --help 'Show this message and exit'
        case 'emulate call'
            set options --param 'A parameter, wherever it goes' -d 'The body' --data 'The body' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers --param -d --data --as-customer
            set positions 1
        case 'emulate api'
            set options -f 'A parameter: query of a GET, else a field of the body' --field 'A parameter: query of a GET, else a field of the body' --input 'The body: JSON or YAML' --as-customer 'Go through the Single Customer API, with a token for this customer alone' --help 'Show this message and exit'
            set takers -f --field --input --as-customer
            set positions 2
        case bright
            set commands accounts 'Find and show accounts' users 'See, add and update the users of an account' locations 'Locations and their services' agreements 'Agreements of a service' products 'Products and prices of a service' invoices 'List invoices, and download them' measurements 'What a service has measured' cost 'What a service costs' events 'Report events, and see those of a service' bankid 'Identify a person with BankID' openid 'Check the OpenID provider, and sign in' verify 'Verify the backend, step by step' endpoints 'Which method and path each operation has' spec 'Take paths from the backend\'s OpenAPI file' call 'Run any operation, checked against the OpenAPI file' api 'Any call with the profile\'s credentials'
            set options --help 'Show this message and exit'
        case 'bright accounts'
            set commands search 'Find the accounts of a person, by personal number (12 digits, or - to read it) or e-mail address' show 'Show one account'
            set options --help 'Show this message and exit'
        case 'bright accounts search'
            set options --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --reveal 'Show personal numbers whole in tables, tsv and csv' --help 'Show this message and exit'
            set takers --ssn --email
        case 'bright accounts show'
            set options --reveal 'Show personal numbers whole in tables, tsv and csv' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'bright users'
            set commands list 'List the users of an account with their roles: one owner or company, any number of guests' add 'Add a user to an account, known by phone number, e-mail address or user name' update 'Update a user\'s phone number or e-mail address; only what is named is sent'
            set options --help 'Show this message and exit'
        case 'bright users list'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --reveal 'Show personal numbers whole in tables, tsv and csv' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --ssn --email
        case 'bright users add'
            set options --account 'The account' --inviter 'Id of the user who invites [default: the owner]' --role 'guest, owner or company' --phone 'Phone number, E.164: +46701234567' --new-email 'E-mail address' --username 'User name' --help 'Show this message and exit'
            set takers --account --inviter --role --phone --new-email --username
        case 'bright users update'
            set options --account 'The account' --phone 'Phone number, E.164: +46701234567' --new-email 'E-mail address' --help 'Show this message and exit'
            set takers --account --phone --new-email
            set positions 1
        case 'bright locations'
            set commands list 'List the services of an account with their ids and locations'
            set options --help 'Show this message and exit'
        case 'bright locations list'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --ssn --email
        case 'bright agreements'
            set commands list 'List the agreements of a service, or of all services of the account'
            set options --help 'Show this message and exit'
        case 'bright agreements list'
            set options --account 'The account' --service 'The service: its id, measurement or cost id, type or place' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --service --ssn --email
        case 'bright products'
            set commands list 'List the products of a service with their prices, or those of all services of the account'
            set options --help 'Show this message and exit'
        case 'bright products list'
            set options --account 'The account' --service 'The service: its id, measurement or cost id, type or place' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --service --ssn --email
        case 'bright invoices'
            set commands list 'List the invoices of all services of an account' url 'Print the address at which an invoice\'s file lies. Whoever has it may be able to read the invoice' download 'Save invoices as PDF: whole or not at all, never over an existing file'
            set options --help 'Show this message and exit'
        case 'bright invoices list'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --tz 'utc, local, site or an IANA name' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --ssn --email --since --from --to --tz
        case 'bright invoices url'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --latest 'The latest one' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit'
            set takers --account --ssn --email
            set positions 1
        case 'bright invoices download'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --latest 'The latest one' --all 'All invoices' --to 'Where to: a directory, a file, or - for stdout' --via 'stream or url [default: stream, url where that is not built]' --force 'Replace existing files' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit'
            set takers --account --ssn --email --to --via
            set positions 1
        case 'bright measurements'
            set options --account 'The account' --service 'The service: its id, measurement or cost id, type or place' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'year, month, day, hour or 15min [default: day, or what the service offers]' --unchecked 'Take a personal number with a wrong check digit, as test data has' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --account --service --ssn --email --since --from --to --day --tz --resolution
        case 'bright cost'
            set options --account 'The account' --service 'The service: its id, measurement or cost id, type or place' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'year, month, day, hour or 15min [default: day, or what the service offers]' --unchecked 'Take a personal number with a wrong check digit, as test data has' --plot 'Draw a chart instead of rows' --help 'Show this message and exit'
            set takers --account --service --ssn --email --since --from --to --day --tz --resolution
        case 'bright events'
            set commands list 'List the events of a service, or of all services of the account' report 'Report an event of an account, as Bright\'s app does: lastSeen, accountCreated, accountDeleted'
            set options --help 'Show this message and exit'
        case 'bright events list'
            set options --account 'The account' --service 'The service: its id, measurement or cost id, type or place' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --service --ssn --email
        case 'bright events report'
            set options --account 'The account' --user 'The user\'s id' --email 'The user\'s e-mail' --username 'The user\'s name' --ssn 'The user\'s personal number' --unchecked 'Take a personal number with a wrong check digit, as test data has' --help 'Show this message and exit'
            set takers --account --user --email --username --ssn
            set positions 1
        case 'bright bankid'
            set options --sign 'Let the person sign this; - reads it' --ip 'The person\'s address [default: this machine\'s]' --open 'Start the BankID app on this machine' --language 'Of the hints [default: the locale\'s]' --no-qr 'Draw no QR code' --then 'search: give the person\'s accounts as the result' --within 'Longest wait in all' --full 'All that BankID gave, also the signature, which holds the personal number' --reveal 'Show the personal number whole' --help 'Show this message and exit'
            set takers --sign --ip --language --then --within
        case 'bright openid'
            set options --check 'Only check the provider: one row for each finding' --scope 'To ask for [default: openid email profile]' --help 'Show this message and exit'
            set takers --scope
        case 'bright verify'
            set options --account 'The account' --ssn 'The account of the person with this personal number; - reads it from stdin' --email 'The account of the person with this e-mail address' --unchecked 'Take a personal number with a wrong check digit, as test data has' --step 'Only this step, such as users or cost; may be repeated' --junit 'Also write JUnit XML for a build server' --write-steps 'Also update a user, add a test guest and report an event' --parallel 'Requests at a time in the step parallel' --help 'Show this message and exit'
            set takers --account --ssn --email --step --junit --parallel
        case 'bright endpoints'
            set commands list 'List the operations with the method and path in force and where they come from'
            set options --help 'Show this message and exit'
        case 'bright endpoints list'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'bright spec'
            set commands import 'Take methods and paths from the provider\'s OpenAPI file (3.0 or 3.1, JSON or YAML)' show 'Show the imported file\'s operations, or what one of them takes and answers with' forget 'Forget the imported file: methods and paths come from the tool\'s own table again'
            set options --help 'Show this message and exit'
        case 'bright spec import'
            set options --match 'Choose what serves an operation: an operationId, or "METHOD /path"' --without 'Leave an operation as it is' --set 'A value for a parameter of its paths, the same in every call' --help 'Show this message and exit'
            set takers --match --without --set
            set positions 1
        case 'bright spec show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'bright spec forget'
            set options --help 'Show this message and exit'
        case 'bright call'
            set options --param 'A parameter, wherever it goes' -d 'The body' --data 'The body' --help 'Show this message and exit'
            set takers --param -d --data
            set positions 1
        case 'bright api'
            set options -f 'A parameter: query of a GET, else a field of the body' --field 'A parameter: query of a GET, else a field of the body' --input 'The body: JSON or YAML' --help 'Show this message and exit'
            set takers -f --field --input
            set positions 2
        case devices
            set commands list 'List the devices of all providers, each with the command that shows it'
            set options --help 'Show this message and exit'
        case 'devices list'
            set options --provider 'Only this one; may be given again' --refresh 'Ask again for lists that are kept for an hour' --raw 'The provider\'s own objects, unchanged, instead of computed rows' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --provider
        case usage
            set options --all 'All devices' --ids-file 'Ids or names, one a line' --since 'From so long ago until now: 24h, 7d' --from 'Start: date, date-time, today, yesterday' --to 'End, not included [default: now]' --day 'One local day: 2026-03-29, today, yesterday' --tz 'utc, local, site or an IANA name' --resolution 'Length of a bucket' --channels 'Mains alone, or all circuits' --unit 'One unit instead of energy in Wh and power in W' --include-partial 'Also what may still change, marked partial' --refresh 'Ask again for lists that are kept for an hour' --provider 'Only this one; may be given again' --raw 'The provider\'s own objects, unchanged, instead of computed rows' --help 'Show this message and exit'
            set takers --ids-file --since --from --to --day --tz --resolution --channels --unit --provider
            set positions 1
            set many 1
        case invoices
            set commands list 'List the invoices of an account or a customer; of both at once when both are named' download 'Save invoices: whole or not at all, never over an existing file'
            set options --help 'Show this message and exit'
        case 'invoices list'
            set options --account 'The account: bright' --customer 'The customer number: rabot' --contract 'Only this contract of the customer' --provider 'Only this one; may be given again' --raw 'The provider\'s own objects, unchanged, instead of computed rows' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --account --customer --contract --provider
        case 'invoices download'
            set options --account 'The account: bright' --customer 'The customer number: rabot' --contract 'Only this contract of the customer' --all 'All of them' --to 'The directory' --force 'Replace existing files' --provider 'Only this one; may be given again' --help 'Show this message and exit'
            set takers --account --customer --contract --to --provider
            set positions 1
        case orders
            set commands list 'List orders, each with the command that shows it'
            set options --help 'Show this message and exit'
        case 'orders list'
            set options --customer 'Orders of one customer number' --provider 'Only this one; may be given again' --raw 'The provider\'s own objects, unchanged, instead of computed rows' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --customer --provider
        case auth
            set commands login 'Ask for the secret, try it once, and keep it in the keyring of this machine' status 'Say what is set, where it comes from, and how long the tokens live. Asks nobody' logout 'Remove the stored secret and the cached tokens' token 'Print an access token, for other tools. Whoever has it can act as you until it expires' can 'Say whether a command may: from profile, secrets, kept tokens, scopes and keys. Asks nobody'
            set options --help 'Show this message and exit'
        case 'auth login'
            set options --stdin 'Read the secret from standard input' --secret 'Which one, where a provider has several: customer_key' --help 'Show this message and exit'
            set takers --secret
            set positions 1
        case 'auth status'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set positions 1
        case 'auth logout'
            set options --help 'Show this message and exit'
            set positions 1
        case 'auth token'
            set options --scope 'A scope to ask for, besides the smallest' --help 'Show this message and exit'
            set takers --scope
            set positions 1
        case 'auth can'
            set options --help 'Show this message and exit'
            set positions 2
            set many 1
        case config
            set commands init 'Make a config file: the commented example, or a profile with what --set says' edit 'Open the config file in your editor ($VISUAL or $EDITOR); it is replaced only when it is right' show 'Show the settings in force; of secrets only where they are' path 'Print where the config file is, or would be' validate 'Check the whole config file: every profile, every key, all problems at once'
            set options --help 'Show this message and exit'
        case 'config init'
            set options --set 'Such as rabot.environment=test; may be repeated' --name 'Name of the profile' --force 'Replace an existing file' --help 'Show this message and exit'
            set takers --set --name
        case 'config edit'
            set options --help 'Show this message and exit'
        case 'config show'
            set options --sources 'Say where each value comes from' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
        case 'config path'
            set options --help 'Show this message and exit'
        case 'config validate'
            set options --help 'Show this message and exit'
        case doctor
            set options --online 'Also ask the providers: network, clock, a token, one read that changes nothing' --as-customer 'Emulate: examine the token for this customer alone' --bundle 'Also write a file for support: checks, versions, settings, the last writes; no secret' --help 'Show this message and exit'
            set takers --as-customer --bundle
            set positions 1
        case find
            set options --in 'Only there; may be given again' --look-through 'Rows of a list that has no search of its own' --refresh 'Ask again for lists that are kept for an hour' --lookups 'List what each provider can look up, and what it costs' --timeout 'Longest wait for all providers together [default: 30]' --help 'Show this message and exit' -p 'Profile of the config file' --profile 'Profile of the config file' -o 'Output format [default: table on a terminal, tsv elsewhere]' --output 'Output format [default: table on a terminal, tsv elsewhere]' -c 'Columns: any paths in the data' --columns 'Columns: any paths in the data' --query 'JMESPath applied before formatting' --no-header 'No header line in tsv, csv and tables' --limit 'At most N rows' --sort-by 'Sort rows by a column; -COL: descending' --max-wait 'Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere]' -y 'Do not ask before a write' --yes 'Do not ask before a write' --dry-run 'Show what a write would send; send nothing' -q 'No notices and no progress on stderr' --quiet 'No notices and no progress on stderr' -v 'Requests and answers on stderr, secrets redacted' --verbose 'Requests and answers on stderr, secrets redacted' --no-color 'No colour' --no-input 'Never ask; fail where an answer would be needed' --redact 'Stable pseudonyms in the place of personal data [default: as the profile says]' --no-redact 'The opposite of --redact'
            set takers --in --look-through --timeout -p --profile -o --output -c --columns --query --limit --sort-by --max-wait
            set positions 1
            set many 1
            set shares 0
        case journal
            set commands list 'List the writes of this user, newest first' show 'Tell the story of one write: intended, sent, answered, looked up'
            set options --help 'Show this message and exit'
        case 'journal list'
            set options --outcome 'Only those: changed, unknown, not_sent, …' --provider 'Only this provider' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
            set takers --outcome --provider
        case 'journal show'
            set options --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
            set options --export 'Print export lines for a shell' --help 'Show this message and exit' --watch 'Look again and again, and show what is new [default: every 10 s]'
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
        case help
            set options --all 'Every command with all its options, and all topics' --help 'Show this message and exit'
            set positions 1
            set many 1
        case schema
            set options --help 'Show this message and exit'
            set positions 1
            set many 1
        case '*'
            return 1
    end
    if test $shares = 1
        set -a options -p 'Profile of the config file' --profile 'Profile of the config file' -o 'Output format [default: table on a terminal, tsv elsewhere]' --output 'Output format [default: table on a terminal, tsv elsewhere]' -c 'Columns: any paths in the data' --columns 'Columns: any paths in the data' --query 'JMESPath applied before formatting' --no-header 'No header line in tsv, csv and tables' --limit 'At most N rows' --sort-by 'Sort rows by a column; -COL: descending' --timeout 'Longest wait for one answer [default: 30]' --max-wait 'Longest wait for a rate limit [default: 60 on a terminal, 0 elsewhere]' -y 'Do not ask before a write' --yes 'Do not ask before a write' --dry-run 'Show what a write would send; send nothing' -q 'No notices and no progress on stderr' --quiet 'No notices and no progress on stderr' -v 'Requests and answers on stderr, secrets redacted' --verbose 'Requests and answers on stderr, secrets redacted' --no-color 'No colour' --no-input 'Never ask; fail where an answer would be needed' --redact 'Stable pseudonyms in the place of personal data [default: as the profile says]' --no-redact 'The opposite of --redact'
        set -a takers -p --profile -o --output -c --columns --query --limit --sort-by --timeout --max-wait
    end
end

# What the value of an option, or of the n-th argument, may be.
function __energyctl_values --no-scope-shadowing
    set values
    set files ''
    switch $argv[1]:$argv[2]
        case 'rabot quote:1'
            set values (__energyctl_kept rabot-tariffs)
        case 'rabot orders template:--type'
            set values private business
        case 'rabot orders template:--reason'
            set values new-delivery-location change-of-supplier
        case 'rabot orders validate:-f' 'rabot orders validate:--file'
            set files file
        case 'rabot orders create:-f' 'rabot orders create:--file'
            set files file
        case 'rabot orders list:--customer'
            set values (__energyctl_kept rabot-customers)
        case 'rabot orders show:1'
            set values (__energyctl_kept rabot-orders)
        case 'rabot orders wait:--until'
            set values Open Processing Rejected Revoked PendingDelivery Delivery Cancelled Unspecified
        case 'rabot orders wait:-o' 'rabot orders wait:--output'
            set values table tsv json jsonl csv yaml ids
        case 'rabot orders wait:1'
            set values (__energyctl_kept rabot-orders)
        case 'rabot customers unlink:--ids-file'
            set files file
        case 'rabot customers unlink:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot contracts list:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot contracts metrics:--metric'
            set values consumption saving totalcost workingprice co2saving
        case 'rabot contracts metrics:--interval'
            set values quarterhourly hourly daily weekly monthly yearly
        case 'rabot contracts metrics:--value-type'
            set values actual forecast dynamic combined
        case 'rabot contracts metrics:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot contracts metrics:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot contracts costs:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot contracts costs:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot contracts working-prices:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot contracts working-prices:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot documents list:--type'
            set values all prepayment settlement contractconfirmation
        case 'rabot documents list:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot documents list:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot documents download:--to'
            set files file
        case 'rabot documents download:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot documents download:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot documents download:3'
            set values (__energyctl_kept rabot-documents)
        case 'rabot invoices list:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot invoices list:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot invoices download:--to'
            set files file
        case 'rabot invoices download:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot invoices download:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot invoices download:3'
            set values (__energyctl_kept rabot-documents)
        case 'rabot prices:--granularity'
            set values hourly quarterhourly
        case 'rabot consumption-plan submit:-f' 'rabot consumption-plan submit:--file'
            set files file
        case 'rabot consumption-plan submit:1'
            set values (__energyctl_kept rabot-customers)
        case 'rabot consumption-plan submit:2'
            set values (__energyctl_kept rabot-contracts)
        case 'rabot spec import:1'
            set files file
        case 'rabot spec show:1'
            set values (__energyctl_kept rabot-operations)
        case 'rabot call:-d' 'rabot call:--data'
            set files file
        case 'rabot call:1'
            set values (__energyctl_kept rabot-operations)
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
        case 'emulate customers show:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate customers show:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate customers offboard:--ids-file'
            set files file
        case 'emulate customers offboard:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate customers offboard:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate facilities list:--customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate facilities list:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate facilities list:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices list:--customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices list:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices list:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices show:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices show:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices show:2'
            set values (__energyctl_kept emulate-devices)
        case 'emulate devices logs:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices logs:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices logs:2'
            set values (__energyctl_kept emulate-devices)
        case 'emulate devices rename:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices rename:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices rename:2'
            set values (__energyctl_kept emulate-devices)
        case 'emulate devices remove:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate devices remove:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate spo show:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate spo show:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate spo show:2'
            set values (__energyctl_kept emulate-devices)
        case 'emulate spo set:-f' 'emulate spo set:--file'
            set files file
        case 'emulate spo set:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate spo set:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate spo set:2'
            set values (__energyctl_kept emulate-devices)
        case 'emulate consumption:--resolution'
            set values hour day month
        case 'emulate consumption:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate consumption:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate savings:--resolution'
            set values hour day month
        case 'emulate savings:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate savings:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate onboarding link:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate onboarding link:1'
            set values (__energyctl_kept emulate-customers)
        case 'emulate token inspect:--key'
            set files file
        case 'emulate token inspect:--api'
            set values retailer single-customer
        case 'emulate token inspect:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate keys generate:--api'
            set values retailer single-customer
        case 'emulate keys generate:--to'
            set files file
        case 'emulate spec import:1'
            set files file
        case 'emulate spec show:1'
            set values (__energyctl_kept emulate-operations)
        case 'emulate call:-d' 'emulate call:--data'
            set files file
        case 'emulate call:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate call:1'
            set values (__energyctl_kept emulate-operations)
        case 'emulate api:--input'
            set files file
        case 'emulate api:--as-customer'
            set values (__energyctl_kept emulate-customers)
        case 'emulate api:1'
            set values GET HEAD POST PUT PATCH DELETE
        case 'bright accounts show:1'
            set values (__energyctl_kept bright-accounts)
        case 'bright users list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright users add:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright users add:--role'
            set values owner guest company
        case 'bright users update:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright locations list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright agreements list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright agreements list:--service'
            set values (__energyctl_kept bright-services)
        case 'bright products list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright products list:--service'
            set values (__energyctl_kept bright-services)
        case 'bright invoices list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright invoices url:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright invoices download:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright invoices download:--to'
            set files file
        case 'bright measurements:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright measurements:--service'
            set values (__energyctl_kept bright-services)
        case 'bright measurements:--resolution'
            set values year month day hour 15min
        case 'bright cost:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright cost:--service'
            set values (__energyctl_kept bright-services)
        case 'bright cost:--resolution'
            set values year month day hour 15min
        case 'bright events list:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright events list:--service'
            set values (__energyctl_kept bright-services)
        case 'bright events report:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright events report:1'
            set values lastSeen accountCreated accountDeleted
        case 'bright bankid:--language'
            set values sv en
        case 'bright bankid:--then'
            set values search
        case 'bright verify:--account'
            set values (__energyctl_kept bright-accounts)
        case 'bright verify:--step'
            set values identity sign-in search account users locations agreements invoices measurements products cost invoice-file service-events update-user add-guest report-event errors parallel time
        case 'bright verify:--junit'
            set files file
        case 'bright spec import:1'
            set files file
        case 'bright spec show:1'
            set values (__energyctl_kept bright-operations)
        case 'bright call:-d' 'bright call:--data'
            set files file
        case 'bright call:1'
            set values (__energyctl_kept bright-operations)
        case 'bright api:--input'
            set files file
        case 'bright api:1'
            set values GET HEAD POST PUT PATCH DELETE
        case 'devices list:--provider'
            set values rabot emporia emulate bright
        case 'usage:--ids-file'
            set files file
        case 'usage:--resolution'
            set values 1m 15m 1h 1d 1w 1mo 1y
        case 'usage:--channels'
            set values mains all
        case 'usage:--unit'
            set values Wh kWh W kW
        case 'usage:--provider'
            set values rabot emporia emulate bright
        case 'invoices list:--provider'
            set values rabot emporia emulate bright
        case 'invoices download:--to'
            set files directory
        case 'invoices download:--provider'
            set values rabot emporia emulate bright
        case 'orders list:--provider'
            set values rabot emporia emulate bright
        case 'auth login:1'
            set values rabot emporia emulate bright
        case 'auth logout:1'
            set values rabot emporia emulate bright
        case 'auth token:1'
            set values rabot emporia emulate bright
        case 'auth can:1'
            set values rabot emporia emulate bright
        case 'doctor:--bundle'
            set files file
        case 'doctor:1'
            set values rabot emporia emulate bright
        case 'find:--in'
            set values rabot emporia emulate bright
        case 'find:-o' 'find:--output'
            set values table tsv json jsonl csv yaml ids
        case 'demo:--dir'
            set files directory
        case 'completion:1'
            set values bash zsh fish
        case 'help:1'
            set values exit-codes output config environment time rabot emporia emulate bright devices usage invoices orders auth doctor find journal limits sandbox demo completion help schema
        case 'schema:1'
            set values rabot emporia emulate bright devices usage invoices orders auth config doctor find journal limits sandbox demo completion help schema errors
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
