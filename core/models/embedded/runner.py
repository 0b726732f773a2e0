"""A process that holds one GGUF model in llama.cpp. Started by the embedded model server, one for each loaded model.

A process of its own because llama.cpp ends its process on some damaged files and when memory runs out; so only this
one model is gone then, and unloading gives all memory back. It reads its orders as one line of JSON on standard input,
answers with one line that holds the address it listens on, and ends when standard input is closed: however its parent
ends, it does not stay behind.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any


def main() -> None:
    orders: dict[str, Any] = json.loads(sys.stdin.readline())
    os.environ["GGML_NO_BACKTRACE"] = "1"
    answer = os.dup(1)
    os.dup2(2, 1)  # llama.cpp prints to both; only the answer belongs on standard output

    xllamacpp: Any = importlib.import_module("xllamacpp")  # 100 MB of machine code without types
    params = xllamacpp.CommonParams()
    params.model.path = orders["file"]
    params.n_parallel = orders["parallel"]
    params.n_ctx = orders["context_length"] * orders["parallel"]  # llama.cpp shares it out
    params.n_batch = params.n_ubatch = orders["batch"]  # a stop is noticed between two batches
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = orders["threads"]
        threads.poll = 0  # a thread that waits for the others sleeps instead of burning the core they may need
    params.cache_ram_mib = orders["cache_mib"]
    params.api_keys = [orders["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.fit_params = False
    params.offline = True
    params.sse_ping_interval = 1  # second: only when it writes does it notice that the client has gone
    params.verbosity = 1  # errors
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        sys.exit(f"{orders['file']}: {error}")
    os.write(answer, json.dumps({"address": server.listening_address}).encode() + b"\n")
    os.close(answer)
    sys.stdin.read()
    os._exit(0)  # nothing to save, and answers under way are not waited for


if __name__ == "__main__":
    main()
