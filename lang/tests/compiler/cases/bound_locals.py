def straight(a):
    x = a
    return x


def one_branch(a):
    if a:
        x = 1
    return x


def both_branches(a):
    if a:
        x = 1
    else:
        x = 2
    return x


def in_loop(a):
    for i in a:
        x = i
    print(x, i)


def after_while_true(a):
    while True:
        x = a()
        if x:
            break
    return x


def deleted(x):
    del x
    return x


def deleted_in_loop(x, n):
    while n:
        print(x)
        del x
        x = 1


def in_handler(a):
    try:
        x = a()
        y = a()
    except E:
        return x
    return x, y


def after_handler(a):
    try:
        x = 1
    except E as e:
        x = 2
    return x, e


def walrus(x):
    return x + (x := 5) + x, [x, (x := 6)]
