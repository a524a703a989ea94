import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { AdminAccessService } from './admin-access.service.js';
import { CALLER_DIRECTORY, type CallerDirectory } from './caller-directory.js';
import { findCredentials, partsOfUrl, type PossibleCredentials } from './find-credentials.js';

/** Number of texts that are checked at once. */
const BATCH = 20;

/** The caller whose texts are checked. */
interface Sender {
  /** Whether the caller has sent the admin token. Only then a short one is searched for, because others could guess it with requests. */
  readonly isAdministrator: boolean;
}

/**
 * Refuses requests that have a credential of this hub in a text that may be sent to a source (invariant 5), in any encoding and with
 * anything attached. Only texts with what is a credential at this moment are refused, so that no other text is affected.
 */
@Injectable()
export class CredentialCheck {
  constructor(
    @Inject(AdminAccessService) private readonly admin: AdminAccessService,
    @Inject(CALLER_DIRECTORY) private readonly directory: CallerDirectory,
  ) {}

  /**
   * @returns a promise if a part of the URL may be a credential, otherwise `undefined`
   * @throws HubError `BadRequest`
   */
  checkUrl(url: string, sender: Sender): Promise<void> | undefined {
    return this.check(partsOfUrl(url), sender, 'The URL');
  }

  /**
   * Checks texts that were not in the URL, such as the paths in a body.
   *
   * @throws HubError `BadRequest`
   */
  async checkTexts(texts: readonly string[], sender: Sender = { isAdministrator: false }): Promise<void> {
    for (let at = 0; at < texts.length; at += BATCH) {
      if (at > 0) await yieldToEventLoop();
      await this.check(texts.slice(at, at + BATCH).flatMap(partsOfUrl), sender, 'The request');
    }
  }

  private check(parts: readonly string[], sender: Sender, where: string): Promise<void> | undefined {
    const possible = findCredentials(parts);
    if (!possible) return undefined;
    const hasAdminToken = this.admin.isTokenIn(possible.readings, sender.isAdministrator);
    if (!hasAdminToken && possible.tokens.length === 0 && possible.sessions.length === 0) return undefined;
    return this.refuse(possible, hasAdminToken, where);
  }

  private async refuse(possible: PossibleCredentials, hasAdminToken: boolean, where: string): Promise<void> {
    if (hasAdminToken || (await this.directory.hasCredential(possible)))
      throw new HubError(
        'BadRequest',
        `${where} contains a credential of this hub. Send it in a header instead, and revoke it, because ` +
          (where === 'The URL' ? 'URLs are written to logs.' : 'this text would be sent to other hubs.'),
      );
  }
}
