import { ApiProperty } from '@nestjs/swagger';
import { ACTOR_KINDS, AUDIT_ACTIONS } from '../../../domain/audit-actions.js';
import type { ActorKind, AuditAction } from '../../../domain/audit-actions.js';
import { publicId } from '../../../domain/lookup-key.js';
import { REPO_TYPES, type RepoType } from '../../../domain/repo-id.js';
import type { StoredAuditEvent } from '../../../platform/audit/audit-events.store.js';
import { describeEvent } from '../../../platform/audit/describe-event.js';

const ACTIONS = Object.keys(AUDIT_ACTIONS) as AuditAction[];

/** An event of the audit log. */
export class AuditEventDto {
  /** @example "1042" */
  id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ enum: ACTIONS, enumName: 'AuditAction' })
  action: AuditAction;

  /**
   * The act as a sentence without its subject.
   * @example "Created the repository alice/my-model"
   */
  message: string;

  @ApiProperty({ enum: ACTOR_KINDS, enumName: 'ActorKind' })
  actor_kind: ActorKind;

  /** How the request was allowed to use the admin API: by the role of its account, or by the shared admin token (`break-glass`). */
  @ApiProperty({ type: String, enum: ['account', 'break-glass'], nullable: true })
  administrator: 'account' | 'break-glass' | null;

  /** Name of the account; for a failed sign-in, the name that was used. */
  @ApiProperty({ type: String, nullable: true, example: 'alice' })
  actor: string | null;

  /** Identifies the account, also after its name has been given to another one. Null for actors without an account. */
  @ApiProperty({ type: String, nullable: true, example: '00000000000000000000002a' })
  actor_id: string | null;

  /** Name of the access token of the request; null for sessions. */
  @ApiProperty({ type: String, nullable: true, example: 'laptop' })
  token: string | null;

  @ApiProperty({ type: Number, nullable: true })
  token_id: number | null;

  @ApiProperty({ type: String, nullable: true, example: '10.0.0.7' })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  user_agent: string | null;

  @ApiProperty({ type: String, nullable: true })
  request_id: string | null;

  /** The account whose log has the event. */
  @ApiProperty({ type: String, nullable: true })
  owner: string | null;

  @ApiProperty({ enum: REPO_TYPES, enumName: 'RepoType', nullable: true })
  repo_type: RepoType | null;

  @ApiProperty({ type: String, nullable: true, example: 'alice/my-model' })
  repo: string | null;

  /** Subject of the action, if it is not a repository: a member, a token, a source. */
  @ApiProperty({ type: String, nullable: true })
  object: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  data: Readonly<Record<string, unknown>>;

  /** Bytes of a download. */
  @ApiProperty({ type: Number, nullable: true })
  bytes: number | null;
}

/** A page of the audit log, newest event first. */
export class AuditPageDto {
  @ApiProperty({ type: [AuditEventDto] })
  events: AuditEventDto[];

  /** Cursor of the next page; null on the last page. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}

export const toAuditEventDto = (event: StoredAuditEvent): AuditEventDto => ({
  id: event.id,
  at: event.at.toISOString(),
  action: event.action,
  message: describeEvent(event),
  actor_kind: event.actorKind,
  administrator: event.administrator,
  actor: event.actorName,
  actor_id: event.actorId === null ? null : publicId(event.actorId),
  token: event.tokenName,
  token_id: event.tokenId,
  address: event.address,
  user_agent: event.userAgent,
  request_id: event.requestId,
  owner: event.ownerName,
  repo_type: event.repoType,
  repo: event.repoName,
  object: event.object,
  data: event.data,
  bytes: event.bytes === null ? null : Number(event.bytes),
});

/** An event in the format of the Hub's export. */
export const toHubEvent = (event: StoredAuditEvent): Record<string, unknown> => ({
  _id: publicId(Number(event.id)),
  author: {
    _id: publicId(event.actorId ?? 0),
    type: event.actorKind === 'user' ? 'user' : 'system',
    user: event.actorName ?? event.actorKind,
    avatarUrl: '',
  },
  createdAt: event.at.toISOString(),
  type: event.action,
  message: describeEvent(event),
  data: { ...event.data, ...(event.repoName !== null && { repo: { type: event.repoType, name: event.repoName } }) },
  ...(event.address !== null && { ip: event.address }),
  ...(event.userAgent !== null && { userAgent: event.userAgent }),
});
