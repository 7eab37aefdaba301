window.BENCHMARK_DATA = {
  "lastUpdate": 1795709860757,
  "repoUrl": "https://example.org/a/tiny",
  "entries": {
    "Own": [
      {
        "commit": {
          "id": "0abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 0\n\nMore of it",
          "timestamp": "2026-01-01T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/0abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709858681,
        "tool": "customSmallerIsBetter",
        "benches": [
          {
            "name": "loss/val",
            "value": 0.5,
            "range": "± 0.1",
            "unit": "nats"
          },
          {
            "name": "time/epoch",
            "value": 250,
            "unit": "ms",
            "extra": "box"
          }
        ]
      },
      {
        "commit": {
          "id": "1abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 1\n\nMore of it",
          "timestamp": "2026-01-02T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/1abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709859157,
        "tool": "customSmallerIsBetter",
        "benches": [
          {
            "name": "loss/val",
            "value": 0.375,
            "range": "± 0.1",
            "unit": "nats"
          },
          {
            "name": "time/epoch",
            "value": 251,
            "unit": "ms",
            "extra": "box"
          }
        ]
      },
      {
        "commit": {
          "id": "2abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 2\n\nMore of it",
          "timestamp": "2026-01-03T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/2abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709859756,
        "tool": "customSmallerIsBetter",
        "benches": [
          {
            "name": "loss/val",
            "value": 0.25,
            "range": "± 0.1",
            "unit": "nats"
          },
          {
            "name": "time/epoch",
            "value": 252,
            "unit": "ms",
            "extra": "box"
          }
        ]
      },
      {
        "commit": {
          "id": "3abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 3\n\nMore of it",
          "timestamp": "2026-01-04T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/3abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709860410,
        "tool": "customSmallerIsBetter",
        "benches": [
          {
            "name": "loss/val",
            "value": 0.125,
            "range": "± 0.1",
            "unit": "nats"
          },
          {
            "name": "time/epoch",
            "value": 253,
            "unit": "ms",
            "extra": "box"
          }
        ]
      }
    ],
    "Python": [
      {
        "commit": {
          "id": "0abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 0\n\nMore of it",
          "timestamp": "2026-01-01T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/0abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709858912,
        "tool": "pytest",
        "benches": [
          {
            "name": "test_tiny.py::test_sum",
            "value": 4,
            "unit": "iter/sec",
            "range": "stddev: 0.025",
            "extra": "mean: 250 msec\nrounds: 5"
          },
          {
            "name": "test_tiny.py::test_sort",
            "value": 2,
            "unit": "iter/sec",
            "range": "stddev: 0.05",
            "extra": "mean: 500 msec\nrounds: 5"
          }
        ]
      },
      {
        "commit": {
          "id": "1abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 1\n\nMore of it",
          "timestamp": "2026-01-02T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/1abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709859444,
        "tool": "pytest",
        "benches": [
          {
            "name": "test_tiny.py::test_sum",
            "value": 4,
            "unit": "iter/sec",
            "range": "stddev: 0.025",
            "extra": "mean: 250 msec\nrounds: 5"
          },
          {
            "name": "test_tiny.py::test_sort",
            "value": 2,
            "unit": "iter/sec",
            "range": "stddev: 0.05",
            "extra": "mean: 500 msec\nrounds: 5"
          }
        ]
      },
      {
        "commit": {
          "id": "3abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "message": "Change 3\n\nMore of it",
          "timestamp": "2026-01-04T00:00:00Z",
          "url": "https://example.org/a/tiny/commit/3abcdef0abcdef0abcdef0abcdef0abcdef0abcd",
          "author": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          },
          "committer": {
            "name": "a",
            "email": "a@example.org",
            "username": "a"
          }
        },
        "date": 1795709860738,
        "tool": "pytest",
        "benches": [
          {
            "name": "test_tiny.py::test_sum",
            "value": 4,
            "unit": "iter/sec",
            "range": "stddev: 0.025",
            "extra": "mean: 250 msec\nrounds: 5"
          },
          {
            "name": "test_tiny.py::test_sort",
            "value": 2,
            "unit": "iter/sec",
            "range": "stddev: 0.05",
            "extra": "mean: 500 msec\nrounds: 5"
          }
        ]
      }
    ]
  }
}