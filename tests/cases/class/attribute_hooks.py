class A:
    def __getattr__(self, name):
        if name == "missing": raise AttributeError("not " + name)
        return name.upper()
    def __setattr__(self, name, value):
        print("set", name); super().__setattr__(name, value)
    def __delattr__(self, name):
        print("del", name); super().__delattr__(name)
a = A(); a.x = 1
print(a.x, a.y, hasattr(a, "missing"), getattr(a, "missing", "default"))
del a.x
try: del a.x
except AttributeError as e: print(e)
class B:
    value = 1
try: B().valeu
except AttributeError as e: print(e)
