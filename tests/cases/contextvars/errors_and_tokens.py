# What variables, tokens and contexts refuse, and what they are.
from contextvars import Context, ContextVar, Token, copy_context
import re

var, other = ContextVar("var"), ContextVar("other", default=5)


def show(call):
    try:
        print(re.sub(" at 0x[0-9a-f]+", "", str(call())))
    except Exception as error:
        print(type(error).__name__, re.sub(" at 0x[0-9a-f]+", "", str(error)))


for call in (lambda: ContextVar(), lambda: ContextVar(1), lambda: Token(), lambda: Context(1), lambda: copy_context(1),
             lambda: var.get(), lambda: var.get(1, 2), lambda: var.get(default=1), lambda: var.set(), lambda: var.reset(1),
             lambda: setattr(var, "name", "x"), lambda: type("X", (ContextVar,), {}), lambda: copy_context().run(),
             lambda: copy_context()[1], lambda: copy_context()[var], lambda: 1 in copy_context(), lambda: hash(Context()),
             lambda: copy_context() < copy_context()):
    show(call)

token = var.set(10)
print(token.var is var, token.old_value, Token.MISSING is token.old_value)
show(lambda: other.reset(token))
show(lambda: Context().run(var.reset, token))
with var.set(20) as inner:
    print(var.get(), inner.old_value)
print(var.get())
var.reset(token)
show(lambda: var.reset(token))
show(lambda: var.get())
context = copy_context()
show(lambda: context.run(lambda: context.run(print)))
show(lambda: context.run(lambda: 1 / 0))
print(context.run(lambda *args, **keywords: (other.set(args), other.get(), keywords)[1:], 1, k=2), other.get())
print(context[other], len(context), list(context) == [other], list(context.items())[0][1], context == copy_context())
copy = context.copy()
copy.run(other.set, 7)
print(copy == context, context.get(other), copy.get(var, "none"), ContextVar[int])
