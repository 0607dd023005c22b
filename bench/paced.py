"""Several programs' work in alternation, a piece of work at a time.

Each program announces its next work by a line {"turn": NAME} and waits; answered "measure" it prints the work's rows and announces the same again, answered
"next" it goes on. So all programs' measurements of one work lie within seconds, and what the machine's speed does meanwhile happens to all of them.
Who waits is stopped: the threads of a library that look for more work for a while take nothing from the next. Each has a session of its own: a stopped
member of our process group would have the kernel hang up the whole group where that is in the background.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

LONGEST = 600  # seconds until a program's next announcement


class Program:
    """A task's process. at: the work it waits to do; None: it has ended."""

    def __init__(self, task, environment, folder):
        self.task, self.at, self.errors = task, None, tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(task.command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        start_new_session=True, env={**environment, **task.variables, "BENCH_PACED": "1"})  # fmt: skip
        self.wait()

    def wait(self):
        """The rows printed until the next announcement."""
        rows, self.at = [], None
        watch = threading.Timer(LONGEST, self.process.kill)
        watch.start()
        for line in self.process.stdout:
            if line.startswith("{"):
                row = json.loads(line)
                if "turn" in row:
                    self.at = row["turn"]
                    break
                rows.append(row)
        watch.cancel()
        if self.at is None:
            self.end()
        else:
            self.process.send_signal(signal.SIGSTOP)
        return rows

    def answer(self, word):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # wait() sees the end
        return self.wait()

    def end(self):
        if self.process.wait() != 0:
            self.errors.seek(0)
            print(f"failed: {' '.join(self.task.command)}: {self.errors.read().strip().splitlines()[-1:]}", file=sys.stderr)


def run(tasks, n_turns, environment, folder, processors=None):
    """Rows of all tasks, each with its task and its turn; processors: of those alone."""
    before, programs, rows = os.sched_getaffinity(0), [], []
    try:
        os.sched_setaffinity(0, processors or before)
        for task in tasks:
            programs.append(Program(task, environment, folder))
        while any(p.at for p in programs):
            name = next(p.at for p in programs if p.at)
            group = [p for p in programs if p.at == name]
            for turn in range(n_turns):
                for p in group:
                    if p.at == name:
                        rows += [(p.task, dict(row, turn=turn)) for row in p.answer("measure")]
            for p in group:
                if p.at == name:
                    rows += [(p.task, dict(row, turn=n_turns - 1)) for row in p.answer("next")]
    finally:
        os.sched_setaffinity(0, before)
        for p in programs:
            if p.process.poll() is None:
                p.process.kill()
                p.process.wait()
    return rows
