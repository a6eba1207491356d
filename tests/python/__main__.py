"""Runs tests in Python: python3 tests/python [--long] [FOLDER]; those of this folder if none is named.

HYPAR is the program, PYTHONPATH has python/. Suites whose names end in Long run with --long alone. Says what GoogleTest
says, so that ./test counts all alike.
"""

import sys
import time
import traceback
import unittest
from pathlib import Path


class Result(unittest.TestResult):
    skipped_last = None

    def startTest(self, test):
        super().startTest(test)
        self.start = time.monotonic()
        print(f"[ RUN      ] {name_of(test)}", flush=True)

    def tell(self, verdict, test):
        print(f"[ {verdict} ] {name_of(test)} ({1000 * (time.monotonic() - self.start):.0f} ms)", flush=True)

    def addSuccess(self, test):
        self.tell("      OK", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(reason)
        whole = getattr(test, "test_case", test)  # of a part that is skipped
        if whole is not self.skipped_last:
            self.tell(" SKIPPED", whole)
        self.skipped_last = whole

    def addFailure(self, test, error):
        super().addFailure(test, error)
        traceback.print_exception(*error, file=sys.stdout)
        self.tell(" FAILED ", test)

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            print(subtest)
            traceback.print_exception(*error, file=sys.stdout)


def name_of(test):
    return ".".join(test.id().split(".")[-2:])


def chosen(suite, is_long):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, is_long)
        elif type(test).__name__.endswith("Long") == is_long:
            yield test


words = sys.argv[1:]
folders = [word for word in words if word != "--long"] or [str(Path(__file__).parent)]
tests = unittest.defaultTestLoader.discover(folders[0], "*_test.py")
result = Result()
unittest.TestSuite(chosen(tests, "--long" in words)).run(result)
sys.exit(0 if result.testsRun and result.wasSuccessful() else 1)
