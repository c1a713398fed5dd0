def check(*errors):
    try:
        raise ExceptionGroup("group", list(errors))
    except* ValueError as g:
        print("value", g.exceptions)
    except* (TypeError, KeyError) as g:
        print("type or key", [str(e) for e in g.exceptions])
check(ValueError(1), TypeError("t"), KeyError("k"))
check(ExceptionGroup("inner", [ValueError(2), ValueError(3)]), TypeError("x"))
eg = ExceptionGroup("a", [ValueError(1), ExceptionGroup("b", [OSError(2), ValueError(3)])])
print(eg.split(ValueError), eg.subgroup(OSError), sep="\n")
check(ValueError(1), OSError("left over"))
