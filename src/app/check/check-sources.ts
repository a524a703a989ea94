import { SealedSecretsStore } from '../../fallback/sources/sealed-secrets.store.js';
import { countRows, type Check } from './check-context.js';

/** The stored credentials of every source can be decrypted with a secret key. */
export const SOURCES: Check = {
  name: 'sources',
  async run({ database, keys, findings }) {
    const { unreadable } = await new SealedSecretsStore(database, keys).report();
    for (const { name, fields } of unreadable)
      findings.add('sources', {
        kind: 'credentials-unreadable',
        message: `The credentials (${fields.join(', ')}) of the source "${name}" cannot be decrypted with KOHAKU_HUB_SECRET_KEY.`,
        advice: 'Add the key that was used before, or enter the credentials again in Admin → Fallback sources.',
        source: name,
      });
    return countRows(database, 'fallback_sources');
  },
};
