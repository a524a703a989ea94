import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { sessionCookie } from '../../platform/http/session-cookie.js';

/** Sets and clears the session cookie. */
@Injectable()
export class SessionCookieService {
  set(response: Response, value: string): void {
    response.setHeader('Set-Cookie', sessionCookie(value, (response.req as HubRequest).urls));
  }

  clear(response: Response): void {
    this.set(response, '');
  }
}
