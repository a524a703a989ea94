import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { AdminAccessService } from './admin-access.service.js';
import { CALLER_DIRECTORY, type CallerDirectory } from './caller-directory.js';
import { findCredentials, partsOfUrl, type PossibleCredentials } from './find-credentials.js';

/** Number of texts that are checked at once. A hundred paths of the maximum length take about 10 ms. */
const BATCH = 100;

/**
 * Refuses requests that have a credential of this hub in a text that may be sent to a source (invariant 5), in any encoding. Only texts
 * that are a credential at this moment are refused, so that no other text is affected.
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
  checkUrl(url: string): Promise<void> | undefined {
    return this.check(partsOfUrl(url), 'The URL');
  }

  /**
   * Checks texts that were not in the URL, such as the paths in a body.
   *
   * @throws HubError `BadRequest`
   */
  async checkTexts(texts: readonly string[]): Promise<void> {
    for (let at = 0; at < texts.length; at += BATCH) {
      if (at > 0) await yieldToEventLoop();
      await this.check(texts.slice(at, at + BATCH).flatMap(partsOfUrl), 'The request');
    }
  }

  private check(parts: readonly string[], where: string): Promise<void> | undefined {
    const possible = findCredentials(parts);
    return possible && this.refuse(possible, where);
  }

  private async refuse({ tokens, sessions, adminTokens }: PossibleCredentials, where: string): Promise<void> {
    const isFound = this.admin.includesToken(adminTokens) || (await this.directory.hasCredential({ tokens, sessions }));
    if (isFound)
      throw new HubError(
        'BadRequest',
        `${where} contains a credential of this hub. Send it in a header instead, and revoke it, because ` +
          (where === 'The URL' ? 'URLs are written to logs.' : 'this text would be sent to other hubs.'),
      );
  }
}
