def loops(n):
    for i in range(n):
        for j, k in i:
            if j:
                break
            if k:
                continue
            print(j)
        else:
            print(i)
    for n.attr, n[0] in n:
        pass
    while n > 0:
        n -= 1
        if n == 5:
            break
    else:
        print(n)
    while True:
        n()
