"""What layers exist: their parameters, ports, help texts. Generated from Keras, checked in."""

from workbench.catalog.library import Catalog, load_catalog
from workbench.catalog.schema import Family, LayerSpec, ParamKind, ParamSpec, PortSpec

__all__ = [
    "Catalog",
    "Family",
    "LayerSpec",
    "ParamKind",
    "ParamSpec",
    "PortSpec",
    "load_catalog",
]
