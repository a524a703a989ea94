import { HubError } from '../domain/hub-error.js';
import type { HubConfig } from '../platform/config/hub-config.js';

/** @throws HubError `Forbidden` if the administrator has switched passwords off */
export function requirePasswords({ signIn }: Pick<HubConfig, 'signIn'>): void {
  if (signIn.password) return;
  const names = signIn.providers.map(({ name }) => name).join(' or ');
  throw new HubError('Forbidden', `This hub does not use passwords. Sign in with ${names} at /login.`);
}
