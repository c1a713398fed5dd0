"""Counts the words of a text: dictionaries, sorting with a key, and columns with f-strings."""

TEXT = """
The snake that eats its tail has no beginning and no end.
It eats, and it grows; it grows, and it eats.
No end without a beginning, says the snake.
"""


def words(text):
    """The words of a text in lower case, without punctuation."""
    for word in text.lower().split():
        yield word.strip(".,;")


def main():
    counts = {}
    for word in words(TEXT):
        counts[word] = counts.get(word, 0) + 1
    # Most frequent first; where that is the same, in alphabetical order.
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for word, count in ranking[:6]:
        print(f"{word:<10} {count:>2} {'*' * count}")
    print(f"{len(counts)} different words, {sum(counts.values())} in all")


if __name__ == "__main__":
    main()
