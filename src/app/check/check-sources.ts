import { SECRET_FIELDS, type SecretField } from '../../domain/source.js';
import { purposeOf } from '../../fallback/sources/sealed-secrets.js';
import type { Check } from './check-context.js';

type SourceRow = { readonly name: string; readonly url: string } & Record<`${SecretField}_cipher`, string | null>;

/** The stored credentials of every source can be decrypted with the secret key. */
export const SOURCES: Check = {
  name: 'sources',
  async run({ database, cipher, findings }) {
    const columns = SECRET_FIELDS.map((field) => `${field}_cipher`).join(', ');
    const rows = await database.query<SourceRow[]>(`SELECT name, url, ${columns} FROM fallback_sources ORDER BY id`);
    for (const row of rows)
      for (const field of SECRET_FIELDS) {
        const sealed = row[`${field}_cipher`];
        if (sealed === null || cipher.decrypt(sealed, row.url, purposeOf(field)) !== undefined) continue;
        findings.add('sources', {
          kind: 'credentials-unreadable',
          message: `The ${field.replaceAll('_', ' ')} of the source "${row.name}" cannot be decrypted with KOHAKU_HUB_SECRET_KEY.`,
          advice: 'Set the key that was used before, or enter the credentials again in Admin → Fallback sources.',
          source: row.name,
        });
      }
    return rows.length;
  },
};
