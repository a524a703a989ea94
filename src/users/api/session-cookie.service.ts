import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { sessionCookie } from '../../platform/http/session-cookie.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Sets and clears the session cookie. */
@Injectable()
export class SessionCookieService {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  set(response: Response, value: string): void {
    response.setHeader('Set-Cookie', sessionCookie(value, this.config.baseUrl));
  }

  clear(response: Response): void {
    this.set(response, '');
  }
}
