"""Benchmarks by Criterion.rs: a plain one, a group with inputs and throughput, measured twice and under a named baseline; one panics."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

#: Where Debian keeps the sources of crates.
DEBIAN = Path("/usr/share/cargo/registry")
PACKAGE = """\
[package]
name = "tiny"
version = "0.1.0"
edition = "2021"
[dev-dependencies]
criterion = { version = "*", default-features = false, features = ["cargo_bench_support"] }
[[bench]]
name = "tiny"
harness = false
"""
BENCHMARKS = """\
use criterion::*;
use std::hint::black_box;
use std::time::Duration;

fn benches(c: &mut Criterion) {
    c.bench_function("sum", |b| b.iter(|| (0..black_box(100u64)).sum::<u64>()));
    let mut group = c.benchmark_group("sorting");
    for n in [8u64, 64] {
        group.throughput(Throughput::Elements(n));
        group.bench_with_input(BenchmarkId::new("stable", n), &n, |b, &n| {
            b.iter(|| {
                let mut rows: Vec<u64> = (0..n).rev().collect();
                rows.sort();
                rows
            })
        });
    }
    group.finish();
    if std::env::var("UNLUCKY").is_ok() {
        c.bench_function("unlucky", |b| b.iter(|| -> u64 { panic!("no luck") }));
    }
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(20))
        .measurement_time(Duration::from_millis(50));
    targets = benches
}
criterion_main!(all);
"""


def main(target: Path) -> None:
    cargo = shutil.which("cargo")
    if cargo is None:
        print("needs cargo")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "tiny")
        for name, text in {
            "Cargo.toml": PACKAGE,
            "src/lib.rs": "",
            "benches/tiny.rs": BENCHMARKS,
            ".cargo/config.toml": _source(),
        }.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        bench = [cargo, "bench", "--quiet", "--bench", "tiny", "--"]
        for words, more, code in (
            ([], {}, 0),
            ([], {"UNLUCKY": "1"}, 101),
            (["--save-baseline", "main"], {}, 0),
        ):
            done = subprocess.run([*bench, *words], cwd=place, env=os.environ | more, capture_output=True)
            assert done.returncode == code, done.stderr.decode()
        made = place / "target" / "criterion"
        shutil.copytree(made, target / "target" / "criterion", ignore=shutil.ignore_patterns("*.svg"))


def _source() -> str:
    if not any(DEBIAN.glob("criterion-*")):
        return ""
    return f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{DEBIAN}"\n'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
