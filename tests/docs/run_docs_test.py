"""The pages' test goes red: each page here is wrong in one way."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]


def run(text):
    """(exit status, what it prints) of a page; `echo` stands in for the program."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.md")
        page.write_text(text, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("run_docs.py")), "--tree", str(TREE),
             "--program", "/bin/echo", str(page)],
            capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr


def console(*lines):
    return "# A page\n\n```console\n" + "\n".join(lines) + "\n```\n"


class Pages(unittest.TestCase):
    def assert_good(self, *lines):
        status, text = run(console(*lines))
        self.assertEqual((status, text), (0, "1 pages print what they say\n"))

    def assert_bad(self, text, *said):
        status, printed = run(text)
        self.assertEqual(status, 1, printed)
        for each in said:
            self.assertIn(each, printed)

    def test_a_page_that_is_right(self):
        self.assert_good("$ build/codex-telemetry-diff two words", "two words", "$ echo $?", "0")

    def test_the_status_is_that_of_the_command_before(self):
        self.assert_good("$ false", "$ echo $?", "1")

    def test_any_text_and_any_lines(self):
        self.assert_good("$ seq 9", "1", "…", "8", "9", "$ echo from 1 to 9", "from … to …")

    def test_continued_lines(self):
        self.assert_good("$ cat <<'END'", "> here", "> END", "here")

    def test_one_shell_and_one_folder_for_a_page(self):
        self.assert_good("$ cd build && name=codex", "$ ls | grep $name", "codex-telemetry-diff")

    def test_another_output_is_red(self):
        self.assert_bad(console("$ echo one", "two"), "page.md:4", "prints\n    one", "says\n    two")

    def test_output_that_the_page_does_not_show_is_red(self):
        self.assert_bad(console("$ echo one"), "prints\n    one")

    def test_a_line_that_is_missing_is_red(self):
        self.assert_bad(console("$ echo one", "one", "two"), "says\n    one\n    two")

    def test_another_status_is_red(self):
        self.assert_bad(console("$ true", "$ echo $?", "1"), "page.md:5")

    def test_a_shell_that_ends_early_is_red(self):
        self.assert_bad(console("$ exit 0", "$ echo there"), "ended before it came to `exit 0`")

    def test_a_page_without_commands_is_red(self):
        self.assert_bad("# A page\n\n```sh\necho not run\n```\n", "shows no command")

    def test_a_block_that_is_not_closed_is_red(self):
        self.assert_bad("```console\n$ echo one\none\n", "not closed")

    def test_the_tree_is_not_touched(self):
        self.assert_good("$ rm -r harness golden && ls -d harness 2>/dev/null")
        self.assertTrue((TREE / "harness" / "sessions").is_dir())


if __name__ == "__main__":
    unittest.main()
