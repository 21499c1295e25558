"""How a call reaches the strict Bot API server: bodies decoded, parameters checked one by one against the method."""

import email.message
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

JSON = dict[str, Any]

_REQUIRED = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "draft_id": "draft identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
}


class Refused(Exception):
    """A call Telegram answers with ``ok: false``."""

    def __init__(self, reason: str = "", status: int = 400, retry_after: int | None = None) -> None:
        phrase = HTTPStatus(status).phrase
        self.description = f"{phrase}: {reason}" if reason else phrase
        self.status = status
        self.retry_after = retry_after
        super().__init__(self.description)


@dataclass(frozen=True)
class Upload:
    """A file as the bot or a person sent it."""

    name: str
    content: bytes = field(repr=False)
    mime: str = "application/octet-stream"


@dataclass
class Request:
    """One call: its parameters, typed as the method wants them, and its uploads by field name."""

    parameters: JSON
    uploads: dict[str, Upload]
    gone: Callable[[], bool]  # has the caller hung up?

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str) -> Any:
        return self.parameters.get(name)

    def file(self, name: str) -> Upload | str | None:
        """The upload behind a file parameter, or the file id given instead."""
        value = self.parameters.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"), value)
        return self.uploads.get(name, value)


def decode(content_type: str, body: bytes, query: str) -> tuple[JSON, dict[str, Upload]]:
    """The raw parameters and the uploads of a call, from its query string and its form, multipart or JSON body.

    Raises:
        Refused: the body is not what its type announces, or not UTF-8.
    """
    header = email.message.Message()
    header["Content-Type"] = content_type or "application/x-www-form-urlencoded"
    try:
        parameters: JSON = dict(parse_qsl(query, keep_blank_values=True, errors="strict"))
        uploads: dict[str, Upload] = {}
        match header.get_content_type():
            case "application/json":
                sent = json.loads(body or b"{}")
                if not isinstance(sent, dict):
                    raise Refused("request body must be an Object")
                parameters |= sent
            case "multipart/form-data":
                _read_parts(body, str(header.get_param("boundary", "")).encode(), parameters, uploads)
            case "application/x-www-form-urlencoded":
                parameters |= parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
            case other:
                raise Refused(f"unsupported content type {other}")
        json.dumps(parameters, ensure_ascii=False).encode()  # lone surrogates do not encode
    except UnicodeError:
        raise Refused("strings must be encoded in UTF-8") from None
    except json.JSONDecodeError:
        raise Refused("can't parse request JSON object") from None
    return parameters, uploads


def _read_parts(body: bytes, boundary: bytes, parameters: JSON, uploads: dict[str, Upload]) -> None:
    edge = b"--" + boundary
    if not boundary or not body.startswith(edge) or not body.rstrip(b"\r\n").endswith(edge + b"--"):
        raise Refused("can't find the boundaries of the multipart request")
    for part in body.split(edge)[1:-1]:
        head, separator, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator or not content.endswith(b"\r\n"):
            raise Refused("a part of the multipart request is malformed")
        header = email.message.Message()
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(":")
            header[name] = value.strip()
        content = content.removesuffix(b"\r\n")
        field_name = str(header.get_param("name", "", "content-disposition"))
        if not field_name or field_name in parameters or field_name in uploads:
            raise Refused(f'a part of the multipart request has no name, or that of another: "{field_name}"')
        if header.get_filename() is None:
            parameters[field_name] = content.decode()
        else:
            uploads[field_name] = Upload(str(header.get_filename()), content, header.get_content_type())


def _integer(name: str, value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,18}", str(value)):
        raise Refused(f'Field "{name}" must be of type Integer')
    return int(value)


def _boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise Refused(f'Field "{name}" must be of type Boolean')
    return value in (True, "true")


def _string(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f'Field "{name}" must be of type String')
    return value


def _chat(name: str, value: Any) -> int | str:
    if isinstance(value, str) and re.fullmatch(r"@\w+", value):
        return value
    return _integer(name, value)


def _decoded(kind: type, label: str) -> Callable[[str, Any], Any]:
    def read(name: str, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
                json.dumps(value, ensure_ascii=False).encode()
            except json.JSONDecodeError:
                raise Refused(f"can't parse {name} JSON object") from None
            except UnicodeError:
                raise Refused("strings must be encoded in UTF-8") from None
        if not isinstance(value, kind):
            raise Refused(f'Field "{name}" must be of type {label}')
        return value

    return read


_KINDS: dict[str, Callable[[str, Any], Any]] = {
    "int": _integer,
    "bool": _boolean,
    "str": _string,
    "chat": _chat,
    "file": _string,
    "array": _decoded(list, "Array"),
    "object": _decoded(dict, "Object"),
}


def checked(signature: str, raw: JSON, uploads: dict[str, Upload]) -> JSON:
    """The parameters of a call, typed by its method's signature: ``"chat_id:chat! text:str! parse_mode:str"``.

    Raises:
        Refused: a parameter is unknown (Telegram ignores those; a test should not), missing or ill-typed.
    """
    kinds = dict(item.split(":") for item in signature.split())
    attached = set(re.findall(r"attach://([\w.-]+)", json.dumps(raw)))
    for name in [*raw, *uploads]:
        if name not in kinds and not (name in uploads and name in attached):
            raise Refused(f'unknown parameter "{name}"')
    for name, kind in kinds.items():
        if kind.endswith("!") and name not in raw and not (kind == "file!" and name in uploads):
            raise Refused(_REQUIRED.get(name, f'parameter "{name}" is required'))
    return {name: _KINDS[kinds[name].rstrip("!")](name, value) for name, value in raw.items()}
