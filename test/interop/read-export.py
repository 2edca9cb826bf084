"""What Python's own mail and CSV readers make of an export: one JSON object on standard output."""

import csv
import email
import email.policy
import hashlib
import json
import mailbox
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


def seen(message):
    return {
        "entry": int(message["X-Chancery-Entry"]),
        "from": [[a.display_name, a.addr_spec] for a in message["from"].addresses],
        "to": [a.addr_spec for a in message["to"].addresses] if message["to"] else [],
        "bcc": message["bcc"],
        "subject": str(message["subject"]),
        "date": int(message["date"].datetime.timestamp()),
        "id": message["message-id"].strip(),
        "inReplyTo": (message["in-reply-to"] or "").strip() or None,
        "references": (message["references"] or "").split(),
        "text": message.get_body().get_content(),
        "files": [
            [
                p.get_filename(),
                p.get_content_type(),
                p.get_content_disposition(),
                hashlib.sha256(p.get_payload(decode=True)).hexdigest(),
            ]
            for p in message.iter_attachments()
        ]
        if message.is_multipart()
        else [],
        "defects": [repr(d) for d in message.defects],
    }


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


box = mailbox.mbox(folder / "messages.mbox", create=False)
with open(folder / "messages.csv", encoding="utf-8-sig", newline="") as file:
    rows = list(csv.DictReader(file))
result = {
    "eml": [seen(parse(path.read_bytes())) for path in sorted((folder / "eml").iterdir())],
    "mbox": [seen(parse(box.get_bytes(key))) for key in box.keys()],
    "rows": rows,
}
json.dump(result, sys.stdout)
