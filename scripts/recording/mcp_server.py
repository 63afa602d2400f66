"""A small MCP server over stdio for recordings: a real one, so that a tape has a real server's answers.

Run by codex under the Python with the clients; `mcp` 2 is a dependency of theirs.
"""
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

server = MCPServer("desk")


class Shelf(BaseModel):
    shelf: str


@server.tool()
def lookup(word: str, limit: int = 3) -> dict:
    """Looks a word up in a glossary of three."""
    glossary = {"tape": "a recorded wire", "lane": "an ordered run of observations", "peer": "plays the codex side"}
    return {"word": word, "meaning": glossary.get(word.lower()), "known": sorted(glossary)[:limit]}


@server.tool()
def divide(dividend: float, divisor: float) -> float:
    """Divides; a zero divisor is the server's own error."""
    return dividend / divisor


@server.tool()
async def shelve(book: str, context: Context) -> str:
    """Asks the user for a shelf."""
    answer = await context.elicit(f"Which shelf for {book}?", Shelf)
    if answer.action != "accept":
        return f"{book} stays where it is"
    return f"{book} is on shelf {answer.data.shelf}"


if __name__ == "__main__":
    server.run()
