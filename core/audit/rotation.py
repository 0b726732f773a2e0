"""What an administrator does to the audit log's proofs: a new key, and going on after a restore."""

from __future__ import annotations

from core.audit.anchors import all_anchors
from core.audit.entry import Entry, Event
from core.audit.log import AuditLog
from core.errors import AuditUnavailable, Conflict
from core.store.tables import audit_log


def rotate_key(audit: AuditLog, by: str) -> str:
    """Make a new key; the first row it signs says so. Returns its ID. Raises AuditUnavailable."""
    with audit.appending() as log:  # nobody appends between the new file and its first row
        key = audit.keys.rotate()
        log.use(key)
        log.append(Entry(event=Event.AUDIT_KEY_ROTATED, details={"key": key.id, "by": by}))
    audit.checkpoints.write_waiting()
    return key.id


def accept_restore(audit: AuditLog, by: str, reason: str) -> tuple[int, int]:
    """Go on although an older copy of the database was put back. The loss stays on record, in the log and in the
    checkpoints. Returns the last event that is as anchored, and the last one that was anchored.

    Raises Conflict when nothing is missing, AuditUnavailable.
    """
    anchors = all_anchors(audit.checkpoints)
    with audit.appending() as log:
        held = {
            row.seq: row.hash.hex()
            for row in log.connection.execute(audit_log.select().where(audit_log.c.seq.in_(list(anchors.hashes))))
        }
        agreed = max((seq for seq, row_hash in anchors.hashes.items() if held.get(seq) == row_hash), default=0)
        last = max(anchors.hashes, default=0)
        if agreed == last:
            raise Conflict("The audit log goes on from its last checkpoint: nothing was put back.")
        log.append(
            Entry(
                event=Event.AUDIT_RESTORED,
                reason=reason,
                details={"by": by, "restored_to": agreed, "was_anchored_to": last},
            )
        )
    try:
        audit.checkpoints.accept_restore(log.head, agreed, reason)
    except (OSError, ValueError) as error:
        raise AuditUnavailable("The checkpoint could not be written.") from error
    return agreed, last
