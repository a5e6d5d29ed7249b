"""What the RABOT API's operations answer, as OpenAPI 3.0 schemas written from the contract's section 4.

Requests are described by the shapes that check them. Objects hold no further fields, as the vendor's own file says.
"""

from __future__ import annotations

from typing import Any

from energyctl.sandbox.rabot.contracts import CONTRACT_STATES, DENIAL_REASONS
from energyctl.sandbox.rabot.metrics import INTERVALS

Schema = dict[str, Any]

DELIVERY_STATES = (
    "Delivery",
    "DeliveryPending",
    "CancelledDelivery",
    "CancelledPendingDelivery",
    "Cancelled",
    "Denied",
    "Revoked",
    "InChangeProcess",
    "Other",
)
_CANCELLATION_REASONS = ("Dunning", "SupplierChange", "Relocation", "Other")
_UNITS = ("None", "Kwh", "Kw", "Euro", "Cent", "Percent", "Year", "Month", "Day", "Hour", "Minute")

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_INT: Schema = {"type": "integer", "format": "int32"}
_DOUBLE: Schema = {"type": "number", "format": "double"}
_DATE: Schema = {"type": "string", "format": "date"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_DIGITS: Schema = {"type": "string", "pattern": "^[0-9]+$"}
# Contract 3.7: the samples have a space and no zone, whatever the type's name says.
_MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _null(schema: Schema) -> Schema:
    """Return the schema with null allowed; OpenAPI 3.0 has no words beside a reference, so that is wrapped."""
    return {"nullable": True, **({"allOf": [schema]} if "$ref" in schema else schema)}


def _closed(*optional: str, **fields: Schema) -> Schema:
    """Return an object of these fields, all but the ``optional`` ones always there."""
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


_ERROR = _closed(
    severity=_words("Error", "Warning", "Notice"), code=_TEXT, message=_TEXT, details=_null(_TEXT)
)
_REF_URI: Schema = {"refUri": _null({"type": "string", "format": "uri"})}


def object_answer(data: Schema) -> Schema:
    """Return the envelope of an object answer (contract 3.1)."""
    told = {"isSuccess": {"type": "boolean", "enum": [True]}, "message": _null(_TEXT)}
    return _closed("refUri", **told, error=_null(_many(ref("Error"))), **_REF_URI, data=data)


def list_answer(data: Schema) -> Schema:
    """Return the envelope of a list answer (contract 3.2)."""
    envelope = object_answer(data)
    more = {"count": _INT, "hasMoreItems": _FLAG}
    return {
        **envelope,
        "properties": {**envelope["properties"], **more},
        "required": [*envelope["required"], *more],
    }


_AMOUNT = ref("DecimalUnitValue")
_ADDRESS = ref("Address")
_NAMES = {name: _null(_TEXT) for name in ("firstName", "lastName", "businessName")}
_METER = {"meLoIdentifier": _null(_TEXT), "maLoIdentifier": _null(_TEXT)}
_STATE = _words(*CONTRACT_STATES)
_DENIAL = _null(_words(*DENIAL_REASONS))
_PERIODS = {
    f"{name}{end}": kind
    for name in ("cancellationPeriod", "durationPeriod", "renewalPeriod")
    for end, kind in (("", _INT), ("Unit", _TEXT))
}
_PRICES = (
    "pricePerMonth", "unitPrice", "basePricePerMonth", "estimatedConsumption", "estimatedWorkPrice",
    "expectedWorkPrice", "effectiveWorkPrice", "baseServiceFee", "variableServiceFee",
)  # fmt: skip
_PARTS = (
    "baseServiceFee", "variableServiceFee", "baseGridFee", "variableGridFee", "meteringFee", "expectedEnergyCost",
    "guaranteeOfOrigin", "concessionFee", "kwkgFee", "electricityTax", "savingsShare", "estimatedConsumption",
    "offshoreFee", "p19Fee", "exchangeFee",
)  # fmt: skip


def _unit_value(number: Schema) -> Schema:
    return _closed(value=number, unit=ref("Unit"), unitText=_TEXT)


def _numbers(*names: str) -> Schema:
    return _closed(**dict.fromkeys(("total", *names), _DOUBLE))


COMPONENTS: dict[str, Schema] = {
    "Error": _ERROR,
    "ErrorAnswer": {
        **_closed(
            "refUri",
            isSuccess={"type": "boolean", "enum": [False]},
            message=_TEXT,
            error={**_many(ref("Error")), "minItems": 1},
            **_REF_URI,
            data={"nullable": True, "type": "object", "maxProperties": 0},
        ),
        "x-standing": "inferred",
    },
    "Unit": _closed(main=_words(*_UNITS), per=_null(_words(*_UNITS))),
    "DecimalUnitValue": _unit_value(_DOUBLE),
    "IntegerUnitValue": _unit_value(_INT),
    "Tariff": _closed(tariffName=_TEXT, tariffKey=_null(_TEXT), providerName=_TEXT),
    "PriceComponents": _closed(
        **dict.fromkeys(_PRICES, _AMOUNT),
        rabotShare=_null(
            _closed(rabotShare=_null(_AMOUNT), rabotSharePercentage=_AMOUNT, totalPriceWithoutRabotShare=_AMOUNT)
        ),
        comparisonTariff=_null(
            _closed(workingPrice=_null(_AMOUNT), basePrice=_null(_AMOUNT), totalPrice=_null(_AMOUNT))
        ),
    ),
    "Calculation": _closed(
        name=_TEXT,
        displayName=_TEXT,
        subName=_null(_TEXT),
        priceComponents=ref("PriceComponents"),
        durationPeriod=ref("IntegerUnitValue"),
        noticePeriod=ref("IntegerUnitValue"),
        features=_null(_many(_TEXT)),
        yearlySavingsDetails=_null(_closed(price=_DOUBLE, co2=_INT)),
    ),
    "Address": _closed(
        title=_null(_TEXT),
        **_NAMES,
        gender=_null(_words("Male", "Female", "Other")),
        extension=_null(_TEXT),
        **dict.fromkeys(("streetName", "houseNumber", "city", "postCode"), _TEXT),
        countryCode={"type": "string", "pattern": "^[A-Z]{2}$"},
    ),
    "Order": _closed(
        customerNumber=_DIGITS,
        emailAddress=_TEXT,
        **_NAMES,
        tariffName=_TEXT,
        contractNumber=_DIGITS,
        meterNumber=_null(_TEXT),
        **_METER,
        deliveryAddress=_null(_ADDRESS),
        state=_STATE,
        denialReason=_DENIAL,
        actualDateOfDelivery=_null(_DATE),
        endDateOfDelivery=_null(_DATE),
        contractSignatureDate={**_null(_MOMENT), "deprecated": True},
        contractSignedAt=_null(_MOMENT),
        estimatedYearlyConsumption=_null(_INT),
        previousYearConsumption=_INT,
        processingInfo=_TEXT,
        deliveryState=_null(
            _closed(
                startDate=_DATE,
                endDate=_null(_DATE),
                state=_words(*DELIVERY_STATES),
                message=_null(_TEXT),
                denialReason=_DENIAL,
                cancellationReason=_null(_words(*_CANCELLATION_REASONS)),
            )
        ),
    ),
    "Customer": _closed(
        customerNumber=_DIGITS,
        emailAddress=_TEXT,
        externalIdentifier=_null(_TEXT),
        **_NAMES,
        relations={**_many(_TEXT), "x-standing": "conflict"},
    ),
    "BankDetails": _closed(
        "accountHolder", "bic", "bankName", "hasAcceptedDirectDebit",
        **{name: _null(_TEXT) for name in ("accountHolder", "bic", "bankName")},
        iban=_TEXT,
        hasAcceptedDirectDebit=_FLAG,
    ),
    "Contract": _closed(
        contractNumber=_DIGITS,
        name=_null(_TEXT),
        deliveryAddress=_null(_ADDRESS),
        billingAddress=_null(_ADDRESS),
        bankDetail=_null(ref("BankDetails")),
        contractState=_STATE,
        meterNumber=_TEXT,
        **_METER,
        tariffName=_TEXT,
        actualDateOfDelivery=_DATE,
        endDateOfDelivery=_null(_DATE),
        **_PERIODS,
        expectedAnnualConsumptionInKwhPerYear=_INT,
        **{
            name: _null(_TEXT)
            for name in (
                "accountingMethod", "distributionSystemOperatorCode", "distributionSystemOperatorName",
                "previousSupplierCode", "previousSupplierName",
            )
        },
        paragraph14AInfo=_closed(**{f"isModule{number}InUse": _FLAG for number in (1, 2, 3)}),
    ),
    "Metrics": _closed(
        valueUnitInfo=_TEXT,
        consideredDataPeriod=_null(_closed(**{"from": _MOMENT, "to": _MOMENT})),
        metricType=_words("Consumption", "Saving", "TotalCost", "WorkingPrice", "Co2Saving"),
        valueType=_words("Actual", "Forecast", "Dynamic", "Combined"),
        interval=_words(*INTERVALS),
        intervalDuration=_null(_TEXT),
        averageValuePerInterval=_null(_DOUBLE),
        totalValue=_null(_DOUBLE),
        numberOfEntries=_INT,
        records=_many(
            _closed(
                moment=_MOMENT, value=_DOUBLE, valueRelevanceType=_words("Actual", "Forecast"), valueState=_TEXT
            )
        ),
    ),
    "Costs": _closed(validFrom=_MOMENT, **dict.fromkeys(_PARTS, _AMOUNT)),
    "Document": _closed(
        fileId=_UUID,
        documentType=_words("PrePayment", "Settlement", "ContractConfirmation"),
        name=_TEXT,
        extension=_TEXT,
        sizeInBytes=_INT,
        isAvailableForCustomer=_FLAG,
        lastDownloadedAt=_null(_DATE),
        info={"nullable": True, "type": "object"},
        billogramUrl=_null(_TEXT),
    ),
    "ConsumptionPlan": _closed(withWarning=_many(_MOMENT), consumptionPlanKey=_UUID),
    "Prices": _closed(
        pricesUnit=ref("Unit"),
        pricesKind=_words("Gross", "Net"),
        **{"from": _MOMENT, "to": _MOMENT},
        prices=_many(_closed(at=_MOMENT, price=_DOUBLE)),
    ),
    "WorkingPrices": _closed(
        contractNumber=_DIGITS,
        customerNumber=_DIGITS,
        dataAvailableAt=_null(_MOMENT),
        priceData=_many(
            _closed(
                timestamp=_MOMENT,
                workingPrice=_numbers("vat"),
                components=_closed(
                    energyPrice=_numbers("spotPrice"),
                    procurementCosts=_numbers("exchangeFee", "greenCertificatesSurcharge", "riskPremium"),
                    gridFees=_numbers("variableGridFee"),
                    leviesAndTaxes=_numbers(
                        "offshoreFee", "p19Fee", "powerHeatCouplingFee", "powerIndividualConcessionFee",
                        "shutdownFee", "electricityTax",
                    ),
                ),
                interval=_TEXT,
            )
        ),
        tariffType=_TEXT,
        currency=_TEXT,
        unit=_TEXT,
    ),
}  # fmt: skip

_CONFLICT: Schema = {"x-standing": "conflict"}

ANSWERS: dict[str, Schema] = {
    "getTariffs": list_answer({**_many(ref("Tariff")), **_CONFLICT}),
    "calculateTariff": object_answer(ref("Calculation")),
    "createOrder": {**_closed(customerNumber=_DIGITS, contractNumber=_DIGITS), **_CONFLICT},
    "getOrders": list_answer(_closed(orders=_many(ref("Order")))),
    "getOrder": object_answer(_closed(order=ref("Order"))),
    "getCustomers": list_answer(_many(ref("Customer"))),
    "linkCustomer": _closed(authorizationUrl={"type": "string", "format": "uri"}),
    "getContracts": list_answer(_many(ref("Contract"))),
    "getDocuments": list_answer({**_closed(items=_many(ref("Document"))), **_CONFLICT}),
    "getMetrics": object_answer(ref("Metrics")),
    "getCosts": object_answer({**_many(ref("Costs")), **_CONFLICT}),
    "createConsumptionPlan": list_answer(_many(ref("ConsumptionPlan"))),
    "getDayAheadPrices": object_answer(ref("Prices")),
    "getDayAheadForecast": object_answer(ref("Prices")),
    "getDayAheadWorkingPrice": object_answer(ref("WorkingPrices")),
}
"""The JSON answers by operation. The others answer with a file, or with nothing."""
