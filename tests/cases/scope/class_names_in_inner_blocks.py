"""What comprehensions, annotations and type parameters inside a class see of it."""


def run(source):
    names = {}
    try:
        exec(source, names)
    except NameError as error:
        print(error)
    return names


run("class C:\n    [__conditional_annotations__ for x in [1]]")
print(run("class C:\n    __classdict__: int")["C"].__annotations__)
C = run("""
class C[T]:
    T = "class"

    def method[U](x: (T for _ in (1,)), y: T):
        pass
""")["C"]
print(list(C.method.__annotations__["x"]) == list(C.__type_params__), C.method.__annotations__["y"])
