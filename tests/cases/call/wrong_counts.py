"""How natives refuse wrong numbers of arguments, and the full names of their classes."""
import collections, functools, itertools, math, re, struct, types

CALLS = """functools.cmp_to_key(1,2)|functools.cmp_to_key(mycmp=1,x=2)|functools.cmp_to_key(1,mycmp=2)|struct.Struct('i','j')
re.match('a','a').expand(1,2)|types.MappingProxyType(1,2)|[].sort(1)|[].sort(1,2,3)|[].sort(1,2)|[].sort(1,key=1,reverse=1)
int.from_bytes(1,2,3,4)|int.from_bytes(1,2,3)|(5).to_bytes(1,2,3,4)|int.from_bytes(b'',None)|math.prod(1,2)|math.prod(1,2,3)
math.prod(1,start=2,x=3)|math.nextafter(1)|sum(1,2,3)|sum()|sorted([],1)|sorted([],key=None,x=1)|itertools.combinations(1,2,3)
compile(*range(9))|memoryview(1,2)|enumerate(1,2,3)|''.split(1,2,3)|''.encode(1,2,3)|round(1,2,3)|pow(1)|[].insert(1)
collections.deque.nope|itertools.chain.nope|functools.partial.nope|types.SimpleNamespace.nope|re.Pattern.nope|int.nope"""
for call in CALLS.replace("\n", "|").split("|"):
    try:
        print(call, eval(call))
    except (TypeError, AttributeError) as error:
        print(call, type(error).__name__, error)
