def cause():
    {}["key"]
def context():
    try:
        cause()
    except KeyError:
        raise ValueError("while handling")
try:
    context()
except ValueError as e:
    print(repr(e.__context__), e.__cause__)
try:
    cause()
except KeyError as e:
    error = RuntimeError("explicit")
    error.add_note("a note\non two lines")
    raise error from e
