import { Logger } from '@nestjs/common';
import { tokenRejectedMessage } from '../../domain/choose-failure.js';
import type { Source } from '../../domain/source.js';
import type { SourceGate } from './source-gate.js';

interface Rejected {
  readonly authorization: string;
  readonly usesPassword: boolean;
  /** Whether only a check has found it. */
  readonly byCheck?: boolean;
}

/** Reports to the administrator, in the log and the health of a source, that its token or password does not work. */
export class CredentialReports {
  private readonly log = new Logger('Upstream');

  /** The source rejected the credentials. */
  rejection({ name }: Source, { tokenGate, health }: SourceGate, rejected: Rejected): void {
    const { authorization, usesPassword, byCheck } = rejected;
    health.token = 'rejected';
    const message = usesPassword
      ? 'It rejected the credentials. Update the user and password of this source.'
      : 'It rejected its token. Update the token of this source.';
    if (byCheck) health.noteError(message);
    else health.recordFailure(message);
    if (tokenGate.reject(authorization, byCheck))
      this.log.warn(
        `${tokenRejectedMessage(name, usesPassword)} It is used without ${usesPassword ? 'them' : 'a token'} until then.`,
      );
  }

  /** The source refused a request with the credentials without a reason. They are still used, since only the request may be refused. */
  refusal({ name }: Source, { tokenGate, health }: SourceGate, usesPassword: boolean): void {
    const refused = `refused a request with its ${usesPassword ? 'password' : 'token'} without a reason (HTTP 401)`;
    health.token = 'refused';
    health.recordFailure(`It ${refused}. Check whether it is valid, and what its account may read.`);
    if (tokenGate.noteRefusal())
      this.log.warn(`Source "${name}" ${refused}. Check whether it is valid, and what its account may read.`);
  }
}
