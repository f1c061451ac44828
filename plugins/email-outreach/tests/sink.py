"""A small SMTP server that takes everything and notes each message that it accepted.

A message counts as accepted once its line is in `accepted.jsonl`, written before the “250” goes
out: whoever dies between the two leaves a message in doubt, which is what the tests want.
A connection that ends without a QUIT leaves a line in `cut.jsonl`.
Options: --keep keeps whole messages; --slow SECONDS waits before and after that line, half of
it each time, or as long as a file `slow` says meanwhile.
`rules.json` in the folder, where there is one, says how to answer: {"rcpt": {"gmail.example":
"450 4.7.1 not now", "full@gmail.example": "452 4.2.2 full"}, "data": "451 later", "mail":
"421 full", "hang_up": true, "times": 1}.
"""

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[1])
KEEP = "--keep" in sys.argv
SLOW_S = float(sys.argv[sys.argv.index("--slow") + 1]) if "--slow" in sys.argv else 0.0
PORT = int(sys.argv[sys.argv.index("--port") + 1]) if "--port" in sys.argv else 0
READS_AHEAD = "--plain" not in sys.argv
RULES = FOLDER / "rules.json"
SLOW = FOLDER / "slow"
_ADDRESS = re.compile(rb"<([^>]*)>")
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID: <([^>]*)>")

log = os.open(FOLDER / "accepted.jsonl", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
cuts = os.open(FOLDER / "cut.jsonl", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
counted = 0


def rule(name: str) -> object:
    """Return what is said about a step, and count how often it was used."""
    if KEEP and RULES.exists():
        rules = json.loads(RULES.read_text())
        found = rules.get(name)
        if found and "times" in rules and not isinstance(found, dict):
            rules["times"] -= 1
            RULES.write_text(json.dumps(rules if rules["times"] > 0 else {}))
        return found
    return None


def slow_s() -> float:
    """Return how long a message takes now."""
    try:
        return float(SLOW.read_text())
    except FileNotFoundError:
        return SLOW_S


async def serve(  # noqa: C901  one command after the other
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Speak with one client."""
    global counted
    sender = recipient = b""
    said_goodbye = False

    def say(line: object) -> None:
        writer.write(f"{line}\r\n".encode())

    say("220 sink")
    try:
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say("250-sink\r\n250-PIPELINING\r\n250 8BITMIME" if READS_AHEAD else "250 sink")
            elif verb == b"MAIL":
                sender, recipient = _ADDRESS.search(line)[1], b""
                say(rule("mail") or "250 ok")
            elif verb == b"RCPT":
                wanted = _ADDRESS.search(line)[1]
                told, box = rule("rcpt") or {}, wanted.decode()
                answer = told.get(box) or told.get(box.rpartition("@")[2]) or "250 ok"
                recipient = wanted if answer.startswith("250") else b""
                say(answer)
            elif verb == b"DATA":
                if not recipient:
                    say("503 5.5.1 nobody to take it")
                    continue
                say("354 go on")
                await writer.drain()
                text = await reader.readline()
                if text != b".\r\n":
                    text += await reader.readuntil(b"\r\n.\r\n")
                answer = rule("data") or "250 taken"
                takes_s = slow_s()
                if takes_s:
                    await asyncio.sleep(takes_s / 2)
                if str(answer).startswith("250"):
                    found = _MESSAGE_ID.search(text)
                    noted = {
                        "from": sender.decode(),
                        "to": recipient.decode(),
                        "id": found[1].decode() if found else "",
                        "at": time.time(),
                    }
                    os.write(log, json.dumps(noted).encode() + b"\n")
                    counted += 1
                    if KEEP:
                        whole = text[:-3].replace(b"\r\n..", b"\r\n.")
                        (FOLDER / f"{counted:06}.eml").write_bytes(whole)
                if takes_s:
                    await asyncio.sleep(takes_s / 2)
                if rule("hang_up"):
                    break
                say(answer)
            elif verb == b"QUIT":
                said_goodbye = True
                say("221 bye")
                break
            else:
                say("250 ok")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        if not said_goodbye:
            os.write(cuts, json.dumps({"to": recipient.decode()}).encode() + b"\n")
        writer.close()


async def main() -> None:
    """Listen on a free port and say which."""
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, limit=2**25)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
