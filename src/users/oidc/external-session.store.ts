import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { RequestOrigin } from '../../domain/caller.js';

/** A session that a provider has confirmed. */
export interface NewExternalSession {
  readonly accountId: number;
  readonly identityId: number;
  readonly hash: string;
  readonly expiresAt: Date;
  readonly now: Date;
  readonly providerSession: string | undefined;
  /** Encrypted. */
  readonly idToken: string;
  readonly origin: RequestOrigin | undefined;
}

/** The sessions that a logout token of a provider ends: all of a user, or one. */
export interface EndedSessions {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly providerSession: string | undefined;
}

/** Facts that a provider needs to sign a user out. */
export interface ProviderSignOut {
  readonly issuer: string;
  /** Encrypted; null if the provider has sent none. */
  readonly idToken: string | null;
}

/** Sessions that were started with a provider. */
@Injectable()
export class ExternalSessionStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @returns whether the session was created: not for accounts that are disabled, or identities that were unlinked in the meantime */
  async create(session: NewExternalSession, m: EntityManager): Promise<boolean> {
    const rows = await m.query<unknown[]>(
      `INSERT INTO sessions (account_id, identity_id, hash, expires_at, provider_session, id_token, created_at, last_seen_at, address, user_agent)
       SELECT a.id, i.id, $3, $4, $5, $6, $7, $7, $8, $9 FROM accounts a JOIN identities i ON i.account_id = a.id
       WHERE a.id = $1 AND i.id = $2 AND a.disabled_at IS NULL FOR SHARE
       RETURNING id`,
      [
        session.accountId,
        session.identityId,
        session.hash,
        session.expiresAt,
        session.providerSession ?? null,
        session.idToken,
        session.now,
        session.origin?.address ?? null,
        session.origin?.userAgent?.slice(0, 300) ?? null,
      ],
    );
    return rows.length > 0;
  }

  /**
   * @param m - the transaction to run in
   * @returns the accounts whose sessions have ended
   */
  async end({ issuer, subject, providerSession }: EndedSessions, m: EntityManager): Promise<number[]> {
    const [rows] = await m.query<[{ id: number }[], number]>(
      `DELETE FROM sessions s USING identities i
       WHERE s.identity_id = i.id AND i.issuer = $1 AND ($2::text IS NULL OR i.subject = $2) AND ($3::text IS NULL OR s.provider_session = $3)
       RETURNING s.account_id AS id`,
      [issuer, subject ?? null, providerSession ?? null],
    );
    return [...new Set(rows.map(({ id }) => id))];
  }

  /** Undefined if the session was not started with a provider. */
  async signOutOf(sessionId: number): Promise<ProviderSignOut | undefined> {
    const [row] = await this.database.manager.query<ProviderSignOut[]>(
      `SELECT i.issuer, s.id_token AS "idToken" FROM sessions s JOIN identities i ON i.id = s.identity_id WHERE s.id = $1`,
      [sessionId],
    );
    return row;
  }
}
