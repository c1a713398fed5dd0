class Box:
    def __init__(self, items): self.items = items
    def total(self):
        return sum(item.price * item.count for item in self.items)
class Item:
    price = 3
    count = None
def report(box):
    return (box
            .total())
report(Box([Item()]))
