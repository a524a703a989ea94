import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { sessionCookie } from '../../platform/http/session-cookie.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Puts the session's cookie on an answer, and takes it back. */
@Injectable()
export class SessionCookieService {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  give(response: Response, value: string): void {
    response.setHeader('Set-Cookie', sessionCookie(value, this.config.baseUrl));
  }

  takeBack(response: Response): void {
    this.give(response, '');
  }
}
