"""One line of 5 MB, once as a comment, once as a string, once as spaces."""
size = 5_000_000
space = {}
exec("x = 1 #" + "c" * size + "\ny = 2", space)
print(space["x"], space["y"])
exec("x = '" + "s" * size + "'", space)
print(len(space["x"]))
exec("x =" + " " * size + "3", space)
print(space["x"])
exec("\n" * 100_000 + "x = 4", space)
print(space["x"])
try:
    exec("x = 1 " + " " * size + "y", space)
except SyntaxError as error:
    print(error.msg, error.lineno, error.offset)
