class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, kw)
        return {"made_by": "prepare"}
    def __new__(mcls, name, bases, ns, **kw):
        return super().__new__(mcls, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
    def __call__(cls, *args):
        print("call", args)
        return super().__call__(*args)
class Field:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
    def __get__(self, obj, cls=None):
        return self if obj is None else obj.__dict__.get("_f", "unset")
    def __set__(self, obj, value):
        obj.__dict__["_f"] = value
class Base(metaclass=Meta, flag=1):
    f = Field()
    def __init_subclass__(cls, **kw):
        print("subclass", cls.__name__, kw)
class Derived(Base, extra="yes"):
    def __init__(self, a): self.f = a
d = Derived(5)
print(d.f, Derived.made_by, vars(d))
