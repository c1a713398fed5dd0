"""A bank account: properties, exceptions of one's own, notes on exceptions, and `raise ... from`."""


class AccountError(Exception):
    """The base of all that can go wrong."""


class InsufficientFunds(AccountError):
    def __init__(self, missing):
        super().__init__(f"{missing} short")
        self.missing = missing


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance

    @property
    def balance(self):
        """What is there; it changes only by deposit() and withdraw()."""
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(f"cannot deposit {amount}")
        self._balance += amount

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(amount - self._balance)
        self._balance -= amount

    def __repr__(self):
        return f"<{self.owner}: {self._balance}>"


def transfer(source, target, amount):
    """Moves money, or says who could not pay."""
    try:
        source.withdraw(amount)
    except InsufficientFunds as error:
        error.add_note(f"while {source.owner} was paying {target.owner}")
        raise AccountError("transfer failed") from error
    target.deposit(amount)


ada, bob = Account("Ada", 100), Account("Bob")
transfer(ada, bob, 30)
print(ada, bob)

try:
    transfer(bob, ada, 50)
except AccountError as error:
    cause = error.__cause__
    print(f"{error}: {cause}, {cause.__notes__[0]}")

try:
    ada.balance = 1_000_000
except AttributeError as error:
    print(error)
