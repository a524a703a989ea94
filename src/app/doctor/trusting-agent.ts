import { Agent } from 'undici';

/**
 * Connections to the addresses of this installation, which trust the same certificate authorities as the hub.
 * @param authorities - all trusted authorities; `undefined` for the default of Node.js
 */
export const trustingAgent = (authorities: readonly string[] | undefined): Agent =>
  new Agent(authorities && { connect: { ca: [...authorities] } });
