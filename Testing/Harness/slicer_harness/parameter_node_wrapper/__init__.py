"""Stand-in for ``slicer.parameterNodeWrapper``: the same names, and the same form in the node."""

from slicer_harness.parameter_node_wrapper import gui_connectors  # noqa: F401 - imported to register its classes
from slicer_harness.parameter_node_wrapper.annotations import (
    Decimals,
    Default,
    Label,
    SingleStep,
    findFirstAnnotation,
    getNodeTypes,
    isNodeOrUnionOfNodes,
    splitAnnotations,
    unannotatedType,
)
from slicer_harness.parameter_node_wrapper.color_serializer import QColorSerializer
from slicer_harness.parameter_node_wrapper.containers import (
    AnySerializer,
    DictSerializer,
    ListSerializer,
    TupleSerializer,
)
from slicer_harness.parameter_node_wrapper.gui_connector import (
    GuiConnector,
    createGuiConnector,
    parameterNodeGuiConnector,
)
from slicer_harness.parameter_node_wrapper.gui_creation import createGui
from slicer_harness.parameter_node_wrapper.node_serializers import NodeSerializer, UnionSerializer
from slicer_harness.parameter_node_wrapper.pack_connector import SlicerPackParameterNamePropertyName
from slicer_harness.parameter_node_wrapper.packs import (
    FloatRange,
    isParameterPack,
    nestedParameterNames,
    parameterPack,
)
from slicer_harness.parameter_node_wrapper.serializers import (
    BoolSerializer,
    NumberSerializer,
    PathSerializer,
    Serializer,
    StringSerializer,
    ValidatedSerializer,
    parameterNodeSerializer,
)
from slicer_harness.parameter_node_wrapper.validators import (
    Choice,
    Exclude,
    IsInstance,
    Maximum,
    Minimum,
    NotNone,
    RangeBounds,
    Validator,
    WithinRange,
)
from slicer_harness.parameter_node_wrapper.wrapper import (
    SlicerParameterNamePropertyName,
    findChildWidgetForParameter,
    isParameterNodeWrapper,
    parameterNodeWrapper,
)

__all__ = [
    "AnySerializer",
    "BoolSerializer",
    "Choice",
    "Decimals",
    "Default",
    "DictSerializer",
    "Exclude",
    "FloatRange",
    "GuiConnector",
    "IsInstance",
    "Label",
    "ListSerializer",
    "Maximum",
    "Minimum",
    "NodeSerializer",
    "NotNone",
    "NumberSerializer",
    "PathSerializer",
    "QColorSerializer",
    "RangeBounds",
    "Serializer",
    "SingleStep",
    "SlicerPackParameterNamePropertyName",
    "SlicerParameterNamePropertyName",
    "StringSerializer",
    "TupleSerializer",
    "UnionSerializer",
    "ValidatedSerializer",
    "Validator",
    "WithinRange",
    "createGui",
    "createGuiConnector",
    "findChildWidgetForParameter",
    "findFirstAnnotation",
    "getNodeTypes",
    "isNodeOrUnionOfNodes",
    "isParameterNodeWrapper",
    "isParameterPack",
    "nestedParameterNames",
    "parameterNodeGuiConnector",
    "parameterNodeSerializer",
    "parameterNodeWrapper",
    "parameterPack",
    "splitAnnotations",
    "unannotatedType",
]
