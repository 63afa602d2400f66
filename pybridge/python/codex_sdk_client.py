"""The driver's api "client": `openai_codex.client.CodexClient`, the class that takes an approval
handler and gives every notification.
"""

from __future__ import annotations

import threading
import types
import typing
from typing import Any, Callable, Iterator

import codex_sdk_show as show
from codex_sdk_readers import Readers
from openai_codex import CodexConfig, TransportClosedError, TurnHandle, TurnResult
from openai_codex.client import CodexClient
from openai_codex.generated import v2_all
from openai_codex.models import Notification
from pydantic import BaseModel, RootModel

# Responses whose class is not named as the request's params are.
_OTHER_RESPONSES = {
    "account/gatewayOAuth/cancel": "GatewayOAuthCancelResponse",
    "account/gatewayOAuth/login": "GatewayOAuthLoginResponse",
    "account/gatewayOAuth/read": "GatewayOAuthReadResponse",
    "account/logout": "LogoutAccountResponse",
    "account/workspaceMessages/read": "GetWorkspaceMessagesResponse",
    "config/batchWrite": "ConfigWriteResponse",
    "config/mcpServer/reload": "McpServerRefreshResponse",
    "config/value/write": "ConfigWriteResponse",
    "configRequirements/read": "ConfigRequirementsReadResponse",
    "externalAgentConfig/import/readHistories": "ExternalAgentConfigImportHistoriesReadResponse",
    "windowsSandbox/readiness": "WindowsSandboxReadinessResponse",
}


class AnyResult(RootModel[dict[str, Any]]):
    """For a method that the client has no response class for: whatever object comes."""


def _response_models() -> dict[str, type[BaseModel]]:
    """Method to response class: ThreadStartParams is answered by ThreadStartResponse."""
    models: dict[str, type[BaseModel]] = {}
    for request in typing.get_args(v2_all.ClientRequest.model_fields["root"].annotation):
        method = typing.get_args(request.model_fields["method"].annotation)[0]
        params = request.model_fields.get("params")
        name = _OTHER_RESPONSES.get(method)
        if name is None and params is not None:
            kinds = [params.annotation, *typing.get_args(params.annotation)]
            names = [kind.__name__ for kind in kinds if hasattr(kind, "__name__")]
            stems = [each.removesuffix("Params") for each in names if each.endswith("Params")]
            name = stems[0] + "Response" if stems else None
        found = getattr(v2_all, name, None) if name else None
        if isinstance(found, type) and issubclass(found, BaseModel):
            models[method] = found
    return models


_RESPONSES = _response_models()


class Turn(typing.NamedTuple):
    """A turn that somebody consumes, twice: as notifications and as a result."""

    id: str
    stream: Callable[[], Iterator[Notification]]
    run: Callable[[], TurnResult]


class ClientApi:
    """Made and started on the session's main thread; call() on any."""

    sees_everything = True

    def __init__(
        self,
        config: CodexConfig,
        approve: Callable[[str, Any], Any],
        heard_globally: Callable[[Notification], None],
        lost: Callable[[], None],
    ) -> None:
        self.readers = Readers()
        self._client = CodexClient(config, approval_handler=approve)
        self._heard_globally = heard_globally
        self._lost = lost
        self._ended_by: Exception | None = None
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        self.readers.started_by(self._client.start)
        self._listener.start()

    def _listen(self) -> None:
        while True:
            try:
                notification = self._client.next_notification()
            except Exception as error:
                self._ended_by = error
                self._lost()
                return
            self._heard_globally(notification)

    def starts_by_itself(self, method: str) -> bool:
        return False

    def call(self, method: str, params: Any) -> tuple[Any, Turn | None]:
        """The response, and the turn that it starts. Raises what the client raises."""
        response = self._call(method, params)
        if method == "turn/start":
            thread_id = params.get("threadId") if isinstance(params, dict) else None
            return response, self._turn(thread_id, response.turn.id)
        if method == "review/start":
            return response, self._turn(response.review_thread_id, response.turn.id)
        return response, None

    def notify(self, method: str, params: Any) -> None:
        self._client.notify(method, params)

    def _turn(self, thread_id: Any, turn_id: str) -> Turn:
        # turn_start() has done it; nothing listens by itself for what other calls start.
        self._client.register_turn_notifications(turn_id)
        handle = TurnHandle(self._client, thread_id, turn_id)
        return Turn(turn_id, lambda: self._stream(turn_id), handle.run)

    def _stream(self, turn_id: str) -> Iterator[Notification]:
        try:
            while True:
                notification = self._client.next_turn_notification(turn_id)
                yield notification
                if show.ends_turn(notification, turn_id):
                    return
        finally:
            self._client.unregister_turn_notifications(turn_id)

    def _call(self, method: str, params: Any) -> Any:
        """By the method of its own that the client has for it, where that sends the same."""
        client = self._client
        given = dict(params) if isinstance(params, dict) else None
        keys = set(given or ())
        thread = {"threadId"}
        match method:
            case "initialize":
                return client.initialize()
            case "thread/start" if given is not None:
                return client.thread_start(given)
            case "thread/list" if given is not None:
                return client.thread_list(given)
            case "thread/resume" if thread <= keys:
                return client.thread_resume(given.pop("threadId"), given)
            case "thread/fork" if thread <= keys:
                return client.thread_fork(given.pop("threadId"), given)
            case "thread/read" if keys == {"threadId", "includeTurns"}:
                return client.thread_read(given["threadId"], given["includeTurns"])
            case "thread/archive" if keys == thread:
                return client.thread_archive(given["threadId"])
            case "thread/unarchive" if keys == thread:
                return client.thread_unarchive(given["threadId"])
            case "thread/name/set" if keys == {"threadId", "name"}:
                return client.thread_set_name(given["threadId"], given["name"])
            case "thread/compact/start" if keys == thread:
                return client.thread_compact(given["threadId"])
            case "thread/goal/clear" if keys == thread:
                return client.thread_goal_clear(given["threadId"])
            case "turn/start" if {"threadId", "input"} <= keys:
                return client.turn_start(given.pop("threadId"), given.pop("input"), given)
            case "turn/interrupt" if keys == {"threadId", "turnId"}:
                return client.turn_interrupt(given["threadId"], given["turnId"])
            case "turn/steer" if keys == {"threadId", "expectedTurnId", "input"}:
                return client.turn_steer(
                    given["threadId"], given["expectedTurnId"], given["input"]
                )
            case "model/list" if keys == {"includeHidden"}:
                return client.model_list(given["includeHidden"])
            case "account/read" if given is not None:
                return client.account_read(given)
            case "account/login/start" if given is not None:
                return client.account_login_start(given)
            case "account/login/cancel" if keys == {"loginId"}:
                return client.account_login_cancel(given["loginId"])
            case "account/logout" if params is None:
                return client.account_logout()
        return client.request(method, params, response_model=_RESPONSES.get(method, AnyResult))

    def finish(self, is_closed: bool, idle: Callable[[], None]) -> Exception | None:
        """Closes the client; what had ended its connection before, if anything had."""
        if self._ended_by is None:
            idle()
            self._listener.join()
            # Codex's output ended because the tape had: that is ours.
            if not is_closed and isinstance(self._ended_by, TransportClosedError):
                self._ended_by = None
        try:
            self._client.close()
        except OSError:
            pass  # what a call could not write to a codex that was gone is written once more
        return self._ended_by

