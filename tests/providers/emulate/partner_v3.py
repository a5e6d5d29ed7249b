"""Another server's API: paths, names, envelopes and paging of its own, and the OpenAPI file that describes it."""

from __future__ import annotations

from typing import Any

from tests.providers.emulate.odd_server import Asked, Reply

_BASE = "/api/partner/v3"
_DEVICE = f"{_BASE}/clients/{{client_ref}}/equipment/{{equipment_ref}}"
DEVICE_ID = "5b0d7e1c-0d4f-4b4f-9f0e-6a2d8e3f1a77"

SPEC = f"""
openapi: 3.0.3
info: {{title: Partner API, version: "3.2"}}
servers: [{{url: "https://partner.example"}}]
paths:
  {_BASE}/clients:
    get:
      operationId: list_customers
      tags: [customers]
      summary: Customers of the retailer
      parameters:
        - {{name: page_no, in: query, schema: {{type: integer, default: 1}}}}
        - {{name: rows, in: query, schema: {{type: integer, default: 2, maximum: 2}}}}
      responses: {{"200": {{description: ok}}}}
  {_BASE}/clients/{{client_ref}}:
    get:
      operationId: get_customer
      tags: [customers]
      summary: One customer
      parameters: [{{$ref: "#/components/parameters/client"}}]
      responses: {{"200": {{description: ok}}}}
  {_BASE}/clients/{{client_ref}}/equipment:
    get:
      operationId: list_customer_devices
      tags: [devices]
      summary: A customer's devices
      parameters: [{{$ref: "#/components/parameters/client"}}]
      responses: {{"200": {{description: ok}}}}
  {_DEVICE}:
    parameters:
      - {{$ref: "#/components/parameters/client"}}
      - {{$ref: "#/components/parameters/equipment"}}
    get:
      operationId: get_device
      tags: [devices]
      summary: One device
      responses: {{"200": {{description: ok}}}}
    delete:
      operationId: remove_device
      tags: [devices]
      summary: Remove a device
      responses: {{"204": {{description: gone}}}}
  {_DEVICE}/price_steering:
    parameters:
      - {{$ref: "#/components/parameters/client"}}
      - {{$ref: "#/components/parameters/equipment"}}
    get:
      operationId: get_spo_settings
      tags: [optimization]
      summary: A device's SPO settings
      responses: {{"200": {{description: ok}}}}
    patch:
      operationId: update_spo_settings
      tags: [optimization]
      summary: Set a device's SPO settings
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              properties:
                active: {{type: boolean}}
                goal: {{type: string, enum: [cheap, green]}}
                limit_kw: {{type: number, minimum: 0, maximum: 11}}
      responses: {{"200": {{description: ok}}}}
  {_BASE}/tariff_zones/{{zone}}/forecast:
    get:
      operationId: get_zone_forecast
      tags: [miscellaneous]
      summary: Prices of tomorrow
      parameters:
        - {{name: zone, in: path, required: true, schema: {{type: string, enum: [SE1, SE2, SE3, SE4]}}}}
        - {{name: hours, in: query, schema: {{type: integer, minimum: 1, maximum: 48}}}}
      responses: {{"200": {{description: ok}}}}
components:
  parameters:
    client: {{name: client_ref, in: path, required: true, schema: {{type: string}}}}
    equipment: {{name: equipment_ref, in: path, required: true, schema: {{type: string}}}}
"""

CORRECTIONS = {
    "list_customers": f"GET {_BASE}/clients",
    "get_customer": f"{_BASE}/clients/{{customerId}}",
    "list_customer_devices": f"GET {_BASE}/clients/{{customerId}}/equipment",
    "get_device": f"GET {_BASE}/clients/{{customerId}}/equipment/{{deviceId}}",
    "remove_device": f"DELETE {_BASE}/clients/{{customerId}}/equipment/{{deviceId}}",
    "get_spo_settings": f"GET {_BASE}/clients/{{customerId}}/equipment/{{deviceId}}/price_steering",
    "set_spo_settings": f"PATCH {_BASE}/clients/{{customerId}}/equipment/{{deviceId}}/price_steering",
}


def answers() -> dict[str, Any]:
    """Return the server's answers, with a state of their own."""
    settings: dict[str, Any] = {"active": True, "goal": "cheap", "limit_kw": 7.4}
    devices = [{"equipment_ref": DEVICE_ID, "device_id": DEVICE_ID, "display_name": "Garage"}]
    clients = [{"customer_id": f"X{number}", "name": f"Client {number}"} for number in range(1, 6)]
    one = f"{_BASE}/clients/X1/equipment"

    def listed(asked: Asked) -> dict[str, Any]:
        page = int(asked.query.get("page_no", 1))
        return {"payload": clients[(page - 1) * 2 : page * 2]}

    def removed(_: Asked) -> Reply:
        devices.clear()
        return Reply(None, 204)

    return {
        f"GET {_BASE}/clients": listed,
        f"GET {_BASE}/clients/X1": {"customer": clients[0]},
        f"GET {one}": lambda _: {"payload": list(devices), "status": "ok"},
        f"GET {one}/{DEVICE_ID}": lambda _: {"data": dict(devices[0])},
        f"DELETE {one}/{DEVICE_ID}": removed,
        f"GET {one}/{DEVICE_ID}/price_steering": lambda _: dict(settings),
        f"PATCH {one}/{DEVICE_ID}/price_steering": lambda asked: (
            settings.update(asked.body) or dict(settings)
        ),
        f"GET {_BASE}/tariff_zones/SE3/forecast": lambda asked: {
            "zone": "SE3",
            "hours": asked.query.get("hours"),
        },
    }
