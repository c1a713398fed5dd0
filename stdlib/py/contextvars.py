"""Context variables: values that belong to a task or a thread."""

import _collections_abc
from _contextvars import Context, ContextVar, Token, copy_context

__all__ = ('Context', 'ContextVar', 'Token', 'copy_context')

_collections_abc.Mapping.register(Context)
