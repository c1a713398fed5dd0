"""`except*` wraps a bare exception in a group with a traceback of its own."""
try:
    try:
        raise ValueError("bare")
    except* ValueError as group:
        print(repr(group), group.args, group.__traceback__.tb_lineno)
        raise
except ValueError as error:
    print(repr(error))
except BaseException as error:
    print(repr(error))
try:
    raise ValueError("bare")
except* ValueError as group:
    raise TypeError("from the handler")
