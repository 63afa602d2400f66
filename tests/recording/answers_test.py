"""The scripted model says what the compact items mean."""
import unittest

from . import ROOT  # noqa: F401  (the path of the recorder)
from recording.answers import Hold, Sleep, events
from recording.model import ScriptedModel


class AnswersTest(unittest.TestCase):
    def kinds(self, *answer: dict) -> list[str]:
        return [part["type"].removeprefix("response.") if isinstance(part, dict) else repr(part)
                for part in events("7", list(answer))]

    def test_an_answer_begins_and_is_completed_unless_it_is_cut(self) -> None:
        self.assertEqual(self.kinds({"message": "hi"}), ["created", "output_item.done", "completed"])
        self.assertEqual(self.kinds({"message": "hi"}, {"cut": True}), ["created", "output_item.done"])

    def test_deltas_make_up_the_message(self) -> None:
        parts = events("7", [{"deltas": ["Hel", {"hold": "later"}, "lo"], "phase": "final_answer"}])
        self.assertEqual([part.get("delta") if isinstance(part, dict) else part for part in parts],
                         [None, None, "Hel", Hold("later"), "lo", None, None])
        done = parts[-2]["item"]
        self.assertEqual((done["content"][0]["text"], done["phase"], done["id"]), ("Hello", "final_answer", "msg_7_0"))
        self.assertEqual({part["item_id"] for part in parts if isinstance(part, dict) and "delta" in part}, {"msg_7_0"})

    def test_reasoning_comes_in_parts_of_pieces(self) -> None:
        self.assertEqual(self.kinds({"reasoning_deltas": [["a", "b"], ["c"]]})[1:-1],
                         ["output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
                          "reasoning_summary_text.delta", "reasoning_summary_part.added",
                          "reasoning_summary_text.delta", "output_item.done"])

    def test_pauses_are_no_items(self) -> None:
        parts = events("7", [{"sleep": 0.5}, {"command": "a"}, {"sleep": 0.5}, {"command": "b"}])
        self.assertEqual(parts[1], Sleep(0.5))
        self.assertEqual([part["item"]["call_id"] for part in parts if isinstance(part, dict) and "item" in part],
                         ["call_7_0", "call_7_1"])

    def test_typing_goes_to_the_command_that_was_started_last(self) -> None:
        asked = "Process running with session ID 17 … Process running with session ID 4242 …"
        (_, typed, _) = events("7", [{"type_in": "yes\n"}], asked)
        self.assertEqual((typed["item"]["name"], typed["item"]["arguments"]),
                         ("write_stdin", '{"session_id": 4242, "chars": "yes\\n"}'))

    def test_each_thread_has_its_own_answers(self) -> None:
        model = ScriptedModel({"$left": [[{"message": "l"}]], "$right": [[{"message": "r"}]]})
        model.knows_thread("id-left", "left")
        model.knows_thread("id-right", "right")
        model.knows_thread("id-turn", "turn")
        self.assertEqual(model.next_answer("id-right"), ("right_0", [{"message": "r"}]))
        self.assertEqual(model.next_answer("id-left"), ("left_0", [{"message": "l"}]))
        self.assertIsNone(model.next_answer("id-left")[1])
        self.assertIsNone(model.next_answer("another")[1])


if __name__ == "__main__":
    unittest.main()
