import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { AuditLog } from './audit-log.service.js';

/** The result of a redaction. */
export interface Redaction {
  readonly pseudonym: string;
  /** Number of changed events. */
  readonly events: number;
}

/** Removes the name of a person from the audit log (right to erasure). The events remain, and all events of the person have the same pseudonym. */
@Injectable()
export class AuditRedaction {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly log: AuditLog,
  ) {}

  /**
   * @param name - name of a user; the account may be deleted already
   * @throws HubError `BadRequest` for an organization
   */
  redact(name: string, by: Caller): Promise<Redaction> {
    const pseudonym = `redacted-${randomBytes(4).toString('hex')}`;
    return this.database.transaction(async (m) => {
      const organizations = `SELECT FROM accounts WHERE lookup_name = lower($1) AND kind = 'organization'`;
      if ((await m.query<unknown[]>(organizations, [name])).length > 0)
        throw new HubError('BadRequest', `"${name}" is an organization. Only names of persons can be removed.`);
      const [row] = await m.query<{ events: number }[]>(
        `SELECT redact_audit_events(
           coalesce((SELECT id FROM accounts WHERE lookup_name = lower($1)),
             (SELECT max(actor_id) FROM audit_events WHERE lower(actor_name) = lower($1))), $1, $2) AS events`,
        [name, pseudonym],
      );
      await this.log.record(m, by, { action: 'hub.redact_person', object: pseudonym });
      return { pseudonym, events: row!.events };
    });
  }
}
