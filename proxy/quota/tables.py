"""What several hosts share of the quota, as it lies in PostgreSQL, and how a host comes to speak to it.

`quota_clock` holds the time that everything is counted by, `quota_shown` the records, `quota_caller` the number of the
last one of each caller: who adds one says which he knows as the last, so that two hosts cannot both add to the same.
"""

import time

import psycopg

from proxy.quota.link import Conflict, Link, LinkLost

VERSION = 1
CONNECT_S = 3
PREPARE_S = 10.0
# What is acknowledged is on the disk, and at the synchronous standby; what nobody waits for any more ends by itself.
SESSION = (
    "-c synchronous_commit=on -c statement_timeout=2000 -c lock_timeout=2000 "
    "-c default_transaction_isolation=read\\ committed"
)
TABLES = """DO $$ BEGIN
PERFORM pg_advisory_xact_lock(8243721904);
CREATE TABLE IF NOT EXISTS quota_clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, now_ms bigint NOT NULL);
CREATE TABLE IF NOT EXISTS quota_caller (caller text PRIMARY KEY, last bigint NOT NULL, at_ms bigint NOT NULL);
CREATE TABLE IF NOT EXISTS quota_shown (
  caller text NOT NULL, number bigint NOT NULL, at_ms bigint NOT NULL, record text NOT NULL,
  PRIMARY KEY (caller, number));
CREATE INDEX IF NOT EXISTS quota_shown_at ON quota_shown (at_ms);
CREATE INDEX IF NOT EXISTS quota_caller_at ON quota_caller (at_ms);
CREATE SEQUENCE IF NOT EXISTS quota_number CACHE 1;
END $$"""

IS_MADE = "SELECT to_regclass('quota_clock') IS NOT NULL"
BEGIN_CLOCK = "INSERT INTO quota_clock (version, now_ms) VALUES ($1::integer, 0) ON CONFLICT DO NOTHING"
MADE_BY = "SELECT version FROM quota_clock"
CLOCK = "UPDATE quota_clock SET now_ms = greatest(now_ms, $1::bigint) RETURNING now_ms"
AT_ONCE = 500
READ = """SELECT c.now_ms, h.last, s.number, s.record
FROM quota_clock c LEFT JOIN quota_caller h ON h.caller = $1::text LEFT JOIN LATERAL (
  SELECT number, record FROM quota_shown WHERE caller = $1::text AND number > $2::bigint
  ORDER BY number LIMIT $3::integer
) s ON true ORDER BY s.number"""
FIRST = """WITH head AS (
  INSERT INTO quota_caller VALUES ($1::text, nextval('quota_number'), $3::bigint) ON CONFLICT DO NOTHING RETURNING last)
INSERT INTO quota_shown SELECT $1::text, last, $3::bigint, $4::text FROM head WHERE $2::bigint = 0 RETURNING number"""
NEXT = """WITH head AS (
  UPDATE quota_caller SET last = nextval('quota_number'), at_ms = $3::bigint
  WHERE caller = $1::text AND last = $2::bigint RETURNING last)
INSERT INTO quota_shown SELECT $1::text, last, $3::bigint, $4::text FROM head RETURNING number"""
FORGET = (
    """WITH gone AS (DELETE FROM quota_caller WHERE at_ms < $1::bigint AND caller IN (
  SELECT caller FROM quota_caller WHERE at_ms < $1::bigint LIMIT 200) RETURNING caller)
DELETE FROM quota_shown WHERE caller IN (SELECT caller FROM gone)""",
    """DELETE FROM quota_shown s USING quota_caller h WHERE h.caller = s.caller AND s.number < h.last AND s.ctid = ANY(
  ARRAY(SELECT ctid FROM quota_shown WHERE at_ms < $1::bigint ORDER BY at_ms LIMIT 2000))""",
)
"""What removes a part of what counts no more: a caller with all its records, and records that are not the last."""


def open_link(address: str, password: str, authority: str) -> Link:
    """A link to the database at *address*, with its tables made. Raises LinkLost.

    The server is verified by *authority*, a PEM file, or by whom the machine trusts where that is empty; on a Unix
    socket by the file system.
    """
    try:
        connection = psycopg.connect(
            address,
            password=password or None,
            sslmode="prefer" if is_local(address) else "verify-full",
            sslrootcert=authority or "system" if not is_local(address) else None,
            target_session_attrs="read-write",
            connect_timeout=CONNECT_S,
            application_name="yingbi quota",
            options=SESSION,
            autocommit=True,
        )
    except psycopg.Error as error:
        raise LinkLost(str(error).strip().partition("\n")[0]) from None
    link = Link(connection)
    try:
        _prepare(link, time.monotonic() + PREPARE_S)
    except (LinkLost, Conflict):
        link.close()
        raise LinkLost("its tables cannot be made or are another version's") from None
    return link


def is_local(address: str) -> bool:
    """Whether *address* names a Unix socket."""
    host = psycopg.conninfo.conninfo_to_dict(address).get("host")
    return isinstance(host, str) and host.startswith("/")


def _prepare(link: Link, ends: float) -> None:
    if link.run(IS_MADE, ends=ends) != [("t",)]:
        link.run(TABLES, ends=ends)
    link.run(BEGIN_CLOCK, VERSION, ends=ends)
    if link.run(MADE_BY, ends=ends) != [(str(VERSION),)]:
        raise LinkLost
