import { fieldsOf } from './read-fields.js';

/** The networks that profiles name (KohakuHub's). */
export const NETWORKS = ['twitter_x', 'threads', 'github', 'huggingface'] as const;

/** A name there, or the address of a page: nothing that a link could run. */
export const HANDLE = /^@?[\w.-]{1,100}$|^https?:\/\/[^\s"'<>\\]{1,180}$/i;

/** What a source says of an account's pages elsewhere; null where it names none that can be shown. */
export function socialMediaOf(value: unknown): Record<string, string> | null {
  const fields = fieldsOf(value);
  const named = NETWORKS.flatMap((network) => {
    const handle = fields[network];
    return typeof handle === 'string' && HANDLE.test(handle) ? [[network, handle] as const] : [];
  });
  return named.length > 0 ? Object.fromEntries(named) : null;
}
