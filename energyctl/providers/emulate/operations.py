"""The operations of Emulate's Retailer and Single Customer APIs. Nearly all paths are inferred (contract 5 to 8).

The profile's ``endpoints`` or an imported OpenAPI file corrects them. Which fields the answers have is not public;
none is named here.
"""

from __future__ import annotations

from energyctl.core.endpoints import DOCUMENTED, INFERRED, Operation, by_name

RETAILER_API, SINGLE_CUSTOMER_API = "retailer", "single-customer"
_CUSTOMER = "/v1/retailer/customers/{customerId}"
_DEVICE = f"{_CUSTOMER}/devices/{{deviceId}}"
_OWN = "/v1/customer"
_OWN_DEVICE = f"{_OWN}/devices/{{deviceId}}"
_RANGE = ("from", "to", "resolution")
RESOLUTIONS = ("hour", "day", "month")


def _op(
    name: str,
    method: str,
    path: str,
    tag: str,
    summary: str,
    standing: str = INFERRED,
    query: tuple[str, ...] = (),
) -> Operation:
    return Operation(name, method, path, standing, tag=tag, summary=summary, query=query)


OPERATIONS = by_name(
    [
        _op("test_route", "GET", "/v1/retailer/example-brp", "miscellaneous", "Test route", DOCUMENTED),
        _op("list_customers", "GET", "/v1/retailer/customers", "customers", "Customers of the retailer"),
        _op("get_customer", "GET", _CUSTOMER, "customers", "One customer"),
        _op("list_facilities", "GET", "/v1/retailer/facilities", "facilities", "Facilities of all customers"),
        _op(
            "list_customer_facilities",
            "GET",
            f"{_CUSTOMER}/facilities",
            "facilities",
            "A customer's facilities",
        ),
        _op("list_devices", "GET", "/v1/retailer/devices", "devices", "Devices of all customers"),
        _op("list_customer_devices", "GET", f"{_CUSTOMER}/devices", "devices", "A customer's devices"),
        _op("get_device", "GET", _DEVICE, "devices", "One device"),
        # Method, parameters and body are documented (6.2); the path is cut off there.
        _op("rename_device", "PATCH", _DEVICE, "devices", "Update a device's custom name"),
        _op("remove_device", "DELETE", _DEVICE, "devices", "Remove a device"),
        _op(
            "list_device_logs",
            "GET",
            f"{_DEVICE}/logs",
            "devices",
            "Logs of potential problems with a device",
        ),
        _op(
            "list_spo_settings",
            "GET",
            f"{_CUSTOMER}/spo-settings",
            "optimization",
            "A customer's SPO settings",
        ),
        _op("get_spo_settings", "GET", f"{_DEVICE}/spo-settings", "optimization", "A device's SPO settings"),
        _op(
            "set_spo_settings",
            "PATCH",
            f"{_DEVICE}/spo-settings",
            "optimization",
            "Set a device's SPO settings",
        ),
        _op(
            "create_onboarding_link",
            "POST",
            f"{_CUSTOMER}/onboarding-links",
            "onboarding",
            "Onboarding of a new device",
        ),
        _op(
            "get_consumption",
            "GET",
            f"{_CUSTOMER}/consumption",
            "reporting",
            "A customer's consumption",
            query=_RANGE,
        ),
        _op("get_savings", "GET", f"{_CUSTOMER}/savings", "reporting", "A customer's savings", query=_RANGE),
        _op("get_own_customer", "GET", _OWN, "customers", "The token's customer"),
        _op(
            "list_own_facilities",
            "GET",
            f"{_OWN}/facilities",
            "facilities",
            "The customer's facilities",
            DOCUMENTED,
        ),
        _op("list_own_devices", "GET", f"{_OWN}/devices", "devices", "The customer's devices"),
        _op("get_own_device", "GET", _OWN_DEVICE, "devices", "One device"),
        _op("rename_own_device", "PATCH", _OWN_DEVICE, "devices", "Update a device's custom name"),
        _op("remove_own_device", "DELETE", _OWN_DEVICE, "devices", "Remove a device"),
        _op("list_own_device_logs", "GET", f"{_OWN_DEVICE}/logs", "devices", "Logs of potential problems"),
        _op(
            "list_own_spo_settings",
            "GET",
            f"{_OWN}/spo-settings",
            "optimization",
            "The customer's SPO settings",
        ),
        _op(
            "get_own_spo_settings",
            "GET",
            f"{_OWN_DEVICE}/spo-settings",
            "optimization",
            "A device's SPO settings",
        ),
        _op(
            "set_own_spo_settings", "PATCH", f"{_OWN_DEVICE}/spo-settings", "optimization", "Set SPO settings"
        ),
        _op(
            "create_own_onboarding_link",
            "POST",
            f"{_OWN}/onboarding-links",
            "onboarding",
            "Onboarding of a device",
        ),
        _op(
            "get_own_consumption", "GET", f"{_OWN}/consumption", "reporting", "The consumption", query=_RANGE
        ),
        _op("get_own_savings", "GET", f"{_OWN}/savings", "reporting", "The savings", query=_RANGE),
    ]
)


_FOR_ONE_CUSTOMER = {
    "get_customer": "get_own_customer",
    "list_customer_facilities": "list_own_facilities",
    "list_customer_devices": "list_own_devices",
    "get_device": "get_own_device",
    "rename_device": "rename_own_device",
    "remove_device": "remove_own_device",
    "list_device_logs": "list_own_device_logs",
    "list_spo_settings": "list_own_spo_settings",
    "get_spo_settings": "get_own_spo_settings",
    "set_spo_settings": "set_own_spo_settings",
    "create_onboarding_link": "create_own_onboarding_link",
    "get_consumption": "get_own_consumption",
    "get_savings": "get_own_savings",
}


def has_customer_form(operation_id: str) -> bool:
    """Whether an operation can be called for one customer by the Single Customer API too."""
    return operation_id in _FOR_ONE_CUSTOMER


def of_the_customer(operation_id: str) -> str:
    """Return the Single Customer API's operation that does what a Retailer API operation does for one customer."""
    return _FOR_ONE_CUSTOMER[operation_id]


def is_of_a_customer(operation_id: str, path: str) -> bool:
    """Whether a call is one of the Single Customer API, by its operation or by the documented base of its path."""
    return operation_id in _FOR_ONE_CUSTOMER.values() or f"{path}/".startswith(f"{_OWN}/")
