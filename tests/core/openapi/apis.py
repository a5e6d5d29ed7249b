"""API files in several styles, made up: what a provider's own file might look like."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from energyctl.core.openapi.document import Document
from energyctl.core.openapi.reading import document_of


def document(paths: Mapping[str, Any], **more: Any) -> Document:
    """Read a document with the given paths, as a file would be."""
    raw = {"openapi": "3.1.0", "info": {"title": "An API", "version": "7"}, "paths": paths, **more}
    return document_of(json.dumps(raw), "api.json")


def api(*lines: str, **more: Any) -> Document:
    """Make a document of lines "METHOD /path?query* [operationId] [# summary]"; a query with * is required."""
    paths: dict[str, Any] = {}
    for line in lines:
        text, _, summary = line.partition("#")
        method, address, *name = text.split()
        path, _, query = address.partition("?")
        parameters = [
            {"name": one, "in": "path", "required": True, "schema": {"type": "string"}}
            for one in re.findall(r"\{(\w+)\}", path)
        ] + [
            {
                "name": one.rstrip("*"),
                "in": "query",
                "required": one.endswith("*"),
                "schema": {"type": "string"},
            }
            for one in query.split("&")
            if one
        ]
        node: dict[str, Any] = {"parameters": parameters, "responses": {"200": {"description": "ok"}}}
        if name:
            node["operationId"] = name[0]
        if summary:
            node["summary"] = summary.strip()
        paths.setdefault(path, {})[method.lower()] = node
    return document(paths, **more)


#: Nested under a partner, snake_case ids, other nouns throughout.
UNDER_PARTNERS = (
    "GET /partners/{partner_id}/clients list_clients",
    "POST /partners/{partner_id}/clients create_client",
    "GET /partners/{partner_id}/clients/{client_id} read_client",
    "DELETE /partners/{partner_id}/clients/{client_id} delete_client",
    "GET /partners/{partner_id}/clients/{client_id}/locations list_client_locations",
    "GET /partners/{partner_id}/clients/{client_id}/equipment list_client_equipment",
    "GET /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id} read_equipment",
    "PATCH /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id} update_equipment_label",
    "DELETE /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id} delete_equipment",
    "GET /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id}/events list_equipment_events",
    "GET /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id}/firmware read_equipment_firmware",
    "GET /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id}/optimization-settings read_settings",
    "PUT /partners/{partner_id}/clients/{client_id}/equipment/{equipment_id}/optimization-settings replace_settings",
    "POST /partners/{partner_id}/clients/{client_id}/pairing-invitations create_pairing_invitation",
    "GET /partners/{partner_id}/clients/{client_id}/usage?from_date*&to_date*&granularity read_usage",
    "GET /partners/{partner_id}/clients/{client_id}/savings?from_date*&to_date* read_savings",
    "GET /partners/{partner_id}/clients/{client_id}/invoices list_invoices",
    "GET /partners/{partner_id}/tariffs list_tariffs",
)
UNDER_PARTNERS_EXPECTED = {
    "list_customers": "list_clients",
    "get_customer": "read_client",
    "list_customer_facilities": "list_client_locations",
    "list_customer_devices": "list_client_equipment",
    "get_device": "read_equipment",
    "rename_device": "update_equipment_label",
    "remove_device": "delete_equipment",
    "list_device_logs": "list_equipment_events",
    "get_spo_settings": "read_settings",
    "set_spo_settings": "replace_settings",
    "create_onboarding_link": "create_pairing_invitation",
    "get_consumption": "read_usage",
    "get_savings": "read_savings",
}

#: Verbs in the paths, parameters in the query, POST for every change.
VERBS = (
    "GET /api/listCustomers",
    "GET /api/getCustomer/{customerId}",
    "GET /api/listFacilities?customerId*",
    "GET /api/listDevices?customerId*",
    "GET /api/getDevice/{deviceId}",
    "POST /api/renameDevice/{deviceId}",
    "POST /api/rebootDevice/{deviceId}",
    "DELETE /api/deleteDevice/{deviceId}",
    "POST /api/deleteCustomer/{customerId}",
    "GET /api/getDeviceLogs/{deviceId}",
    "GET /api/getSpoSettings/{deviceId}",
    "POST /api/setSpoSettings/{deviceId}",
    "POST /api/startOnboarding/{customerId}",
    "GET /api/getConsumption/{customerId}?since*&until*&interval",
    "GET /api/getSavings/{customerId}?since*&until*&interval",
    "GET /api/getWeather?place*",
)
VERBS_EXPECTED = {
    "list_customers": "GET /api/listCustomers",
    "get_customer": "GET /api/getCustomer/{customerId}",
    "list_customer_facilities": "GET /api/listFacilities",
    "list_customer_devices": "GET /api/listDevices",
    "get_device": "GET /api/getDevice/{deviceId}",
    "rename_device": "POST /api/renameDevice/{deviceId}",
    "remove_device": "DELETE /api/deleteDevice/{deviceId}",
    "list_device_logs": "GET /api/getDeviceLogs/{deviceId}",
    "get_spo_settings": "GET /api/getSpoSettings/{deviceId}",
    "set_spo_settings": "POST /api/setSpoSettings/{deviceId}",
    "create_onboarding_link": "POST /api/startOnboarding/{customerId}",
    "get_consumption": "GET /api/getConsumption/{customerId}",
    "get_savings": "GET /api/getSavings/{customerId}",
}

#: Singular nouns, bare ids, no operationIds, and a second list of devices that is not the one meant.
SINGULAR = (
    "GET /customer",
    "GET /customer/{id}",
    "GET /facility",
    "GET /customer/{id}/facility",
    "GET /device",
    "GET /customer/{id}/device",
    "GET /customer/{id}/device/archive",
    "GET /customer/{id}/device/{deviceId}",
    "PUT /customer/{id}/device/{deviceId}/name",
    "DELETE /customer/{id}/device/{deviceId}",
    "DELETE /customer/{id}",
    "GET /customer/{id}/device/{deviceId}/log",
    "GET /customer/{id}/device/{deviceId}/command",
    "GET /customer/{id}/device/{deviceId}/spo",
    "PATCH /customer/{id}/device/{deviceId}/spo",
    "GET /customer/{id}/spo",
    "POST /customer/{id}/onboarding",
    "GET /customer/{id}/report/consumption?from&to",
    "GET /customer/{id}/report/saving?from&to",
)
SINGULAR_EXPECTED = {
    "list_customers": "GET /customer",
    "get_customer": "GET /customer/{id}",
    "list_facilities": "GET /facility",
    "list_customer_facilities": "GET /customer/{id}/facility",
    "list_devices": "GET /device",
    "list_customer_devices": "GET /customer/{id}/device",
    "get_device": "GET /customer/{id}/device/{deviceId}",
    "rename_device": "PUT /customer/{id}/device/{deviceId}/name",
    "remove_device": "DELETE /customer/{id}/device/{deviceId}",
    "list_device_logs": "GET /customer/{id}/device/{deviceId}/log",
    "list_spo_settings": "GET /customer/{id}/spo",
    "get_spo_settings": "GET /customer/{id}/device/{deviceId}/spo",
    "set_spo_settings": "PATCH /customer/{id}/device/{deviceId}/spo",
    "create_onboarding_link": "POST /customer/{id}/onboarding",
    "get_consumption": "GET /customer/{id}/report/consumption",
    "get_savings": "GET /customer/{id}/report/saving",
}

#: One customer's own operations beside those over all customers.
OWN_BESIDE = (
    "GET /users listUsers",
    "GET /users/{userId} getUser",
    "GET /users/{userId}/devices getUserDevices",
    "GET /users/{userId}/devices/{deviceId} getUserDevice",
    "DELETE /users/{userId}/devices/{deviceId} deleteUserDevice",
    "GET /users/{userId}/devices/{deviceId}/issues getUserDeviceIssues",
    "GET /me getMe",
    "GET /me/devices getMyDevices",
    "GET /me/devices/{deviceId} getMyDevice",
    "DELETE /me/devices/{deviceId} deleteMyDevice",
    "GET /me/devices/{deviceId}/issues getMyDeviceIssues",
    "GET /me/homes getMyHomes",
    "GET /me/savings?start*&end* getMySavings",
    "DELETE /me deleteMe",
    "PATCH /me/password changeMyPassword",
)
OWN_BESIDE_EXPECTED = {
    "list_customers": "listUsers",
    "get_customer": "getUser",
    "list_customer_devices": "getUserDevices",
    "get_device": "getUserDevice",
    "remove_device": "deleteUserDevice",
    "list_device_logs": "getUserDeviceIssues",
    "get_own_customer": "getMe",
    "list_own_devices": "getMyDevices",
    "get_own_device": "getMyDevice",
    "remove_own_device": "deleteMyDevice",
    "list_own_device_logs": "getMyDeviceIssues",
    "list_own_facilities": "getMyHomes",
    "get_own_savings": "getMySavings",
}
