"""How pages are read."""

import unittest

from pages import Command, File, matches, parts


class Pages(unittest.TestCase):
    def test_commands_have_the_output_that_a_dollar_announces(self):
        page = "Text `./hypar list\nnetworks`, and `hypar run X`.\n\n"
        page += "    $ ./hypar show x     # a comment\n      a\n\n      b\n"
        page += "    $ hypar y\n\nText.\n\n    ./hypar z 'one\n        two' \\\n        three\n    other\n"
        self.assertEqual(parts(page), [
            Command(1, "./hypar list networks"),
            Command(4, "./hypar show x     # a comment", ["  a", "", "  b"]),
            Command(8, "hypar y", []),
            Command(12, "./hypar z 'one\n    two' \\\n    three"),
        ])

    def test_a_block_may_be_a_file(self):
        self.assertEqual(parts("```yaml\nnetwork: x   # my.yaml; a name\n\nbatch: 2\n```\n"),
                         [File(2, "my.yaml", "network: x   # my.yaml; a name\n\nbatch: 2\n")])
        self.assertEqual(parts("```yaml\nnetwork: x   # a name\n```\n\n```\n./hypar a\n```\n"),
                         [Command(6, "./hypar a")])

    def test_outputs_are_equal_but_for_what_is_abbreviated(self):
        self.assertTrue(matches(["", "  a  b", ""], "  a  b\n"))
        self.assertFalse(matches(["  a  b"], "  a  b\n  c\n"))
        self.assertFalse(matches(["  a b"], "  a  b\n"))
        self.assertFalse(matches(["  a", "  c"], "  a\n  b\n  c\n"))
        self.assertTrue(matches(["  a", "...", "  c"], "  a\n  b\n  b\n  c\n"))
        self.assertTrue(matches(["  a", "..."], "  a\n\n  b\n"))
        self.assertTrue(matches(["took ... s"], "took 0.3 s\n"))
        self.assertFalse(matches(["took ... s"], "took 0.3 s and\n"))
        self.assertFalse(matches(["a.c"], "abc\n"))
