import type { ActorKind } from '../../domain/audit-actions.js';
import { callerKind, type Caller } from '../../domain/caller.js';

/** The columns of an event that describe its actor. The name of the token is looked up when the event is written. */
export interface Actor {
  readonly kind: ActorKind;
  readonly administrator: string | null;
  readonly id: number | null;
  readonly name: string | null;
  readonly tokenId: number | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

const MAX_NAME = 120;
const MAX_USER_AGENT = 300;

/** PostgreSQL stores no NUL characters, which clients can send in headers. */
const storable = (text: string | undefined, length: number): string | null =>
  text?.replaceAll('\0', '').slice(0, length) ?? null;

/** @param by - the caller of the request; undefined for the hub itself */
export function actorOf(by: Caller | undefined): Actor {
  const { accountId, name, tokenId, administrator, origin } = by ?? {};
  return {
    kind: by === undefined ? 'system' : callerKind(by),
    administrator: administrator ?? null,
    id: accountId === undefined ? null : Number(accountId),
    name: storable(name, MAX_NAME),
    tokenId: tokenId ?? null,
    address: origin?.address ?? null,
    userAgent: storable(origin?.userAgent, MAX_USER_AGENT),
    requestId: origin?.requestId ?? null,
  };
}
