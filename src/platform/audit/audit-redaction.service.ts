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
   * @param name - name of a deleted user
   * @throws HubError `BadRequest` for an organization, `Conflict` while the account exists, `NotFound` without events
   */
  redact(name: string, by: Caller): Promise<Redaction> {
    const pseudonym = `redacted-${randomBytes(4).toString('hex')}`;
    return this.database.transaction(async (m) => {
      const [account] = await m.query<{ kind: string }[]>('SELECT kind FROM accounts WHERE lookup_name = lower($1)', [
        name,
      ]);
      if (account?.kind === 'organization')
        throw new HubError('BadRequest', `"${name}" is an organization. Only names of persons can be removed.`);
      if (account)
        throw new HubError(
          'Conflict',
          `The account "${name}" exists. Delete it first: later acts would have its name again.`,
        );
      const [row] = await m.query<{ events: number }[]>(
        `SELECT redact_audit_events(
           (SELECT max(id) FROM (
             SELECT actor_id AS id FROM audit_events WHERE lower(actor_name) = lower($1)
             UNION ALL SELECT owner_id FROM audit_events WHERE action IN ('user.create', 'user.delete') AND lower(object) = lower($1)) AS known), $1, $2) AS events`,
        [name, pseudonym],
      );
      if (row!.events === 0)
        throw new HubError('NotFound', `The audit log has no events of "${name}". Check the name.`);
      await this.log.record(m, by, { action: 'hub.redact_person', object: pseudonym });
      return { pseudonym, events: row!.events };
    });
  }
}
