async def forgotten():
    pass
def f():
    forgotten()
f()
print("after")
