import sys
class Cat:
    def __init__(self): self.colour = 1; self.purr = 2
def run(f):
    try: f()
    except (AttributeError, NameError, ImportError) as e:
        sys.excepthook(type(e), e.with_traceback(None), None)
run(lambda: Cat().color)
run(lambda: pritn)
def imp(): from _shop import cheeze
run(imp)
class D:
    value = 1
    def show(self): return value
run(D().show)
