"""Metadata of installed packages, read from the *.dist-info directories on sys.path."""

import os
import re
import sys

__all__ = ['Distribution', 'DistributionFinder', 'PackageMetadata', 'PackageNotFoundError',
           'distribution', 'distributions', 'entry_points', 'files', 'metadata',
           'packages_distributions', 'requires', 'version']


class PackageNotFoundError(ModuleNotFoundError):
    """No such package is installed."""

    def __str__(self):
        return f"No package metadata was found for {self.name}"

    @property
    def name(self):
        name, = self.args
        return name


class EntryPoint:
    """A named object that a package offers, "name = module:attr" in a group."""

    def __init__(self, name, value, group):
        vars(self).update(name=name, value=value, group=group)

    dist = None

    @property
    def module(self):
        return self.value.partition(':')[0].split('[')[0].strip()

    @property
    def attr(self):
        return self.value.partition(':')[2].split('[')[0].strip()

    @property
    def extras(self):
        found = re.search(r'\[(.*)\]', self.value)
        return re.findall(r'\w+', found.group(1)) if found else []

    def load(self):
        """Import the object."""
        from importlib import import_module
        result = import_module(self.module)
        for name in filter(None, self.attr.split('.')):
            result = getattr(result, name)
        return result

    def matches(self, **params):
        return all(getattr(self, name) == value for name, value in params.items())

    def _key(self):
        return self.name, self.value, self.group

    def __lt__(self, other):
        return self._key() < other._key()

    def __eq__(self, other):
        return isinstance(other, EntryPoint) and self._key() == other._key()

    def __setattr__(self, name, value):
        raise AttributeError("EntryPoint objects are immutable.")

    def __repr__(self):
        return f'EntryPoint(name={self.name!r}, value={self.value!r}, group={self.group!r})'

    def __hash__(self):
        return hash(self._key())


class EntryPoints(tuple):
    """A collection of entry points."""

    __slots__ = ()

    def __getitem__(self, name):
        try:
            return next(iter(self.select(name=name)))
        except StopIteration:
            raise KeyError(name)

    def __repr__(self):
        return '%s(%r)' % (self.__class__.__name__, tuple(self))

    def select(self, **params):
        return EntryPoints(ep for ep in self if ep.matches(**params))

    @property
    def names(self):
        return {ep.name for ep in self}

    @property
    def groups(self):
        return {ep.group for ep in self}


class PackageMetadata:
    """The headers of a METADATA file."""

    def __init__(self, text):
        self._items = []
        headers, _, self._body = text.partition('\n\n')
        for line in headers.splitlines():
            if line[:1].isspace() and self._items:
                key, value = self._items[-1]
                self._items[-1] = key, value + '\n' + line.strip()
            elif ':' in line:
                key, _, value = line.partition(':')
                self._items.append((key.strip(), value.strip()))

    def get_all(self, name, failobj=None):
        return [value for key, value in self._items
                if key.lower() == name.lower()] or failobj

    def get(self, name, failobj=None):
        found = self.get_all(name)
        return found[0] if found else failobj

    def __getitem__(self, name):
        return self.get(name)

    def __contains__(self, name):
        return self.get_all(name) is not None

    def __iter__(self):
        return iter([key for key, _ in self._items])

    keys = __iter__

    def items(self):
        return list(self._items)

    def __len__(self):
        return len(self._items)

    def get_payload(self):
        return self._body


def _normalize(name):
    return re.sub(r"[-_.]+", "-", name).lower().replace('-', '_')


class Distribution:
    """An installed package."""

    def __init__(self, path):
        self._path = path

    def read_text(self, filename):
        """A file of the metadata, None if it is not there."""
        try:
            with open(os.path.join(self._path, filename), encoding='utf-8') as file:
                return file.read()
        except OSError:
            return None

    def locate_file(self, path):
        from pathlib import Path
        return Path(os.path.dirname(self._path)) / path

    @classmethod
    def from_name(cls, name):
        if not name:
            raise ValueError("A distribution name is required.")
        for dist in cls.discover(name=name):
            return dist
        raise PackageNotFoundError(name)

    @classmethod
    def discover(cls, *, name=None, path=None):
        wanted = None if name is None else _normalize(name)
        for entry in sys.path if path is None else path:
            try:
                names = sorted(os.listdir(entry or '.'))
            except OSError:
                continue
            for item in names:
                stem, ext = os.path.splitext(item)
                if ext in ('.dist-info', '.egg-info'):
                    if wanted is None or _normalize(stem.partition('-')[0]) == wanted:
                        yield Distribution(os.path.join(entry, item))

    @property
    def metadata(self):
        text = self.read_text('METADATA') or self.read_text('PKG-INFO') or ''
        return PackageMetadata(text)

    @property
    def name(self):
        return self.metadata['Name']

    @property
    def version(self):
        return self.metadata['Version']

    @property
    def requires(self):
        return self.metadata.get_all('Requires-Dist')

    @property
    def entry_points(self):
        found = []
        group = None
        for line in (self.read_text('entry_points.txt') or '').splitlines():
            line = line.strip()
            if line.startswith('[') and line.endswith(']'):
                group = line[1:-1]
            elif line and line[0] not in '#;' and '=' in line:
                name, _, value = line.partition('=')
                found.append(EntryPoint(name.strip(), value.strip(), group))
        return EntryPoints(found)

    @property
    def files(self):
        text = self.read_text('RECORD')
        if text is None:
            return None
        from pathlib import PurePosixPath
        import csv
        return [PurePosixPath(row[0]) for row in csv.reader(text.splitlines()) if row]


class DistributionFinder:
    """Base of finders that know installed packages."""

    class Context:
        name = None

        def __init__(self, **kwargs):
            vars(self).update(kwargs)


class MetadataPathFinder(DistributionFinder):
    """Finds the packages on sys.path."""

    @classmethod
    def find_distributions(cls, context=DistributionFinder.Context()):
        return Distribution.discover(name=context.name, path=getattr(context, 'path', None))

    @classmethod
    def invalidate_caches(cls):
        pass


def distribution(distribution_name):
    """The Distribution of a package."""
    return Distribution.from_name(distribution_name)


def distributions(**kwargs):
    """All Distributions."""
    return Distribution.discover(**kwargs)


def metadata(distribution_name):
    """The metadata of a package."""
    return Distribution.from_name(distribution_name).metadata


def version(distribution_name):
    """The version of a package."""
    return distribution(distribution_name).version


def entry_points(**params):
    """The entry points of all packages."""
    seen = set()
    found = []
    for dist in distributions():
        name = dist.name
        if name not in seen:
            seen.add(name)
            found.extend(dist.entry_points)
    return EntryPoints(found).select(**params)


def files(distribution_name):
    """The files of a package."""
    return distribution(distribution_name).files


def requires(distribution_name):
    """What a package needs."""
    return distribution(distribution_name).requires


def packages_distributions():
    """Which packages each importable top-level name comes from."""
    result = {}
    for dist in distributions():
        for name in (dist.read_text('top_level.txt') or '').split():
            result.setdefault(name, []).append(dist.name)
    return result
