"""The peer: the same text through Streamlit's own st.write_stream. Run by benchmarks/browser.py."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.steady_server import words


def paced():
    began = time.monotonic()
    for number, word in enumerate(words(int(os.environ["TOKENS"]))):
        time.sleep(max(0.0, began + number / float(os.environ["PER_SECOND"]) - time.monotonic()))
        yield word


st.write_stream(paced)
st.write("The end of it")
