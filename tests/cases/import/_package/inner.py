"""A module of it."""
from . import order
from .deeper import *
order.append("inner")
where = __name__
