"""Parameter packs: classes of named parameters that are stored as ``pack.member``."""

from __future__ import annotations

import copy
import logging
import typing
from dataclasses import dataclass
from typing import Any

from slicer_harness.parameter_node_wrapper.annotations import (
    Default,
    splitAnnotations,
    splitPossiblyDottedName,
    takeDefault,
    unannotatedType,
)
from slicer_harness.parameter_node_wrapper.serializers import (
    Serializer,
    ValidatedSerializer,
    createSerializer,
    parameterNodeSerializer,
    unchangedOnError,
)
from slicer_harness.parameter_node_wrapper.validators import IsInstance, NotNone

RESERVED_PREFIX = "_parameterPack_"


@dataclass(frozen=True)
class ParameterInfo:
    """What a class says about one of its parameters."""

    basename: str
    serializer: ValidatedSerializer
    default: Default
    unalteredType: Any


@dataclass(frozen=True)
class _Place:
    """Where a pack that was read from a node is stored."""

    parameterNode: Any
    name: str


def parametersOf(classtype: type) -> dict[str, ParameterInfo]:
    """Read the parameters of a class from its annotations and assigned defaults."""
    found = {}
    for name, annotated in typing.get_type_hints(classtype, include_extras=True).items():
        plain, annotations = splitAnnotations(annotated)
        try:
            serializer, unused = createSerializer(plain, annotations)
        except TypeError as error:
            raise TypeError(f"{classtype.__name__}.{name}: {error}") from error
        default, unused = takeDefault(unused)
        if hasattr(classtype, name):
            default = Default(getattr(classtype, name))
        if unused:
            logging.warning("Unused annotations: %s", unused)
        found[name] = ParameterInfo(name, serializer, default or Default(serializer.default()), annotated)
    return found


def isParameterPack(obj: Any) -> bool:
    """Tell whether a class or an object is a parameter pack."""
    return getattr(obj, "_is_parameterPack", False) is True


def checkMember(pack: Any, name: str) -> None:
    """Raise ValueError if a pack (class or object) has no member of a possibly dotted name."""
    top, rest = splitPossiblyDottedName(name)
    if not isParameterPack(pack) or not hasattr(pack, top):
        raise ValueError(f"{pack} has no member '{name}'")
    if rest is not None:
        checkMember(unannotatedType(pack.allParameters[top].unalteredType), rest)


class _PackMethods:
    """What every parameter pack class receives from the decorator."""

    def _fill(self: Any, given: dict[str, Any]) -> None:
        for name, info in self.allParameters.items():
            _writeMember(self, name, given[name] if name in given else copy.deepcopy(info.default.value))

    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        if len(arguments) > len(self.allParameters):
            raise TypeError(f"__init__() takes {len(self.allParameters)} arguments, got {len(arguments)}")
        given = dict(zip(self.allParameters, arguments, strict=False))
        for name, value in keywords.items():
            if name not in self.allParameters:
                raise TypeError(f"__init__() got an unexpected keyword argument '{name}'")
            if name in given:
                raise TypeError(f"__init__() got multiple values for argument '{name}'")
            given[name] = value
        _PackMethods._fill(self, given)

    def equal(self: Any, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name) for name in self.allParameters
        )

    def text(self: Any) -> str:
        members = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.allParameters)
        return f"{type(self).__name__}({members})"

    def getValue(self: Any, membername: str) -> Any:
        checkMember(self, membername)
        top, rest = splitPossiblyDottedName(membername)
        value = getattr(self, top)
        return value if rest is None else value.getValue(rest)

    def setValue(self: Any, membername: str, value: Any) -> None:
        checkMember(self, membername)
        top, rest = splitPossiblyDottedName(membername)
        if rest is None:
            setattr(self, top, value)
        else:
            getattr(self, top).setValue(rest, value)

    def setAttribute(self: Any, name: str, value: Any) -> None:
        if "_parameterPack_place" in self.__dict__ and not hasattr(self, name):
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")
        object.__setattr__(self, name, value)


def _values(pack: Any) -> dict[str, Any]:
    return pack.__dict__.setdefault("_parameterPack_values", {})


def _writeMember(pack: Any, name: str, value: Any) -> None:
    serializer = pack.allParameters[name].serializer
    serializer.validate(value)
    place: _Place | None = pack.__dict__.get("_parameterPack_place")
    if place is not None:
        stored_name = f"{place.name}.{name}"
        with unchangedOnError(serializer, place.parameterNode, stored_name):
            serializer.write(place.parameterNode, stored_name, value)
        value = serializer.read(place.parameterNode, stored_name)
    _values(pack)[name] = value


def _memberProperty(name: str) -> property:
    return property(lambda self: _values(self)[name], lambda self, value: _writeMember(self, name, value))


def _dataTypeOf(classtype: Any) -> Any:
    def dataType(membername: str) -> Any:
        checkMember(classtype, membername)
        top, rest = splitPossiblyDottedName(membername)
        annotated = classtype.allParameters[top].unalteredType
        return annotated if rest is None else unannotatedType(annotated).dataType(rest)

    return staticmethod(dataType)


def _initAfterDefaults(own_init: Any) -> Any:
    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        _PackMethods._fill(self, {})
        own_init(self, *arguments, **keywords)

    return init


def parameterPack(classtype: type) -> Any:
    """Make a class a parameter pack, as a decorator."""
    parameters = parametersOf(classtype)
    reserved = {"allParameters", "_is_parameterPack", "getValue", "setValue", "dataType"}
    for name in parameters:
        if name in reserved or name.startswith(RESERVED_PREFIX):
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterPack")
    if not parameters:
        raise ValueError("Unable to find any members in parameterPack")
    for name, info in parameters.items():
        info.serializer.validate(info.default.value)
        setattr(classtype, name, _memberProperty(name))
    own = classtype.__dict__
    own_init = own.get("__init__")
    attributes = {
        "allParameters": parameters,
        "_is_parameterPack": True,
        "__init__": _initAfterDefaults(own_init) if own_init else _PackMethods.init,
        "__eq__": own.get("__eq__", _PackMethods.equal),
        "__str__": own.get("__str__", _PackMethods.text),
        "__repr__": own.get("__repr__", _PackMethods.text),
        "__setattr__": _PackMethods.setAttribute,
        "getValue": _PackMethods.getValue,
        "setValue": _PackMethods.setValue,
    }
    for name, attribute in attributes.items():
        setattr(classtype, name, attribute)
    classtype.dataType = _dataTypeOf(classtype)
    return classtype


def nestedParameterNames(pack: Any) -> list[str]:
    """Return the dotted names of all values in a pack class."""
    names = []
    for name, info in unannotatedType(pack).allParameters.items():
        plain = unannotatedType(info.unalteredType)
        inner = nestedParameterNames(plain) if isParameterPack(plain) else [None]
        names += [name if rest is None else f"{name}.{rest}" for rest in inner]
    return names


@parameterNodeSerializer
class ParameterPackSerializer(Serializer):
    """A parameter pack: ``name.member`` for each member."""

    def __init__(self, type_: Any) -> None:
        self.type = type_

    @staticmethod
    def canSerialize(type_: Any) -> bool:
        return isParameterPack(type_)

    @staticmethod
    def create(type_: Any) -> Serializer:
        return ValidatedSerializer(ParameterPackSerializer(type_), [NotNone(), IsInstance(type_)])

    def default(self) -> Any:
        return self.type()

    def isIn(self, parameterNode: Any, name: str) -> bool:
        member, info = next(iter(self.type.allParameters.items()))
        return bool(info.serializer.isIn(parameterNode, f"{name}.{member}"))

    def write(self, parameterNode: Any, name: str, value: Any) -> None:
        with unchangedOnError(self, parameterNode, name):
            for member, info in self.type.allParameters.items():
                info.serializer.write(parameterNode, f"{name}.{member}", _values(value)[member])

    def read(self, parameterNode: Any, name: str) -> Any:
        pack = self.type.__new__(self.type)  # not __init__: a class may ask for other arguments
        for member, info in self.type.allParameters.items():
            _values(pack)[member] = info.serializer.read(parameterNode, f"{name}.{member}")
        pack.__dict__["_parameterPack_place"] = _Place(parameterNode, name)
        return pack

    def remove(self, parameterNode: Any, name: str) -> None:
        for member, info in self.type.allParameters.items():
            info.serializer.remove(parameterNode, f"{name}.{member}")

    def supportsCaching(self) -> bool:
        return all(info.serializer.supportsCaching() for info in self.type.allParameters.values())


@parameterPack
class FloatRange:
    """Two numbers in order."""

    _minimum: float
    _maximum: float

    def __init__(self, minimum: float = 0, maximum: float = 0) -> None:
        self.setRange(minimum, maximum)

    def setRange(self, minimum: float, maximum: float) -> None:
        if minimum > maximum:
            raise ValueError(f"FloatRange must have minimum <= maximum: {minimum} <= {maximum}")
        self._minimum, self._maximum = minimum, maximum

    @property
    def minimum(self) -> float:
        return self._minimum

    @minimum.setter
    def minimum(self, value: float) -> None:
        self.setRange(value, self._maximum)

    @property
    def maximum(self) -> float:
        return self._maximum

    @maximum.setter
    def maximum(self, value: float) -> None:
        self.setRange(self._minimum, value)

    def __str__(self) -> str:
        return f"FloatRange(minimum={self._minimum}, maximum={self._maximum})"
