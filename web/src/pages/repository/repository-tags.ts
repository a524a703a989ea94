import type { RepoInfo, RepoType } from '@/api/repositories';

/** A word about a repository, and the list of all that bear it. */
export interface TagLink {
  readonly title: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What sources add for programs, and what the page tells elsewhere. */
const NOT_SHOWN =
  /^(region|license|base_model|dataset|arxiv|doi|deploy|autotrain_compatible|endpoints_compatible)(:|$)/;

/** @param external whether the lists have to ask the sources to find it again */
export function tagLinks(
  type: RepoType,
  { tags = [], pipeline_tag, library_name }: RepoInfo,
  external: boolean,
): TagLink[] {
  const sources: Record<string, string> = external ? { sources: '1' } : {};
  const task = pipeline_tag ? [{ title: plain(pipeline_tag), query: { pipeline_tag, ...sources } }] : [];
  const others = [...new Set([...(library_name ? [library_name] : []), ...tags])]
    .filter((tag) => tag !== pipeline_tag && !NOT_SHOWN.test(tag))
    .map((tag) => ({ title: tag, query: { filter: tag, ...sources } }));
  return type === 'model' ? [...task, ...others] : others;
}

/** `text-generation` → "text generation". */
const plain = (task: string): string => task.replaceAll('-', ' ');

/** The license as the tags tell it, which is the card's. */
export const licenseOf = ({ tags = [] }: RepoInfo): string | undefined =>
  tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
