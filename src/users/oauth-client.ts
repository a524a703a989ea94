import type { TokenRole } from '../domain/caller.js';

/** The programs that sign in with a device code, by their client IDs. */
const CLIENT_NAMES: Readonly<Record<string, string>> = {
  // huggingface_hub 1.33 and 2.0, for `hf auth login` and `login()`
  '26be6b09-91c5-47da-9861-d2d2bb7a7e36': 'Hugging Face CLI',
};

/** The name of the program with a client ID. Programs do not prove who they are, so it is only what they claim. */
export const clientName = (clientId: string): string | null =>
  Object.hasOwn(CLIENT_NAMES, clientId) ? CLIENT_NAMES[clientId]! : null;

/** Scopes that include writing: `write`, and scopes of huggingface.co such as `write-repos` and `manage-repos`. */
const WRITES = /^(?:write|manage|contribute)(?:-|$)/;

/** The role of a token for the scope that a program requests. Without a scope it may write, as `hf upload` needs. */
export const roleOfScope = (scope: string | undefined): TokenRole =>
  scope === undefined || scope.split(' ').some((part) => WRITES.test(part)) ? 'write' : 'read';

export const scopeOfRole = (role: TokenRole): string => (role === 'write' ? 'read write' : 'read');
