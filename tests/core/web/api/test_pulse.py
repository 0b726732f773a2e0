import asyncio

from sqlalchemy import Engine, StaticPool, create_engine, event

from core.web.api.pulse import Pulse


def counted(engine: Engine) -> list[str]:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    return statements


def test_however_many_ask_the_database_is_asked_once():
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    statements = counted(engine)
    pulse = Pulse(lambda: engine)

    async def ask_many() -> list[bool]:
        return await asyncio.gather(*(pulse.is_up() for _ in range(50)))

    assert asyncio.run(ask_many()) == [True] * 50
    assert statements == ["SELECT 1"]
    engine.dispose()


def test_a_database_that_does_not_answer_is_down_and_is_asked_again(monkeypatch):
    there = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    engines = [create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"), there]
    pulse = Pulse(lambda: engines.pop(0))
    monkeypatch.setattr("core.web.api.pulse.FRESH_SECONDS", 0)

    async def ask_twice() -> list[bool]:
        return [await pulse.is_up(), await pulse.is_up()]

    assert asyncio.run(ask_twice()) == [False, True]
    there.dispose()
