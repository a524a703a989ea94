import { fieldsOf } from './read-fields.js';

/** The networks in profiles, as in KohakuHub. */
export const NETWORKS = ['twitter_x', 'threads', 'github', 'huggingface'] as const;

/** A user name or an http(s) URL, or nothing; excludes URLs that could run scripts. */
export const HANDLE_OR_EMPTY = /^(?:@?[\w.-]{1,100}|https?:\/\/[^\s"'<>\\]{1,180})?$/i;

/** The valid social media entries of an account of a source; null without any. */
export function socialMediaOf(value: unknown): Record<string, string> | null {
  const fields = fieldsOf(value);
  const entries = NETWORKS.flatMap((network) => {
    const handle = fields[network];
    return typeof handle === 'string' && handle !== '' && HANDLE_OR_EMPTY.test(handle)
      ? [[network, handle] as const]
      : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}
