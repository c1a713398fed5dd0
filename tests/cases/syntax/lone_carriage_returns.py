"""A lone carriage return ends a line, also where bytes cannot be decoded; Latin-1 has several names."""
SOURCES = [b"x\r\xb1", b"x\r\ny\r\xc3(\rz", b"x\n\r\n\r\xff", b"x = 1\ry = 2\r\nz = \xe9",
           b"# coding: latin\nx='\xe9'", b"# coding: latin1\nx='\xe9'", b"# coding: latin-\nx='\xe9'", b"# coding: latina\n"]
for source in SOURCES:
    try:
        namespace = {}
        exec(source, namespace)
        print(ascii(namespace["x"]))
    except SyntaxError as error:
        print(source, error.msg, error.lineno, error.offset, repr(error.text))
