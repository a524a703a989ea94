import type { HubRequest } from './hub-request.js';

/** Only an administrator sees which sources were asked (interfaces, "Tracing a request"). */
export const wantsTrace = ({ adminAccess, headers }: HubRequest): boolean =>
  adminAccess === 'granted' && headers['x-fallback-trace'] === '1';
