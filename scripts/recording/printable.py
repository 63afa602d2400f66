"""What a session said, for a terminal."""


def printable(text: str) -> str:
    """With every character that acts on a terminal, or hides, escaped; line ends of ours stay."""
    return "".join(c if c in "\n\t" or c.isprintable() else c.encode("unicode_escape").decode() for c in text)
