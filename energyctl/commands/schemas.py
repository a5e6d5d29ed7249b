"""What the commands that belong to no provider print, declared for ``energyctl schema``."""

from __future__ import annotations

from dataclasses import replace

from energyctl.commands.across.schemas import ACROSS
from energyctl.core.rowschema import CHECK, Printed, RowField, Rows, Source, as_it_came, computed, text

_JOURNALED = (
    RowField("id", "integer", "The write's number."),
    RowField("at", "time", "When it was meant to be sent."),
    RowField("user", "string", "Who."),
    RowField("profile", "string", "The profile."),
    RowField("provider", "string", "The provider."),
    RowField("environment", "string", "The environment."),
    RowField("system", "string", "The very system: its address, or the sandbox's id."),
    RowField("operation", "string", "The operation."),
    RowField("target", "string", "Who or what was written to."),
    RowField("effect", "string", "What it does, in words."),
    RowField("digest", "string", "SHA-256 of the request's canonical JSON."),
    RowField("key", "string", "By which the same write is recognised.", null=True),
    RowField("batch", "string", "Shared by the writes of one run.", null=True),
    RowField(
        "outcome",
        "string",
        "What the record tells.",
        words=(
            "not_sent",
            "unknown",
            "changed",
            "already",
            "offline",
            "not_found",
            "rejected",
            "failed",
        ),
    ),
)
_SETTING = Rows(
    "setting",
    "A setting in force.",
    (
        RowField("key", "string", "The key."),
        RowField("value", "any", "Its value; of a secret only where it is."),
        RowField("source", "string", "Where the value comes from."),
    ),
)
_ISSUE = Rows(
    "problem",
    "Something wrong in the config file.",
    (
        RowField("line", "integer", "Its line.", null=True),
        RowField("key", "string", "The key."),
        RowField("message", "string", "What is wrong."),
        RowField("fix", "string", "How to mend it."),
    ),
)
_SECRET = Rows(
    "secret",
    "A secret and, where one is cached, a token.",
    (
        RowField("provider", "string", "The provider."),
        RowField("profile", "string", "The profile."),
        RowField("environment", "string", "The environment."),
        RowField("secret", "string", "The secret's name."),
        RowField("is_set", "boolean", "Whether it is there."),
        RowField("source", "string", "Where it comes from."),
        RowField("problem", "string", "What is wrong with it.", null=True),
        RowField("token", "string", "State of the cached token."),
        RowField("token_expires_in_s", "integer", "Its life.", null=True),
        RowField("scopes", "string", "Its scopes.", null=True),
    ),
)
_SIGNED_IN = Rows(
    "login",
    "What was stored.",
    (
        RowField("provider", "string", "The provider."),
        RowField("profile", "string", "The profile."),
        RowField("stored_in", "string", "Where it is kept.", optional=True),
    ),
    is_open=True,
)
_DOCTOR = Rows(
    "check",
    "One check.",
    (
        RowField("provider", "string", "The provider; null for what is of this machine.", null=True),
        *(
            replace(one, words=("pass", "warn", "fail", "cannot-know")) if one.name == "status" else one
            for one in CHECK.fields
        ),
    ),
)
_MAY = Rows(
    "answer",
    "Whether a command may, as far as can be said without asking anybody.",
    (
        RowField("provider", "string", "The provider."),
        RowField("command", "string", "The command's words behind the provider's name."),
        RowField("answer", "string", "May I.", words=("yes", "no", "unknown")),
        RowField("reason", "string", "Why."),
        RowField("needs", "array", "What the command needs: scopes, keys, or operations.", items="string"),
        RowField("fix", "string", "What would make it a yes.", null=True),
    ),
)
_FOUND = Rows(
    "match",
    "Something that matches the term.",
    (
        RowField("provider", "string", "The provider."),
        RowField("kind", "string", "What it is: order, customer, device, facility, account."),
        RowField("id", "string", "Its id."),
        RowField("name", "string", "What or who it is called.", null=True),
        RowField("match", "object", "The provider's fields that matched, with their values."),
        RowField(
            "exact", "boolean", "Whether a whole value is the term, not only the beginnings of its words."
        ),
        RowField("command", "string", "The command that opens it."),
    ),
)
_LOOKUP = Rows(
    "lookup",
    "With --lookups: a way in which a provider can be asked.",
    (
        RowField("provider", "string", "The provider."),
        RowField("looks_up", "string", "What is looked up, and by what."),
        RowField("kinds", "array", "What a term must be.", items="string"),
        RowField("calls", "string", "What it costs."),
    ),
)
_LIMIT = Rows(
    "budget",
    "A call budget.",
    (
        RowField("provider", "string", "The provider."),
        RowField("account", "string", "Whose budget it is.", null=True),
        RowField("calls_per_hour", "integer", "How many calls an hour has."),
        RowField("used", "integer", "Used in the last hour."),
        RowField("left", "integer", "Left now."),
        RowField("next_frees_in_s", "number", "When a call frees.", null=True),
        RowField("next_frees_at", "time", "When a call frees.", null=True),
    ),
)
_SANDBOX = Rows(
    "sandbox",
    "The running sandbox, and what a client needs to reach it.",
    (
        RowField("running", "boolean", "Always true."),
        RowField("id", "string", "Its id."),
        RowField("pid", "integer", "Its process."),
        RowField("started_at", "time", "Since when."),
        RowField("directory", "string", "Where its files are."),
        RowField("config_file", "string", "The config file for its profile."),
        RowField("urls", "object", "Its addresses by name."),
        RowField("credentials", "object", "Test credentials by provider."),
        RowField("env", "object", "Variables for other clients."),
    ),
    is_open=True,
)
_FAULTS = Rows("faults", "The faults in force.", (), is_open=True)
_PARAMETER = (
    RowField("metavar", "string", "How its value is written.", null=True),
    RowField("help", "string", "What it is."),
    RowField("default", "any", "Its default."),
    RowField("choices", "array", "The only values.", null=True, items="string"),
    RowField("required", "boolean", "Whether it must be there."),
    RowField("repeatable", "boolean", "Whether it may stand several times."),
)
_OPTION = (RowField("names", "array", "All its names.", items="string"), *_PARAMETER)
_PAGE = Rows(
    "page",
    "The reference of a group or command; with --all a row for each.",
    (
        RowField("path", "string", "Its words behind energyctl."),
        RowField("kind", "string", "What it is.", words=("group", "command")),
        RowField("usage", "string", "How it is written."),
        RowField("summary", "string", "Its first sentence."),
        RowField("help", "string", "Its whole help."),
        RowField(
            "arguments",
            "array",
            "Its arguments.",
            fields=(RowField("name", "string", "Its name."), *_PARAMETER),
        ),
        RowField("options", "array", "Its own options.", fields=_OPTION),
        RowField("examples", "array", "Lines that run as they stand.", items="string"),
        RowField(
            "global_options",
            "array",
            "On the root's page: taken by every command.",
            optional=True,
            fields=_OPTION,
        ),
    ),
)
_TOPIC = Rows(
    "topic",
    "A topic.",
    (
        RowField("topic", "string", "Its name."),
        RowField("summary", "string", "What it is about."),
        RowField(
            "parts",
            "array",
            "Its pieces.",
            fields=(
                RowField("title", "string", "What the piece is about."),
                RowField("text", "string", "Sentences.", null=True),
                RowField(
                    "rows",
                    "array",
                    "Terms and their meanings.",
                    fields=(
                        RowField("name", "string", "The term."),
                        RowField("meaning", "string", "What it means."),
                    ),
                ),
            ),
        ),
    ),
)
_CONTENTS = Rows(
    "contents",
    "Without a topic or command: what there is help for.",
    (
        RowField("path", "string", "The topic, group or command."),
        RowField("kind", "string", "What it is.", words=("topic", "command")),
        RowField("summary", "string", "What it is about."),
    ),
)
_SCHEMA = Rows(
    "schema",
    "Without a command: what each command prints.",
    (
        RowField("command", "string", "The command's words behind energyctl."),
        RowField("prints", "string", "Whose data it prints.", words=tuple(one.value for one in Source)),
        RowField("fields", "array", "The fields of its own rows.", items="string"),
    ),
)

SCHEMAS: dict[str, Printed] = {
    "auth login": computed(_SIGNED_IN),
    "auth status": computed(_SECRET),
    "auth logout": text(),
    "auth token": text("The token."),
    "auth can": computed(_MAY),
    "config init": text(),
    "config edit": text(),
    "config show": computed(_SETTING),
    "config path": text("The path of the file."),
    "config validate": computed(_ISSUE),
    "doctor": computed(_DOCTOR),
    "find": computed(_FOUND, _LOOKUP),
    "journal list": computed(
        Rows(
            "write",
            "A write and what became of it, with what its result told.",
            (*_JOURNALED, RowField("message", "string", "What is to be said of it.", null=True)),
            is_open=True,
        )
    ),
    "journal show": computed(
        Rows(
            "write",
            "The story of a write.",
            (
                *_JOURNALED,
                RowField("meaning", "string", "What the outcome means.", null=True),
                RowField("result", "object", "What its result told."),
                RowField("events", "array", "What happened, each with at and kind.", items="object"),
            ),
        )
    ),
    "limits": computed(_LIMIT),
    "sandbox start": computed(_SANDBOX),
    "sandbox stop": text(),
    "sandbox status": computed(_SANDBOX, note="With --export: lines for a shell."),
    "sandbox run": text("What the command prints."),
    "sandbox reset": text(),
    "sandbox fault": computed(_FAULTS),
    "demo": text("The tour."),
    "completion": text("The script."),
    "help": computed(_PAGE, _TOPIC, _CONTENTS, note="With -o json; text otherwise."),
    "schema": computed(_SCHEMA, note="With a command: its JSON Schema."),
    **ACROSS,
}

#: What every REST provider's generic commands print.
REST: dict[str, Printed] = {
    "endpoints list": computed(
        Rows(
            "operation",
            "An operation with the method and path in force.",
            (
                RowField("operation", "string", "The operation."),
                RowField("method", "string", "The method in force."),
                RowField("path", "string", "The path in force."),
                RowField(
                    "source",
                    "string",
                    "Where they come from.",
                    words=("documented", "inferred", "spec", "profile"),
                ),
                RowField("summary", "string", "What it does."),
                RowField(
                    "builtin", "string", "The built-in method and path, when others are in force.", null=True
                ),
            ),
        )
    ),
    "spec import": computed(
        Rows(
            "match",
            "What in the file does what an operation does.",
            (
                RowField("operation", "string", "The operation."),
                RowField("how", "string", "How it was matched."),
                RowField("builtin", "string", "The built-in method and path."),
                RowField("spec", "string", "Method and path of the file.", null=True),
                RowField("spec_operation_id", "string", "Its operationId.", null=True),
                RowField("score", "number", "How sure the match is, 0 to 1."),
                RowField("why", "string", "What speaks for it.", null=True),
                RowField(
                    "candidates", "array", "What could be meant, when that is not clear.", items="string"
                ),
                RowField("parameters", "object", "Our parameters, each with its place and name in the file."),
            ),
        )
    ),
    "spec show": computed(
        Rows(
            "operation",
            "Without OPERATION: an operation of the file.",
            (
                RowField("operation_id", "string", "Its operationId."),
                RowField("method", "string", "Its method."),
                RowField("path", "string", "Its path."),
                RowField("tags", "array", "Its tags.", items="string"),
                RowField("used_for", "string", "The tool's operations that it serves.", null=True),
                RowField("summary", "string", "What it does.", null=True),
            ),
        ),
        Rows(
            "field",
            "With OPERATION: a parameter, or a field of its body or answers.",
            (
                RowField("in", "string", "path, query, header, body, or the status of an answer."),
                RowField("name", "string", "The field.", null=True),
                RowField("type", "string", "Its type.", null=True),
                RowField("required", "boolean", "Whether it must be there."),
                RowField("allowed", "string", "Which values are allowed.", null=True),
                RowField("description", "string", "What the file says of it.", null=True),
            ),
        ),
    ),
    "spec forget": text(),
    "call": as_it_came("A file is printed as its bytes; with --dry-run the rows of a write's plan."),
    "api": as_it_came("A file is printed as its bytes; with --dry-run the rows of a write's plan."),
}
