"""The process: Streamlit's server with our doors in front of it. `python -m core serve` starts it."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit.file_util import get_static_dir
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.bootstrap import application
from core.errors import RecordAnalystError
from core.web.api.app import api
from core.web.gate import Frames, Gate
from core.web.metrics import metrics_route
from core.web.problem import API
from core.web.server import attend, end_soon, send_at_once
from core.web.shield import Shield, content_security_policy
from core.web.sign_in import sign_in_routes
from core.web.single_sign_on import single_sign_on_routes
from core.web.welcome import welcome

# What browsers may ask of Streamlit. Left out: clearing caches, uploads, git, installing things.
MESSAGES = {"rerun_script", "stop_script", "app_heartbeat"}
OPERATIONS = {"deferred_file", "dataframe_chunk"}


def may_pass(frame: bytes) -> bool:
    message = BackMsg()
    try:
        message.ParseFromString(frame)
    except Exception:  # the protobuf libraries raise errors of their own
        return False
    return (
        message.WhichOneof("type") in MESSAGES or message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    )


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncGenerator[None]:
    try:
        opened = await run_in_threadpool(application)
    except RecordAnalystError as error:
        _end(f"{error.message} {error.hint}", 1)
    print(welcome(opened), flush=True)
    send_at_once()
    end_soon()
    attend()
    try:
        yield
    finally:
        opened.close()  # not in a thread: the loop may be ending, and has nothing else to do
        _end("Ended.", 0)


def _end(last_words: str, code: int) -> NoReturn:
    """Here and now: what would follow is the server's own talk about being interrupted."""
    print(last_words, flush=True)
    os._exit(code)


INDEX = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
RELOAD = ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString()  # the address it is at

app = st.App(
    "pages/navigation.py",
    routes=[
        *sign_in_routes(application),
        *single_sign_on_routes(application),
        metrics_route(application),
        Mount(API, api(application)),
    ],
    middleware=[
        Middleware(Shield, application=application, policy=content_security_policy(INDEX)),
        Middleware(Gate, application=application, frames=Frames(RELOAD, may_pass)),
    ],
    lifespan=lifespan,
)
