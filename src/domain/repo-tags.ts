/** A tag that repositories can be filtered by, in the format of huggingface.co. */
export interface RepoTag {
  /** The value for `filter`, such as `license:mit`. */
  readonly id: string;
  readonly label: string;
  /** The kind of tag, such as `license`. */
  readonly type: string;
  readonly [more: string]: unknown;
}

/** The tags of all models or datasets of a hub. */
export interface TagsOperation {
  readonly kind: 'tags';
  readonly type: 'model' | 'dataset';
}

/** Tags by their type. */
export type TagsByType = Readonly<Record<string, readonly RepoTag[]>>;

/** Tags of one hub in a list. Sources have a few thousand of each type. */
const MAX_TAGS = 50_000;

/** The tags in a reply; malformed ones are left out. */
export function readTags(json: unknown): TagsByType {
  const read: Record<string, RepoTag[]> = {};
  let count = 0;
  for (const [type, tags] of Object.entries(json as object)) {
    if (!Array.isArray(tags)) continue;
    read[type] = tags.slice(0, MAX_TAGS - count).filter(isTag);
    count += read[type].length;
  }
  return read;
}

function isTag(value: unknown): value is RepoTag {
  const { id, label, type } = (value ?? {}) as Partial<RepoTag>;
  return [id, label, type].every((text) => typeof text === 'string' && text !== '');
}

/**
 * Combines the tags of several hubs. Each tag is listed once, with the label of the first hub that has it.
 *
 * @param only - the type of the tags; all by default
 */
export function mergeTags(hubs: readonly TagsByType[], only?: string): TagsByType {
  const merged = new Map<string, Map<string, RepoTag>>();
  for (const tags of hubs)
    for (const [type, ofType] of Object.entries(tags)) {
      const known = merged.get(type) ?? new Map<string, RepoTag>();
      merged.set(type, known);
      for (const tag of ofType) if (!known.has(tag.id)) known.set(tag.id, tag);
    }
  dropKnownTypes(merged);
  const selected = [...merged].filter(([type, tags]) => tags.size > 0 && (only === undefined || type === only));
  return Object.fromEntries(selected.map(([type, tags]) => [type, [...tags.values()]]));
}

/** A hub whose repositories do not show the type of a tag has it as `other`. */
function dropKnownTypes(merged: Map<string, Map<string, RepoTag>>): void {
  const others = merged.get('other');
  if (!others) return;
  for (const [type, tags] of merged) if (type !== 'other') for (const id of tags.keys()) others.delete(id);
}

/** A tag, and its uses in the cards of repositories. */
export interface TagUse {
  readonly id: string;
  readonly isTask: boolean;
  readonly isLibrary: boolean;
  readonly isLanguage: boolean;
}

const PREFIXED = /^([a-z_]{2,30}):(.+)$/;

/** The tags of this hub by type: the prefix of the tag, or its use in cards. */
export function localTags(uses: readonly TagUse[]): TagsByType {
  const tags: Record<string, RepoTag[]> = {};
  for (const use of uses) {
    const { type, label } = typeOf(use);
    (tags[type] ??= []).push({ id: use.id, label, type });
  }
  return tags;
}

function typeOf({ id, isTask, isLibrary, isLanguage }: TagUse): { readonly type: string; readonly label: string } {
  const [, type, label] = PREFIXED.exec(id) ?? [];
  if (type !== undefined && label !== undefined) return { type, label };
  if (isTask) return { type: 'pipeline_tag', label: id };
  if (isLibrary) return { type: 'library', label: id };
  return { type: isLanguage ? 'language' : 'other', label: id };
}
