"""Deeper."""
from .. import order as _order
_order.append("deeper")
