"""Every error a person can be shown, in one tree.

Each carries a message that is safe to show (no SQL, hosts, traces or record data), a hint what to do, an HTTP
status and a stable code. Raised where the cause is known, translated at one boundary per driver (`raise … from`),
shown by one function per face.

    RecordAnalystError
    ├── InvalidRequest           400  what was asked cannot be asked
    │   ├── InvalidRecordId      400
    │   ├── PurposeRequired      400
    │   ├── UnknownUseCase       404
    │   ├── MethodNotAllowed     405  of the HTTP API, as the three below
    │   ├── RequestTooLarge      413
    │   ├── UnsupportedMediaType 415
    │   └── HeadersTooLarge      431
    ├── NotSignedIn              401
    ├── SignInUnavailable        503  the provider of single sign-on
    ├── NotAllowed               403  the role, the use case or the routing rule says no
    ├── LimitReached             429  with retry_after seconds
    ├── NoSuchRecord             404  the procedure returned nothing for this ID
    ├── NotFound                 404  no such analysis, user, session …
    ├── Conflict                 409  somebody was faster, or the state forbids it
    ├── DatabaseError            502  the business database
    │   ├── DatabaseUnavailable  503
    │   ├── DriverMissing        500
    │   ├── ProcedureMissing     502
    │   ├── ProcedureFailed      502
    │   └── ProcedureTimedOut    504
    ├── MaskingFailed            500
    ├── ModelError               502
    │   ├── ModelServerUnavailable 503
    │   ├── ModelMissing         404
    │   ├── ModelBusy            503
    │   ├── ModelFailed          502  an error, or an end without the end mark, in mid-stream
    │   ├── ModelTimedOut        504
    │   └── PromptTooLong        413
    ├── StoreUnavailable         503  the state database
    │   └── AuditUnavailable     503  nothing is fetched without an audit row
    └── SettingsError            500
        └── UseCaseInvalid       500  file, line and remedy
"""

from __future__ import annotations


class RecordAnalystError(Exception):
    """Root of the tree. `message` and `hint` may be shown to anybody who may use the product."""

    status: int = 500
    hint: str = "Try again; if it stays, tell your administrator."

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if hint is not None:
            self.hint = hint

    @property
    def code(self) -> str:
        """The class name in kebab case: stable, for programs (`no-such-record`)."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class InvalidRequest(RecordAnalystError):
    status = 400
    hint = "Correct the value and ask again."


class InvalidRecordId(InvalidRequest):
    pass


class PurposeRequired(InvalidRequest):
    hint = "Say in a few words why you need this record; it is kept in the audit log."


class UnknownUseCase(InvalidRequest):
    status = 404
    hint = "Choose one of the use cases offered to you."


class MethodNotAllowed(InvalidRequest):
    status = 405
    hint = "The Allow header names the methods of this address."


class RequestTooLarge(InvalidRequest):
    status = 413
    hint = "Send less."


class UnsupportedMediaType(InvalidRequest):
    status = 415
    hint = "Send JSON, with the header Content-Type: application/json."


class HeadersTooLarge(InvalidRequest):
    status = 431
    hint = "Send fewer and shorter headers."


class NotSignedIn(RecordAnalystError):
    status = 401
    hint = "Sign in and try again."


class SignInUnavailable(RecordAnalystError):
    status = 503
    hint = "Try again in a minute; if it stays, tell your administrator."


class NotAllowed(RecordAnalystError):
    status = 403
    hint = "Ask your administrator if you need this."


class LimitReached(RecordAnalystError):
    """`retry_after`: seconds until the same request would be accepted."""

    status = 429

    def __init__(self, message: str, hint: str | None = None, *, retry_after: float) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class NoSuchRecord(RecordAnalystError):
    status = 404
    hint = "Check the ID and ask again."


class NotFound(RecordAnalystError):
    status = 404
    hint = "It may have been removed, or the address is mistyped."


class Conflict(RecordAnalystError):
    status = 409
    hint = "Reload to see how it stands now."


class DatabaseError(RecordAnalystError):
    status = 502


class DatabaseUnavailable(DatabaseError):
    status = 503
    hint = "Try again in a minute; if it stays, tell your administrator."


class DriverMissing(DatabaseError):
    status = 500
    hint = "An administrator must install the database driver; Health says which."


class ProcedureMissing(DatabaseError):
    hint = "An administrator must install the procedure or grant EXECUTE on it."


class ProcedureFailed(DatabaseError):
    hint = "Try again; if it stays, an administrator finds the cause in the server log under this request."


class ProcedureTimedOut(DatabaseError):
    status = 504
    hint = "Try again later; if it stays, the procedure needs a faster plan or a longer limit."


class MaskingFailed(RecordAnalystError):
    hint = "Nothing was sent to a model. An administrator must correct the use case's column policies."


class ModelError(RecordAnalystError):
    status = 502
    hint = "Ask again, or choose another model."


class ModelServerUnavailable(ModelError):
    status = 503
    hint = "Choose a model of another server, or ask again in a minute."


class ModelMissing(ModelError):
    status = 404
    hint = "Choose another model."


class ModelBusy(ModelError):
    status = 503
    hint = "Ask again in a minute, or choose another model."


class ModelFailed(ModelError):
    pass


class ModelTimedOut(ModelError):
    status = 504
    hint = "Ask again, choose a faster model, or have the limit raised."


class PromptTooLong(ModelError):
    status = 413
    hint = "Choose a model with a larger context window."


class StoreUnavailable(RecordAnalystError):
    status = 503
    hint = "Try again in a minute; if it stays, tell your administrator."


class AuditUnavailable(StoreUnavailable):
    pass


class SettingsError(RecordAnalystError):
    hint = "Correct the setting and start again."


class UseCaseInvalid(SettingsError):
    """A file in prompts/ that cannot be used. `line` is 1-based, 0 when the whole file is meant."""

    hint = "Correct the file; it is read again as soon as it is saved."

    def __init__(self, file: str, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}", remedy)
        self.file = file
        self.line = line
