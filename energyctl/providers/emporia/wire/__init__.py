"""Messages and service of Emporia's Partner API, made from protos/partner_api2.proto by ``regenerate``.

Importing this package loads nothing; import ``partner_api2_pb2`` where a message is needed.
"""
