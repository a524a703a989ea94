import type { Schemas } from '@/api/client';

export interface SocialLink {
  readonly title: string;
  readonly text: string;
  readonly href: string;
}

const NETWORKS: Readonly<Record<string, { title: string; base: string }>> = {
  github: { title: 'GitHub', base: 'https://github.com/' },
  huggingface: { title: 'Hugging Face', base: 'https://huggingface.co/' },
  twitter_x: { title: 'X', base: 'https://x.com/' },
  threads: { title: 'Threads', base: 'https://www.threads.net/@' },
};

/** The text if it is an http(s) URL: profiles of sources are untrusted and could contain `javascript:` URLs. */
export function webAddress(text: string | null | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  return /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

/** Links to an account's social profiles. */
export function socialLinks({ social_media }: Schemas['PersonDto']): SocialLink[] {
  return Object.entries(social_media ?? {}).flatMap(([network, name]) => {
    const target = NETWORKS[network];
    if (!target || !name) return [];
    const text = name.replace(/^@/, '');
    const href = webAddress(name) ?? target.base + encodeURIComponent(text);
    return [{ title: target.title, text: name === href ? name.replace(/^https?:\/\//, '') : text, href }];
  });
}
