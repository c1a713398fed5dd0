def plain(f):
    try:
        f()
    except (A, B) as e:
        print(e)
    except C:
        raise
    except:
        raise D from None
    else:
        f(1)


def final(f):
    try:
        return f()
    finally:
        f(1)


def both(f):
    for x in f:
        try:
            if x:
                continue
            break
        except A:
            return x
        finally:
            f(2)


def groups(f):
    try:
        f()
    except* A as e:
        f(e)
    except* (B, C):
        f()
