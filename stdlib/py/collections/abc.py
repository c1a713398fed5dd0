"""`collections.abc`: the abstract base classes of containers and friends."""

from _collections_abc import *
from _collections_abc import __all__, _CallableGenericAlias
