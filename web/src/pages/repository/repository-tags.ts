import type { RepoInfo, RepoType } from '@/api/repositories';

/** A tag, with the query of the list that it links to. */
export interface TagLink {
  readonly title: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Technical tags, and tags that the page shows elsewhere. */
const HIDDEN_TAGS =
  /^(region|license|base_model|dataset|arxiv|doi|deploy|autotrain_compatible|endpoints_compatible)(:|$)/;

/** @param external whether the linked lists must include external sources */
export function tagLinks(
  type: RepoType,
  { tags = [], pipeline_tag, library_name }: RepoInfo,
  external: boolean,
): TagLink[] {
  const sources: Record<string, string> = external ? { sources: '1' } : {};
  const task = pipeline_tag ? [{ title: taskTitle(pipeline_tag), query: { pipeline_tag, ...sources } }] : [];
  const others = [...new Set([...(library_name ? [library_name] : []), ...tags])]
    .filter((tag) => tag !== pipeline_tag && !HIDDEN_TAGS.test(tag))
    .map((tag) => ({ title: tag, query: { filter: tag, ...sources } }));
  return type === 'model' ? [...task, ...others] : others;
}

/** `text-generation` → "text generation". */
const taskTitle = (task: string): string => task.replaceAll('-', ' ');

/** The license from the `license:…` tag, or from the card if the hub or source does not derive tags from it. */
export const licenseOf = ({ tags = [], cardData }: RepoInfo): string | undefined =>
  tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ??
  [cardData?.['license']].flat().find((license): license is string => typeof license === 'string');
