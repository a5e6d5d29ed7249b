from google.protobuf import wrappers_pb2 as _wrappers_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataResolution(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    Minutes: _ClassVar[DataResolution]
    FifteenMinutes: _ClassVar[DataResolution]
    Hours: _ClassVar[DataResolution]
    Days: _ClassVar[DataResolution]
    Weeks: _ClassVar[DataResolution]
    Months: _ClassVar[DataResolution]
    Years: _ClassVar[DataResolution]
Minutes: DataResolution
FifteenMinutes: DataResolution
Hours: DataResolution
Days: DataResolution
Weeks: DataResolution
Months: DataResolution
Years: DataResolution

class AuthenticationRequest(_message.Message):
    __slots__ = ("partner_email", "password")
    PARTNER_EMAIL_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    partner_email: str
    password: str
    def __init__(self, partner_email: _Optional[str] = ..., password: _Optional[str] = ...) -> None: ...

class AuthenticationResponse(_message.Message):
    __slots__ = ("auth_token",)
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    def __init__(self, auth_token: _Optional[str] = ...) -> None: ...

class DeviceInventoryRequest(_message.Message):
    __slots__ = ("auth_token", "customer_emails")
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_EMAILS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    customer_emails: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, auth_token: _Optional[str] = ..., customer_emails: _Optional[_Iterable[str]] = ...) -> None: ...

class DeviceInventoryResponse(_message.Message):
    __slots__ = ("devices",)
    class Device(_message.Message):
        __slots__ = ("manufacturer_device_id", "model", "firmware", "solar", "latitude", "longitude", "device_name", "timezone", "channel_names", "device_connected", "customers", "circuit_infos")
        class DeviceModel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNKNOWN: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            Vue2: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            UtilityConnect: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            Outlet: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            EVCharger: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            Battery: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            Vue1: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
            Vue3: _ClassVar[DeviceInventoryResponse.Device.DeviceModel]
        UNKNOWN: DeviceInventoryResponse.Device.DeviceModel
        Vue2: DeviceInventoryResponse.Device.DeviceModel
        UtilityConnect: DeviceInventoryResponse.Device.DeviceModel
        Outlet: DeviceInventoryResponse.Device.DeviceModel
        EVCharger: DeviceInventoryResponse.Device.DeviceModel
        Battery: DeviceInventoryResponse.Device.DeviceModel
        Vue1: DeviceInventoryResponse.Device.DeviceModel
        Vue3: DeviceInventoryResponse.Device.DeviceModel
        class CircuitInfo(_message.Message):
            __slots__ = ("channel_number", "type", "energy_direction", "sub_type", "name")
            class CircuitType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
                __slots__ = ()
                UNKNOWN_TYPE: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.CircuitType]
                Vue_200A_Main: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.CircuitType]
                Vue_50A_Expansion: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.CircuitType]
                Main: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.CircuitType]
                Battery: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.CircuitType]
            UNKNOWN_TYPE: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            Vue_200A_Main: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            Vue_50A_Expansion: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            Main: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            Battery: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            class EnergyDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
                __slots__ = ()
                UNKNOWN_DIRECTION: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection]
                Consumption: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection]
                Generation: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection]
                Bidirectional: _ClassVar[DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection]
            UNKNOWN_DIRECTION: DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection
            Consumption: DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection
            Generation: DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection
            Bidirectional: DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection
            CHANNEL_NUMBER_FIELD_NUMBER: _ClassVar[int]
            TYPE_FIELD_NUMBER: _ClassVar[int]
            ENERGY_DIRECTION_FIELD_NUMBER: _ClassVar[int]
            SUB_TYPE_FIELD_NUMBER: _ClassVar[int]
            NAME_FIELD_NUMBER: _ClassVar[int]
            channel_number: int
            type: DeviceInventoryResponse.Device.CircuitInfo.CircuitType
            energy_direction: DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection
            sub_type: str
            name: str
            def __init__(self, channel_number: _Optional[int] = ..., type: _Optional[_Union[DeviceInventoryResponse.Device.CircuitInfo.CircuitType, str]] = ..., energy_direction: _Optional[_Union[DeviceInventoryResponse.Device.CircuitInfo.EnergyDirection, str]] = ..., sub_type: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...
        class CustomerInfo(_message.Message):
            __slots__ = ("first_name", "last_name", "email")
            FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
            LAST_NAME_FIELD_NUMBER: _ClassVar[int]
            EMAIL_FIELD_NUMBER: _ClassVar[int]
            first_name: str
            last_name: str
            email: str
            def __init__(self, first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., email: _Optional[str] = ...) -> None: ...
        MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
        MODEL_FIELD_NUMBER: _ClassVar[int]
        FIRMWARE_FIELD_NUMBER: _ClassVar[int]
        SOLAR_FIELD_NUMBER: _ClassVar[int]
        LATITUDE_FIELD_NUMBER: _ClassVar[int]
        LONGITUDE_FIELD_NUMBER: _ClassVar[int]
        DEVICE_NAME_FIELD_NUMBER: _ClassVar[int]
        TIMEZONE_FIELD_NUMBER: _ClassVar[int]
        CHANNEL_NAMES_FIELD_NUMBER: _ClassVar[int]
        DEVICE_CONNECTED_FIELD_NUMBER: _ClassVar[int]
        CUSTOMERS_FIELD_NUMBER: _ClassVar[int]
        CIRCUIT_INFOS_FIELD_NUMBER: _ClassVar[int]
        manufacturer_device_id: str
        model: DeviceInventoryResponse.Device.DeviceModel
        firmware: str
        solar: bool
        latitude: float
        longitude: float
        device_name: str
        timezone: str
        channel_names: _containers.RepeatedScalarFieldContainer[str]
        device_connected: bool
        customers: _containers.RepeatedCompositeFieldContainer[DeviceInventoryResponse.Device.CustomerInfo]
        circuit_infos: _containers.RepeatedCompositeFieldContainer[DeviceInventoryResponse.Device.CircuitInfo]
        def __init__(self, manufacturer_device_id: _Optional[str] = ..., model: _Optional[_Union[DeviceInventoryResponse.Device.DeviceModel, str]] = ..., firmware: _Optional[str] = ..., solar: bool = ..., latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., device_name: _Optional[str] = ..., timezone: _Optional[str] = ..., channel_names: _Optional[_Iterable[str]] = ..., device_connected: bool = ..., customers: _Optional[_Iterable[_Union[DeviceInventoryResponse.Device.CustomerInfo, _Mapping]]] = ..., circuit_infos: _Optional[_Iterable[_Union[DeviceInventoryResponse.Device.CircuitInfo, _Mapping]]] = ...) -> None: ...
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    devices: _containers.RepeatedCompositeFieldContainer[DeviceInventoryResponse.Device]
    def __init__(self, devices: _Optional[_Iterable[_Union[DeviceInventoryResponse.Device, _Mapping]]] = ...) -> None: ...

class DeviceUsageRequest(_message.Message):
    __slots__ = ("auth_token", "start_epoch_seconds", "end_epoch_seconds", "scale", "channels", "manufacturer_device_ids")
    class UsageChannel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAINS: _ClassVar[DeviceUsageRequest.UsageChannel]
        ALL: _ClassVar[DeviceUsageRequest.UsageChannel]
    MAINS: DeviceUsageRequest.UsageChannel
    ALL: DeviceUsageRequest.UsageChannel
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    START_EPOCH_SECONDS_FIELD_NUMBER: _ClassVar[int]
    END_EPOCH_SECONDS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURER_DEVICE_IDS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    start_epoch_seconds: int
    end_epoch_seconds: int
    scale: DataResolution
    channels: DeviceUsageRequest.UsageChannel
    manufacturer_device_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, auth_token: _Optional[str] = ..., start_epoch_seconds: _Optional[int] = ..., end_epoch_seconds: _Optional[int] = ..., scale: _Optional[_Union[DataResolution, str]] = ..., channels: _Optional[_Union[DeviceUsageRequest.UsageChannel, str]] = ..., manufacturer_device_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class DeviceUsageResponse(_message.Message):
    __slots__ = ("device_usages",)
    class DeviceUsage(_message.Message):
        __slots__ = ("manufacturer_device_id", "scale", "bucket_epoch_seconds", "channel_usages")
        class ChannelUsageData(_message.Message):
            __slots__ = ("channel", "usages")
            CHANNEL_FIELD_NUMBER: _ClassVar[int]
            USAGES_FIELD_NUMBER: _ClassVar[int]
            channel: int
            usages: _containers.RepeatedScalarFieldContainer[float]
            def __init__(self, channel: _Optional[int] = ..., usages: _Optional[_Iterable[float]] = ...) -> None: ...
        MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
        SCALE_FIELD_NUMBER: _ClassVar[int]
        BUCKET_EPOCH_SECONDS_FIELD_NUMBER: _ClassVar[int]
        CHANNEL_USAGES_FIELD_NUMBER: _ClassVar[int]
        manufacturer_device_id: str
        scale: DataResolution
        bucket_epoch_seconds: _containers.RepeatedScalarFieldContainer[int]
        channel_usages: _containers.RepeatedCompositeFieldContainer[DeviceUsageResponse.DeviceUsage.ChannelUsageData]
        def __init__(self, manufacturer_device_id: _Optional[str] = ..., scale: _Optional[_Union[DataResolution, str]] = ..., bucket_epoch_seconds: _Optional[_Iterable[int]] = ..., channel_usages: _Optional[_Iterable[_Union[DeviceUsageResponse.DeviceUsage.ChannelUsageData, _Mapping]]] = ...) -> None: ...
    DEVICE_USAGES_FIELD_NUMBER: _ClassVar[int]
    device_usages: _containers.RepeatedCompositeFieldContainer[DeviceUsageResponse.DeviceUsage]
    def __init__(self, device_usages: _Optional[_Iterable[_Union[DeviceUsageResponse.DeviceUsage, _Mapping]]] = ...) -> None: ...

class ListDevicesRequest(_message.Message):
    __slots__ = ("auth_token", "manufacturer_device_ids")
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MANUFACTURER_DEVICE_IDS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    manufacturer_device_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, auth_token: _Optional[str] = ..., manufacturer_device_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class UtilityConnectsResponse(_message.Message):
    __slots__ = ("utility_connects",)
    UTILITY_CONNECTS_FIELD_NUMBER: _ClassVar[int]
    utility_connects: _containers.RepeatedCompositeFieldContainer[UtilityConnect]
    def __init__(self, utility_connects: _Optional[_Iterable[_Union[UtilityConnect, _Mapping]]] = ...) -> None: ...

class UtilityConnect(_message.Message):
    __slots__ = ("manufacturer_device_id", "zigbee_mac")
    MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ZIGBEE_MAC_FIELD_NUMBER: _ClassVar[int]
    manufacturer_device_id: str
    zigbee_mac: str
    def __init__(self, manufacturer_device_id: _Optional[str] = ..., zigbee_mac: _Optional[str] = ...) -> None: ...

class OutletsResponse(_message.Message):
    __slots__ = ("outlets",)
    OUTLETS_FIELD_NUMBER: _ClassVar[int]
    outlets: _containers.RepeatedCompositeFieldContainer[OutletSettings]
    def __init__(self, outlets: _Optional[_Iterable[_Union[OutletSettings, _Mapping]]] = ...) -> None: ...

class OutletSettings(_message.Message):
    __slots__ = ("manufacturer_device_id", "on")
    MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    manufacturer_device_id: str
    on: bool
    def __init__(self, manufacturer_device_id: _Optional[str] = ..., on: bool = ...) -> None: ...

class UpdateOutletsRequest(_message.Message):
    __slots__ = ("auth_token", "outlets")
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OUTLETS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    outlets: _containers.RepeatedCompositeFieldContainer[OutletSettings]
    def __init__(self, auth_token: _Optional[str] = ..., outlets: _Optional[_Iterable[_Union[OutletSettings, _Mapping]]] = ...) -> None: ...

class EVChargersResponse(_message.Message):
    __slots__ = ("evchargers",)
    EVCHARGERS_FIELD_NUMBER: _ClassVar[int]
    evchargers: _containers.RepeatedCompositeFieldContainer[EVCharger]
    def __init__(self, evchargers: _Optional[_Iterable[_Union[EVCharger, _Mapping]]] = ...) -> None: ...

class EVCharger(_message.Message):
    __slots__ = ("car_connected", "car_charging", "max_charge_rate_amps", "settings")
    CAR_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    CAR_CHARGING_FIELD_NUMBER: _ClassVar[int]
    MAX_CHARGE_RATE_AMPS_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    car_connected: bool
    car_charging: bool
    max_charge_rate_amps: int
    settings: EVChargerSettings
    def __init__(self, car_connected: bool = ..., car_charging: bool = ..., max_charge_rate_amps: _Optional[int] = ..., settings: _Optional[_Union[EVChargerSettings, _Mapping]] = ...) -> None: ...

class EVChargerSettings(_message.Message):
    __slots__ = ("manufacturer_device_id", "on", "charge_rate_amps")
    MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    CHARGE_RATE_AMPS_FIELD_NUMBER: _ClassVar[int]
    manufacturer_device_id: str
    on: _wrappers_pb2.BoolValue
    charge_rate_amps: _wrappers_pb2.UInt32Value
    def __init__(self, manufacturer_device_id: _Optional[str] = ..., on: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., charge_rate_amps: _Optional[_Union[_wrappers_pb2.UInt32Value, _Mapping]] = ...) -> None: ...

class UpdateEVChargersRequest(_message.Message):
    __slots__ = ("auth_token", "settings")
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    settings: _containers.RepeatedCompositeFieldContainer[EVChargerSettings]
    def __init__(self, auth_token: _Optional[str] = ..., settings: _Optional[_Iterable[_Union[EVChargerSettings, _Mapping]]] = ...) -> None: ...

class BatteriesResponse(_message.Message):
    __slots__ = ("batteries",)
    BATTERIES_FIELD_NUMBER: _ClassVar[int]
    batteries: _containers.RepeatedCompositeFieldContainer[Battery]
    def __init__(self, batteries: _Optional[_Iterable[_Union[Battery, _Mapping]]] = ...) -> None: ...

class Battery(_message.Message):
    __slots__ = ("capacity_kwhs", "inverter_max_power_kwatts", "soc_percentage", "settings")
    CAPACITY_KWHS_FIELD_NUMBER: _ClassVar[int]
    INVERTER_MAX_POWER_KWATTS_FIELD_NUMBER: _ClassVar[int]
    SOC_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    capacity_kwhs: float
    inverter_max_power_kwatts: float
    soc_percentage: _wrappers_pb2.DoubleValue
    settings: BatterySettings
    def __init__(self, capacity_kwhs: _Optional[float] = ..., inverter_max_power_kwatts: _Optional[float] = ..., soc_percentage: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., settings: _Optional[_Union[BatterySettings, _Mapping]] = ...) -> None: ...

class BatterySettings(_message.Message):
    __slots__ = ("manufacturer_device_id", "reserve_soc_percentage", "load_following", "charge_with_excess_solar", "charge_to_state_of_charge", "discharge_to_state_of_charge", "idle")
    class LoadFollowing(_message.Message):
        __slots__ = ("power_kwatts",)
        POWER_KWATTS_FIELD_NUMBER: _ClassVar[int]
        power_kwatts: _wrappers_pb2.DoubleValue
        def __init__(self, power_kwatts: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...
    class ChargeWithExcessSolar(_message.Message):
        __slots__ = ("charge_power_kwatts",)
        CHARGE_POWER_KWATTS_FIELD_NUMBER: _ClassVar[int]
        charge_power_kwatts: _wrappers_pb2.DoubleValue
        def __init__(self, charge_power_kwatts: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...
    class ChargeToStateOfCharge(_message.Message):
        __slots__ = ("soc_percentage", "charge_power_kwatts")
        SOC_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
        CHARGE_POWER_KWATTS_FIELD_NUMBER: _ClassVar[int]
        soc_percentage: _wrappers_pb2.DoubleValue
        charge_power_kwatts: _wrappers_pb2.DoubleValue
        def __init__(self, soc_percentage: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., charge_power_kwatts: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...
    class DischargeToStateOfCharge(_message.Message):
        __slots__ = ("soc_percentage", "discharge_power_kwatts")
        SOC_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
        DISCHARGE_POWER_KWATTS_FIELD_NUMBER: _ClassVar[int]
        soc_percentage: _wrappers_pb2.DoubleValue
        discharge_power_kwatts: _wrappers_pb2.DoubleValue
        def __init__(self, soc_percentage: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., discharge_power_kwatts: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...
    class Idle(_message.Message):
        __slots__ = ()
        def __init__(self) -> None: ...
    MANUFACTURER_DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVE_SOC_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    LOAD_FOLLOWING_FIELD_NUMBER: _ClassVar[int]
    CHARGE_WITH_EXCESS_SOLAR_FIELD_NUMBER: _ClassVar[int]
    CHARGE_TO_STATE_OF_CHARGE_FIELD_NUMBER: _ClassVar[int]
    DISCHARGE_TO_STATE_OF_CHARGE_FIELD_NUMBER: _ClassVar[int]
    IDLE_FIELD_NUMBER: _ClassVar[int]
    manufacturer_device_id: str
    reserve_soc_percentage: _wrappers_pb2.DoubleValue
    load_following: BatterySettings.LoadFollowing
    charge_with_excess_solar: BatterySettings.ChargeWithExcessSolar
    charge_to_state_of_charge: BatterySettings.ChargeToStateOfCharge
    discharge_to_state_of_charge: BatterySettings.DischargeToStateOfCharge
    idle: BatterySettings.Idle
    def __init__(self, manufacturer_device_id: _Optional[str] = ..., reserve_soc_percentage: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., load_following: _Optional[_Union[BatterySettings.LoadFollowing, _Mapping]] = ..., charge_with_excess_solar: _Optional[_Union[BatterySettings.ChargeWithExcessSolar, _Mapping]] = ..., charge_to_state_of_charge: _Optional[_Union[BatterySettings.ChargeToStateOfCharge, _Mapping]] = ..., discharge_to_state_of_charge: _Optional[_Union[BatterySettings.DischargeToStateOfCharge, _Mapping]] = ..., idle: _Optional[_Union[BatterySettings.Idle, _Mapping]] = ...) -> None: ...

class UpdateBatteriesRequest(_message.Message):
    __slots__ = ("auth_token", "settings")
    AUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    auth_token: str
    settings: _containers.RepeatedCompositeFieldContainer[BatterySettings]
    def __init__(self, auth_token: _Optional[str] = ..., settings: _Optional[_Iterable[_Union[BatterySettings, _Mapping]]] = ...) -> None: ...
