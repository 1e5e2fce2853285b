"""Errors that the service reports to a caller, each with its HTTP status and a stable code."""


class LedgerError(Exception):
    """Base of every error whose message may be shown to the caller."""

    status = 400
    code = "invalid_request"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationError(LedgerError):
    """The request is well formed but its content is not acceptable."""

    status = 422
    code = "invalid_content"


class AuthenticationError(LedgerError):
    """The caller did not prove who they are."""

    status = 401
    code = "unauthenticated"


class AuthorizationError(LedgerError):
    """The caller is known but may not do this."""

    status = 403
    code = "forbidden"


class NotFoundError(LedgerError):
    """There is nothing under this name."""

    status = 404
    code = "not_found"


class MethodNotAllowedError(LedgerError):
    """The resource exists but does not answer to this method."""

    status = 405
    code = "method_not_allowed"


class ConflictError(LedgerError):
    """The reference is already taken."""

    status = 409
    code = "conflict"


class PayloadTooLargeError(LedgerError):
    """The request body is over the limit."""

    status = 413
    code = "payload_too_large"


class ConfigurationError(Exception):
    """The process was started with settings it cannot use."""
