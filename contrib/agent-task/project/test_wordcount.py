# SPDX-License-Identifier: Apache-2.0
import unittest

from wordcount import count_words


class CountWords(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(count_words("a b a"), {"a": 2, "b": 1})

    def test_punctuation_and_case(self):
        self.assertEqual(count_words("Stop. stop, STOP!"), {"stop": 3})

    def test_empty(self):
        self.assertEqual(count_words(" \n"), {})


if __name__ == "__main__":
    unittest.main()
