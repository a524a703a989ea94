import { newPriorities } from '@domain/new-priorities';
import { ref } from 'vue';
import { onSignOut } from '../admin-session';
import { exportedSource } from '../sources/export-sources';
import type { Source, SourceSetting } from '../sources/source-draft';

/** A source of a draft. `token` is set if it differs from the stored token; null for none. */
export type DraftSource = Source & { readonly token?: string | null };

/** The draft, sorted by priority; undefined without one. Kept while other pages of the portal are open. */
export const draft = ref<readonly DraftSource[]>();
onSignOut(() => (draft.value = undefined));

/** IDs of new sources are negative, so that they differ from the IDs of stored sources. */
let lastNewId = 0;

/** Adds a source to the draft, or replaces `previous`. */
export function saveToDraft(setting: SourceSetting, previous?: DraftSource): void {
  const others = (draft.value ?? []).filter(({ id }) => id !== previous?.id);
  const token = setting.token === undefined ? previous?.token : setting.token;
  const source: DraftSource = {
    ...(setting as Required<SourceSetting>),
    id: previous?.id ?? --lastNewId,
    origin: 'database',
    created_at: null,
    updated_at: null,
    name: setting.name ?? new URL(setting.url).host,
    has_token: token === undefined ? (previous?.has_token ?? false) : token !== null,
    token,
  };
  draft.value = [...others, source].toSorted((a, b) => a.priority - b.priority);
}

/**
 * Reorders the draft by giving its sources new priorities.
 *
 * @returns false if the fixed priorities of sources from the environment do not allow this order
 */
export function orderDraft(ids: readonly Source['id'][]): boolean {
  const sourceById = new Map((draft.value ?? []).map((source) => [source.id, source]));
  const ordered = ids.map((id) => sourceById.get(id)!);
  const { priorities } = newPriorities(
    ordered.map(({ id, origin, priority }) => ({ id, fixed: origin === 'env' ? priority : undefined })),
  );
  if (!priorities) return false;
  draft.value = ordered.map((source) => ({ ...source, priority: priorities.get(source.id) ?? source.priority }));
  return true;
}

/** The request body for a source of the draft. Without a token, the API uses the stored one. */
export const draftSetting = ({ token, ...source }: DraftSource): SourceSetting => ({
  ...exportedSource(source),
  ...(token === undefined ? {} : { token }),
});
