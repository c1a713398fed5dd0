# The iterable of a comprehension binds no names, functions inside of it included.
for source in ('[x for x in (lambda: (y := 1))()]', '[x for x in [lambda: (y := 1)]]', '{a for a in (b := 1)}',
               '[i for i in [lambda: [j for j in (z := 3)]]]', '[x for x in y if (z := x)]'):
    try:
        compile(source, 's', 'exec')
        print('fine')
    except SyntaxError as error:
        print(error)
