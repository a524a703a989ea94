import type { Schemas } from '@/api/client';

export interface SocialLink {
  readonly title: string;
  readonly text: string;
  readonly href: string;
}

/** The networks that profiles name, and where a name leads there. */
const NETWORKS: Readonly<Record<string, { title: string; base: string }>> = {
  github: { title: 'GitHub', base: 'https://github.com/' },
  huggingface: { title: 'Hugging Face', base: 'https://huggingface.co/' },
  twitter_x: { title: 'X', base: 'https://x.com/' },
  threads: { title: 'Threads', base: 'https://www.threads.net/@' },
};

/** An address that a page may link to, whatever a source says; undefined for any other. */
export function webAddress(text: string | null | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  return /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

/** Where else an account is. */
export function socialLinks({ social_media }: Schemas['PersonDto']): SocialLink[] {
  return Object.entries(social_media ?? {}).flatMap(([network, name]) => {
    const known = NETWORKS[network];
    if (!known || !name) return [];
    const text = name.replace(/^@/, '');
    const href = webAddress(name) ?? known.base + encodeURIComponent(text);
    return [{ title: known.title, text: name === href ? name.replace(/^https?:\/\//, '') : text, href }];
  });
}
