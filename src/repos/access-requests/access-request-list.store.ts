import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { RequestStatus } from '../store/content-gate.js';

/** A page of the requests for a repository, oldest first. */
export interface AccessRequestPage {
  readonly repositoryId: number;
  /** All states if omitted. */
  readonly status?: RequestStatus;
  /** Requests with a greater id. */
  readonly cursor?: number;
  /** Requests after and before these times. */
  readonly after?: Date;
  readonly before?: Date;
  /** The first characters of the account's name, ignoring case. */
  readonly search?: string;
  readonly limit: number;
}

/** An account in a list of requests. */
export interface RequestAccount {
  readonly id: number;
  readonly name: string;
  readonly fullName: string;
  readonly avatarSha256: string | null;
}

/** A request with the account that made it. */
export interface RequestEntry {
  readonly id: number;
  readonly account: RequestAccount;
  /** Undefined if the account has not agreed to share it, or has none. */
  readonly email?: string;
  readonly status: RequestStatus;
  readonly fields: Readonly<Record<string, string>> | null;
  readonly requestedAt: Date;
  readonly reviewedAt: Date | null;
  readonly grantedBy: RequestAccount | null;
}

interface Row extends Omit<RequestEntry, 'email'> {
  readonly email: string | null;
}

const account = (alias: string): string => `json_build_object('id', ${alias}.id, 'name', ${alias}.name,
  'fullName', ${alias}.full_name, 'avatarSha256', (SELECT p.sha256 FROM avatars p WHERE p.account_id = ${alias}.id))`;

const SELECT = `
  SELECT q.id, q.status, q.fields, q.requested_at AS "requestedAt", q.reviewed_at AS "reviewedAt",
    CASE WHEN q.shares_email THEN a.email END AS email, ${account('a')} AS account,
    CASE WHEN g.id IS NULL THEN NULL ELSE ${account('g')} END AS "grantedBy"
  FROM access_requests q JOIN accounts a ON a.id = q.account_id LEFT JOIN accounts g ON g.id = q.granted_by`;

/** Lists access requests for the authors of a repository. */
@Injectable()
export class AccessRequestListStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async page(page: AccessRequestPage): Promise<RequestEntry[]> {
    const { repositoryId, status, cursor = 0, after, before, search, limit } = page;
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const where = [
      `q.repository_id = ${bind(repositoryId)}`,
      `q.id > ${bind(cursor)}`,
      ...(status === undefined ? [] : [`q.status = ${bind(status)}`]),
      ...(after ? [`q.requested_at > ${bind(after)}`] : []),
      ...(before ? [`q.requested_at < ${bind(before)}`] : []),
      ...(search === undefined ? [] : [`starts_with(a.lookup_name, ${bind(search.toLowerCase())})`]),
    ];
    const sql = `${SELECT} WHERE ${where.join(' AND ')} ORDER BY q.id LIMIT ${bind(limit)}`;
    const rows = await this.database.query<Row[]>(sql, values);
    return rows.map(({ email, ...row }) => ({ ...row, ...(email !== null && { email }) }));
  }
}
