"""Finders, loaders and file suffixes."""

from importlib._machinery import (
    BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES, BuiltinImporter, ExtensionFileLoader,
    FileFinder, FrozenImporter, ModuleSpec, NamespaceLoader, PathFinder, SourceFileLoader,
    SourcelessFileLoader,
)

DEBUG_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES
OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES

__all__ = ['BuiltinImporter', 'ExtensionFileLoader', 'FileFinder', 'FrozenImporter', 'ModuleSpec',
           'NamespaceLoader', 'PathFinder', 'SourceFileLoader', 'SourcelessFileLoader',
           'all_suffixes', 'BYTECODE_SUFFIXES', 'DEBUG_BYTECODE_SUFFIXES', 'EXTENSION_SUFFIXES',
           'OPTIMIZED_BYTECODE_SUFFIXES', 'SOURCE_SUFFIXES']


def all_suffixes():
    """All suffixes of module files."""
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES
