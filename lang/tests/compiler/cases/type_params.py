def f[T: int = str, *Ts = *tuple[int], **P = [int]](a: T = 1, *, k: T = 2) -> T:
    return T


class C[T: (int, str)](Base, key=1):
    def m(self) -> T: ...


type Alias[K] = dict[K, int]
type Simple = list[Simple]


class Outer:
    class Bound: ...

    def g[U: Bound](self, u: U): ...

    type A = Bound
