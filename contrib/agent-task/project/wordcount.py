# SPDX-License-Identifier: Apache-2.0
"""Count the words of a text: the code that the example agent is asked to test."""


def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,;:!?")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
