"""How the program is found, what passes through while it runs, and Ctrl-C."""

import io
import os
import pty
import signal
import subprocess
import sys
import threading
import time

import hypar
from hypar import program
from support import PROGRAM, ROOT, FolderTest

# Takes minutes to be replayed in full.
LONG_STEP = {"network": "vgg-e", "accelerators": 64, "batch": 1024}


class Terminal(io.StringIO):
    def isatty(self):
        return True


class FindProgram(FolderTest):
    def test_the_environment_comes_first(self):
        self.assertEqual(hypar.find_program(), os.path.abspath(PROGRAM))
        self.use_program("")
        self.set_environment("HYPAR", "program.sh")
        self.assertEqual(hypar.find_program(), str(self.folder / "program.sh"))

    def test_then_the_checkout(self):
        self.set_environment("HYPAR", None)
        self.assertEqual(hypar.find_program(), str(ROOT / "hypar"))

    def test_then_the_path(self):
        self.use_program("")
        self.set_environment("HYPAR", None)
        self.addCleanup(setattr, program, "_checkout", program._checkout)
        program._checkout = lambda: self.folder / "gone"
        self.set_environment("PATH", str(self.folder))
        with self.assertRaisesRegex(hypar.ProgramNotFound, "HYPAR.*PATH; this package was installed from .*gone"):
            hypar.find_program()
        (self.folder / "program.sh").rename(self.folder / "hypar")
        self.assertEqual(hypar.find_program(), str(self.folder / "hypar"))

    def test_what_cannot_be_run_is_told(self):
        for path in ("missing", "."):
            self.set_environment("HYPAR", path)
            with self.assertRaisesRegex(hypar.ProgramNotFound, f"HYPAR={path} is no program"):
                hypar.find_program()
        self.use_program("")
        self.write("program.sh", "#!/nothing\n")
        with self.assertRaisesRegex(hypar.ProgramNotFound, "cannot be run: No such file"):
            hypar.check("x")


class Streams(FolderTest):
    def test_messages_of_a_command_that_is_done_pass_through(self):
        self.use_program("echo 'hypar: building' >&2; sleep 0.5; echo 'hypar: slöwly' >&2; echo '[]'")
        self.assertEqual(len(hypar.query("x")), 0)
        self.assertEqual(self.said(), "hypar: building\nhypar: slöwly\n")

    def test_they_pass_while_it_runs(self):
        self.use_program("echo 'hypar: building' >&2; until [[ -e seen ]]; do sleep 0.05; done; echo '[]'")
        watcher = threading.Thread(target=self.touch_when_said)
        watcher.start()
        hypar.query("x")
        watcher.join()

    def touch_when_said(self):
        deadline = time.monotonic() + 20
        while "building" not in self.said() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.write("seen", self.said())

    def test_progress_shows_on_a_terminal_and_is_wiped_out(self):
        self.use_program(
            "[[ -t 2 && ! -t 1 ]] || exit 3; echo 'hypar: 2 points' >&2; printf '\\r\\033[K1/2' >&2; sleep 0.7\n"
            "printf '\\r\\033[K2/2' >&2; printf '\\r\\033[K' >&2; [[ $1 == query ]] && echo '[]' && exit 0\n"
            "echo 'hypar: 1 of 2 points failed' >&2; exit 3"
        )
        self.addCleanup(setattr, sys, "stderr", sys.stderr)
        sys.stderr = Terminal()
        hypar.query("x")
        self.assertEqual(sys.stderr.getvalue(), "hypar: 2 points\n\r\033[K1/2\r\033[K2/2\r\033[K")
        sys.stderr = Terminal()
        with self.assertRaisesRegex(hypar.RunError, "^1 of 2 points failed$"):
            hypar.sweep("x")
        self.assertEqual(sys.stderr.getvalue(), "hypar: 2 points\n\r\033[K1/2\r\033[K2/2\r\033[K")

    def test_progress_of_a_program_that_dies_is_wiped_out(self):
        self.use_program("printf '\\r\\033[K1/2' >&2; sleep 0.7; kill -KILL $$")
        self.addCleanup(setattr, sys, "stderr", sys.stderr)
        sys.stderr = Terminal()
        with self.assertRaisesRegex(hypar.RunError, "^ended by signal 9$"):
            hypar.sweep("x")
        self.assertEqual(sys.stderr.getvalue(), "\r\033[K1/2\r\033[K")

    def test_messages_have_no_colours_on_a_terminal(self):
        self.addCleanup(setattr, sys, "stderr", sys.stderr)
        sys.stderr = Terminal()
        with self.assertRaisesRegex(hypar.InputError, '^unknown experiment "nothing"'):
            hypar.run("nothing")
        self.assertEqual(sys.stderr.getvalue(), "")

    def test_much_output_does_not_stand_still(self):
        # "[", 200000 times "0,\n" without the last \n, and "0]": 1 + 3 * 200000 - 1 + 2
        self.use_program("printf '[%s0]' \"$(yes 0, | head -n 200000)\"; yes 'hypar: x' | head -n 100000 >&2")
        self.assertEqual(len(program.execute(["x"]).output), 600002)
        self.assertEqual(self.said().count("hypar: x\n"), 100000)

    def test_without_a_standard_error(self):
        self.addCleanup(setattr, sys, "stderr", sys.stderr)
        sys.stderr = None
        self.use_program("echo 'hypar: x' >&2; echo '[]'")
        self.assertEqual(len(hypar.query("x")), 0)


class CtrlC(FolderTest):
    """Python is interrupted as in a notebook (Python alone) and as on a terminal (its whole process group)."""

    def interrupted(self, call, is_time, group=False):
        """What a Python process prints that makes the call and is interrupted when it is time, by what it has said."""
        script = (
            "import hypar\n"
            f"try: {call}\n"
            "except hypar.Interrupted as e:\n"
            "    print(repr(str(e)), e.status, repr(e.result), getattr(e.result, 'text', ''))"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "TMPDIR": str(self.folder), "TERM": "xterm"}
        reader, writer = pty.openpty()
        self.addCleanup(os.close, reader)
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=writer,
                                   start_new_session=True, env=environment, text=True)
        os.close(writer)
        os.set_blocking(reader, False)
        said = bytearray()
        try:
            self.wait_until(lambda: is_time(self.heard(reader, said)))
            (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
            output = process.communicate(timeout=60)[0]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for word in ("Traceback", "stopped early"):
            self.assertNotIn(word, self.heard(reader, said))
        return output

    def heard(self, reader, said):
        try:
            said += os.read(reader, 1 << 16)
        except OSError:  # nothing yet, or nothing more
            pass
        return said.decode(errors="replace")

    def wait_until(self, condition):
        deadline = time.monotonic() + 300
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_a_run_gives_what_is_known(self):
        for group in (False, True):
            with self.subTest(group=group):
                output = self.interrupted(f"hypar.run({LONG_STEP}, fidelity='full')", lambda said: "%" in said, group)
                self.assertIn("stopped early: the report covers", output)
                self.assertIn(" 3 <hypar.Run vgg-e", output)
                self.assertIn("partial: ", output)
                self.assertIn('"partial": {', output)
                self.assertEqual(os.listdir(self.folder), [])

    def test_a_sweep_keeps_its_points(self):
        sweep = {"base": LONG_STEP, "vary": {"batch": [1024 + 64 * i for i in range(8)]}}
        started = self.folder / "r/results.sqlite"
        output = self.interrupted(f"hypar.sweep({sweep}, 'r', jobs=1)", lambda said: started.exists())
        self.assertIn("stopped early: ", output)
        self.assertIn("the same command goes on' 3 <hypar.Sweep in r>", output)
        self.assertIn("missing", (self.folder / "r/results.csv").read_text())
        self.assertEqual(os.listdir(self.folder), ["r"])

    def test_what_the_program_has_started_is_not_waited_for(self):
        self.use_program("echo 'hypar: x' >&2; sleep 60 & echo '[]'")
        start = time.monotonic()
        self.assertEqual(len(hypar.query("x")), 0)
        self.assertLess(time.monotonic() - start, 30)

    def test_a_program_that_has_nothing_to_say_is_ended(self):
        self.use_program("touch started; sleep 60")
        output = self.interrupted("hypar.reproduce()", lambda said: (self.folder / "started").exists())
        self.assertEqual(output, "'stopped early' -15 None \n")

    def test_once_more_ends_it_at_once(self):
        self.use_program("trap 'touch heard' TERM; echo $$ >number; touch started; while true; do sleep 0.1; done")
        script = "import hypar\ntry: hypar.reproduce()\nexcept KeyboardInterrupt as e: print(type(e).__name__)"
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment,
                              text=True) as process:
            for file in ("started", "heard"):
                self.wait_until((self.folder / file).exists)
                process.send_signal(signal.SIGINT)
            self.assertEqual(process.communicate(timeout=60)[0], "KeyboardInterrupt\n")
        with self.assertRaises(ProcessLookupError):
            os.kill(int((self.folder / "number").read_text()), 0)

    def test_it_is_no_exception_that_a_loop_takes(self):
        self.assertTrue(issubclass(hypar.Interrupted, KeyboardInterrupt))
        self.assertFalse(issubclass(hypar.Interrupted, Exception))

    def test_a_program_that_others_stop(self):
        self.use_program("echo 'hypar: stopped early: nothing is written' >&2; exit 3")
        with self.assertRaises(hypar.Interrupted) as caught:
            hypar.reproduce()
        self.assertEqual((caught.exception.status, caught.exception.result), (3, None))
