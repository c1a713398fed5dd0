"""Arrays: every method, and the words of their errors."""

import array
import copy
from array import array as A

a = A('i', [1, 2, 3])
d = A('d', [1.5, 2])
u = A('w', 'h\xe9y')


def show(source):
    try:
        result = repr(eval(source))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(source, "->", result)


for source in r"""
A('i')
a
d
u
A('x')
A('ii')
A(5)
A()
A('i',[1],2)
A('i',x=1)
A('i','abc')
A('i',b'abc')
A('i',b'abcd')
A('b',[200])
A('B',[-1])
A('B',[256])
A('h',[40000])
A('H',[70000])
A('i',[2**31])
A('I',[2**32])
A('I',[-1])
A('l',[2**63])
A('L',[2**64])
A('L',[-1])
A('q',[2**63])
A('Q',[2**64])
A('Q',[-1])
A('f',['a'])
A('f',[1.1])
A('d',[True])
A('i',[1.5])
A('i',['a'])
A('i',5)
A('w',['a','b'])
A('w',['ab'])
A('w',[5])
A('i',A('w','a'))
A('w',A('i'))
A('i',A('d',[1.0]))
A('d',a)
a.typecode
a.itemsize
a.append(5)
a.append('x')
a.append(2**40)
a
a.buffer_info()[1]
a.byteswap()
a.byteswap()
u.byteswap()
a.count(5)
a.extend([7,8])
a.extend(A('d',[1.0]))
a.extend('ab')
a.extend(5)
a.index(7)
a.index(99)
a.index(5,1)
a.index(5,4)
a.index(5,1,2)
a.insert(0,9)
a.insert(-100,10)
a.insert(100,11)
a
a.pop()
a.pop(0)
a.pop(99)
a.pop('a')
A('i').pop()
a.remove(7)
a.remove(99)
a.reverse()
a
a.tobytes()
a.tolist()
a.tounicode()
u.fromunicode('z')
u.fromunicode(5)
a.fromunicode('x')
a.frombytes(b'1234')
a.frombytes(b'123')
a.frombytes('abcd')
a.fromlist([1,2])
a.fromlist((1,))
a.fromlist([1,'a'])
a
a[0]
a[-1]
a[99]
a['a']
a[1:3]
a[::2]
a[::-1]
a.__setitem__(0,5)
a.__setitem__(99,5)
a.__setitem__(0,'a')
a.__setitem__(slice(0,1),A('i',[7,7]))
a.__setitem__(slice(0,1),[1])
a.__setitem__(slice(0,1),A('d',[1]))
a.__setitem__(slice(None,None,2),A('i',[0]))
a
a.__delitem__(0)
a.__delitem__(slice(0,2))
a.__delitem__(99)
a.__delitem__(slice(None,None,2))
a
len(a)
a+A('i',[1])
a+[1]
a+A('d')
a*2
2*a
a*-1
a*'x'
a==A('i',[1])
A('i',[1])==A('d',[1.0])
A('i',[1])<A('i',[2])
A('i',[1])<[2]
A('i',[1])==[1]
A('d',[float('nan')])==A('d',[float('nan')])
5 in a
'x' in a
hash(a)
list(iter(a))
bytes(memoryview(A('i',[1])))
memoryview(A('d',[1.5])).format
memoryview(A('d',[1.5]))[0]
memoryview(A('w','a')).format
a.__reduce_ex__(2)
copy.copy(a)==a
copy.deepcopy(a)==a
a.__copy__()
A('f',[1e40])
array.typecodes
array.ArrayType
a.clear()
a
A('i',[1]).__class_getitem__(int)
A('i',range(3))
A('b',b'abc')
A('B',bytearray(b'ab'))
A('i',bytearray(b'abcd'))
A('i',[1,2]).tofile(5)
A('w',['\U0001F600'])[0]
A('i',[1,2]).__sizeof__()>0
A('f',[0.1])
A('d',[0.1,1e300,float('inf')])
A('i',{1,2})
A('i',(x for x in (1,2)))
A('Q',[2**64-1])
A('q',[-2**63])
A('i',[1,2,3]).index(True)
A('i')==A('i')
A('i').__iadd__([1])
A('i').__iadd__(A('d'))
A('i',[1]).__imul__(3)
A('i',[1]).__imul__('a')
A('i',[1]).__contains__(1.0)
A('i').__init__('d')
A('b',[1,2])<A('b',[1,3])
A('b',[1,2])<=A('d',[1,3])
""".strip().splitlines():
    show(source)
