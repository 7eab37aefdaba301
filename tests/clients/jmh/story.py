"""Benchmarks by JMH: two modes of one, parameters, sampled times, one that fails for some parameters, a profiler, a single iteration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = """\
package tiny;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.*;

@State(Scope.Thread)
public class Tiny {
    @Param({"8", "64"})
    int n;
    int[] rows;

    @Setup
    public void setUp() {
        rows = new int[n];
        for (int i = 0; i < n; i++) rows[i] = n - i;
    }

    @Benchmark
    @BenchmarkMode({Mode.AverageTime, Mode.Throughput})
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public int[] sort() {
        int[] copy = rows.clone();
        Arrays.sort(copy);
        return copy;
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    public int sum() {
        int sum = 0;
        for (int row : rows) sum += row;
        return sum;
    }

    @Benchmark
    public int fails() {
        if (n > 8) throw new IllegalStateException("no luck");
        return n;
    }
}
"""


def main(target: Path) -> None:
    path, java, javac = os.environ.get("JMH_CLASSPATH"), shutil.which("java"), shutil.which("javac")
    if not path or java is None or javac is None:
        print("needs java, javac, and JMH_CLASSPATH with the jars of JMH and of what it needs")
        sys.exit(77)
    results = target / "speed"
    results.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Tiny.java").write_text(BENCHMARKS)
        subprocess.run([javac, "-d", folder, "-cp", path, "Tiny.java"], cwd=folder, check=True)
        common = ["-wi", "1", "-w", "20ms", "-r", "20ms", "-rf", "json"]
        for name, words in {
            "repeated": ["-f", "2", "-i", "2"],
            "single": ["-f", "1", "-i", "1", "sort"],
            "profiled": ["-f", "1", "-i", "2", "-prof", "gc", "-p", "n=8", "sort"],
        }.items():
            command = [java, "-cp", f"{folder}{os.pathsep}{path}", "org.openjdk.jmh.Main", *common, *words]
            file = str(results / f"{name}.json")
            subprocess.run([*command, "-rff", file], cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
