"""What the Kit's operations answer, as schemas of OpenAPI 3.1 written from the contract's sections 1 and 4 to 8.

Names and operations that the contract only infers bear ``x-standing``; it reserves further fields, so objects are open.
"""

from __future__ import annotations

from typing import Any

from energyctl.sandbox.bright.stockholm import RESOLUTIONS

Schema = dict[str, Any]

INFERRED: Schema = {"x-standing": "inferred"}

_TEXT: Schema = {"type": "string"}
_WORD: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": "number"}
_FLAG: Schema = {"type": "boolean"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_URL: Schema = {"type": "string", "format": "uri"}
_INSTANT: Schema = {"type": "string", "format": "date-time", "minLength": 19}
_BASE64: Schema = {"type": "string", "contentEncoding": "base64"}
_SSN: Schema = {"type": "string", "pattern": "^[0-9]{12}$"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _guess(schema: Schema) -> Schema:
    return {**schema, **INFERRED}


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _object(*optional: str, **fields: Schema) -> Schema:
    """Return an object of these fields, all but the ``optional`` ones always there."""
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
    }


_RESOLUTION = _words(*RESOLUTIONS)
_USER_FIELDS = {
    "firstName": _WORD,
    "lastName": _WORD,
    "email": {"type": "string", "minLength": 3},
    "phoneNumber": {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"},
    "language": _WORD,
    "username": _WORD,
    "ssn": _SSN,
    "orgNumber": _WORD,
}
_VALIDITY = (
    "validHours",
    "validMonths",
    "validPart",
    "validThreshold",
    "validFraction",
    "subtractMeasurement",
)
_TOKENS = {
    "access_token": _WORD,
    "token_type": _guess(_words("Bearer")),
    "expires_in": _guess({"type": "integer"}),
    "scope": _guess(_TEXT),
    "refresh_token": _guess(_WORD),
}

COMPONENTS: dict[str, Schema] = {
    "Error": {
        **_object(
            name=_WORD, message=_TEXT, status={"type": "number"}, error={"const": True}, key=_WORD, uid=_UUID
        ),
        "additionalProperties": False,
    },
    "Tokens": _object("refresh_token", **_TOKENS),
    "OpenIdTokens": _guess(_object("refresh_token", **_TOKENS, id_token=_WORD)),
    "OpenIdConfiguration": _object(
        issuer=_URL,
        authorization_endpoint=_URL,
        token_endpoint=_URL,
        userinfo_endpoint=_URL,
        jwks_uri=_URL,
        **{
            name: _many(_WORD)
            for name in (
                "response_types_supported", "response_modes_supported", "grant_types_supported",
                "subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported",
                "claims_supported", "token_endpoint_auth_methods_supported", "code_challenge_methods_supported",
            )
        },
    ),
    "BankIdOrder": _object(
        "qrStartToken", "qrStartSecret",
        orderRef=_UUID, autoStartToken=_UUID, qrStartToken=_UUID, qrStartSecret=_UUID,
    ),
    "BankIdStatus": {
        **_object(
            "hintCode", "completionData",
            orderRef=_UUID,
            status=_words("pending", "failed", "complete"),
            hintCode=_WORD,
            completionData=_object(
                user=_object(personalNumber=_SSN, name=_TEXT, givenName=_TEXT, surname=_TEXT),
                device=_object("uhi", ipAddress=_WORD, uhi=_WORD),
                bankIdIssueDate={"type": "string", "format": "date"},
                signature=_BASE64,
                ocspResponse=_BASE64,
            ),
        ),
        "if": {"properties": {"status": {"const": "complete"}}},
        "then": {"required": ["completionData"]},
        "else": {"required": ["hintCode"]},
    },
    "AccountId": _object(accountId=_guess(_WORD)),
    "Address": _guess(_object(street=_TEXT, postalCode=_TEXT, city=_TEXT, countryCode=_TEXT)),
    "Account": _guess(
        _object(
            accountId=_WORD, type=_TEXT, name=_TEXT, status=_TEXT, address=ref("Address"), createdDate=_INSTANT
        )
    ),
    "User": _object(*_USER_FIELDS, id=_WORD, **_USER_FIELDS),
    "Role": _object(role=_words("owner", "guest", "company"), user=ref("User")),
    "Service": _object(
        id=_WORD,
        type=_WORD,
        status=_WORD,
        measurementResolution=_RESOLUTION,
        measurementId=_WORD,
        costResolution=_RESOLUTION,
        costId=_WORD,
        properties=_object(showSpotPrice=_FLAG, showCost=_FLAG, realtimeMeasurements=_FLAG),
        startDate=_INSTANT,
        endDate=_null(_INSTANT),
    ),
    "Location": _object(
        id=_guess(_WORD),
        name=_guess(_TEXT),
        address=ref("Address"),
        priceArea=_guess(_TEXT),
        services=_many(ref("Service")),
    ),
    "Agreement": _guess(
        _object(
            id=_WORD,
            serviceId=_WORD,
            name=_TEXT,
            status=_TEXT,
            startDate=_INSTANT,
            endDate=_null(_INSTANT),
            noticeMonths={"type": "integer"},
        )
    ),
    "Product": _object(
        id=_guess(_WORD), serviceId=_guess(_WORD), name=_guess(_TEXT), prices=_many(ref("Price"))
    ),
    "Price": _object(
        *_VALIDITY,
        value=_NUMBER,
        type=_WORD,
        note=_TEXT,
        name=_TEXT,
        validFrom=_INSTANT,
        validTo=_INSTANT,
        **{name: {} for name in _VALIDITY},
    ),
    "ServiceEvent": _guess(_object(id=_WORD, serviceId=_WORD, type=_WORD, date=_INSTANT, message=_TEXT)),
    "Invoice": _guess(
        _object(
            invoiceId=_WORD,
            invoiceNumber=_WORD,
            ocr=_WORD,
            state=_words("new", "paid", "overdue"),
            invoiceDate=_INSTANT,
            dueDate=_INSTANT,
            paidDate=_null(_INSTANT),
            periodStart=_INSTANT,
            periodEnd=_INSTANT,
            amount=_NUMBER,
            vat=_NUMBER,
            currency=_TEXT,
            lines=_many(_object(serviceId=_WORD, description=_TEXT, amount=_NUMBER)),
        )
    ),
    "Measurements": _object(
        "comparisonProperties",
        startDate=_guess(_INSTANT),
        endDate=_INSTANT,
        resolution=_guess(_RESOLUTION),
        comparisonProperties=_many(_object(key=_guess(_WORD), unit=_guess(_WORD))),
        values=_many(
            _object(
                "kWh", "m3", "kg", "peakWatt", "cost", "degreeDay",
                date=_guess(_INSTANT),
                **{name: _guess(_NUMBER) for name in ("kWh", "m3", "kg", "cost", "degreeDay")},
                peakWatt=_object(value=_guess(_NUMBER), date=_guess(_INSTANT)),
            )
        ),
    ),
    "Cost": _object(
        startDate=_guess(_INSTANT),
        endDate=_INSTANT,
        resolution=_guess(_RESOLUTION),
        values=_many(
            _object(
                "costExcludingVat", "parts",
                date=_INSTANT,
                cost=_guess(_NUMBER),
                costExcludingVat=_guess(_NUMBER),
                parts=_many(
                    _object(
                        "measurementPart", "name", "type", "cost",
                        measurementPart=_guess(_WORD), name=_guess(_WORD), type=_guess(_WORD), cost=_guess(_NUMBER),
                    )
                ),
            )
        ),
    ),
}  # fmt: skip

ANSWERS: dict[str, Schema] = {
    "get_token": ref("Tokens"),
    "refresh_token": ref("Tokens"),
    "bankid_auth": ref("BankIdOrder"),
    "bankid_sign": ref("BankIdOrder"),
    "bankid_collect": ref("BankIdStatus"),
    "bankid_cancel": {"type": "object", "maxProperties": 0},
    "bankid_qr": _BASE64,
    "openid_configuration": ref("OpenIdConfiguration"),
    "openid_token": ref("OpenIdTokens"),
    "openid_jwks": _object(keys=_many(_object(kty=_WORD, use=_WORD, alg=_WORD, kid=_WORD, n=_WORD, e=_WORD))),
    "openid_userinfo": _object(sub=_WORD),
    "search_accounts": _many(ref("AccountId")),
    "get_account": ref("Account"),
    "get_user_roles": _many(ref("Role")),
    "add_user": ref("Role"),
    "update_user": ref("User"),
    "get_locations": _many(ref("Location")),
    "get_agreements": _many(ref("Agreement")),
    "get_products": _many(ref("Product")),
    "get_service_events": _many(ref("ServiceEvent")),
    "get_invoices": _many(ref("Invoice")),
    "get_invoice_url": _object(url=_guess(_URL)),
    "get_measurements": ref("Measurements"),
    "get_cost": ref("Cost"),
}
"""The JSON answers by operation; the others answer with a file, a page, or nothing."""
