"""A class that is both sequence and mapping is what its first such base is."""

from collections import UserDict, UserList
from collections.abc import Mapping, Sequence


class Plain:
    pass


class A(UserDict, Sequence):
    pass


class B(Plain, UserList, Mapping):
    pass


class C(UserList, dict, Plain):
    pass


class D(dict, Sequence, Plain):
    pass


for cls in A, B, C, D:
    match cls():
        case []:
            print(cls.__name__, "sequence")
        case {}:
            print(cls.__name__, "mapping")
