"""The sandbox's Emulate: the Retailer API and the Single Customer API, as far as the contract knows them.

Of the real APIs only the authentication, ``GET /v1/retailer/example-brp``, the path ``GET /v1/customer/facilities``
and the field ``custom_device_name`` are documented. All other paths and every answer's shape are the sandbox's own
pretence: a client must not take them for the provider's.
"""
