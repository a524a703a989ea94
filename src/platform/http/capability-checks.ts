import type { HubRequest } from './hub-request.js';

/**
 * Rights that a route requires, most of which depend on its URL:
 *
 * - `register`: users may create accounts
 * - `use invitation`: users may create accounts with the invitation in the URL
 * - `use passwords`: users may sign in with passwords
 * - `read repository`: the caller can read the local repository in the URL
 * - `read if local`: as before, if the repository is local; the handler searches the sources otherwise
 * - `commit`: the caller can commit to it
 * - `write repository`: the caller can change its branches and tags
 * - `administer repository`: the caller can change its settings
 * - `administer user`, `administer organization`: the caller can change the settings of the account in the URL
 * - `inspect organization`: the caller can read the settings and the audit log of the organization in the URL
 * - `manage members`: the caller can change the members of the organization in the URL
 * - `upload link`: the URL has a valid link for an upload
 *
 * Handlers check them again, because access may be revoked while the body arrives. Handlers of
 * most routes with a streamed body check them before they read it.
 */
export type Capability =
  | 'register'
  | 'use invitation'
  | 'use passwords'
  | 'read repository'
  | 'read if local'
  | 'commit'
  | 'write repository'
  | 'administer repository'
  | 'administer user'
  | 'administer organization'
  | 'inspect organization'
  | 'manage members'
  | 'upload link';

/** How each right is checked. A check throws a HubError if the request does not have the right. */
export type CapabilityChecks = Readonly<Record<Capability, (request: HubRequest) => Promise<unknown>>>;

/** Injection token of `CapabilityChecks`. The checks need the layers above. */
export const CAPABILITY_CHECKS = Symbol('CapabilityChecks');
