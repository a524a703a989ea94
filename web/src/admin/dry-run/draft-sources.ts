import { newPriorities } from '@domain/new-priorities';
import { SECRET_FIELDS, type SecretField } from '@domain/source';
import { ref } from 'vue';
import { onSignOut } from '../admin-session';
import { exportedSource } from '../sources/export-sources';
import { isStored } from '../sources/credential-draft';
import type { Source, SourceSetting } from '../sources/source-draft';

const NO_CREDENTIALS = { has_token: false, has_basic_auth: false, has_headers: false, has_client_certificate: false };

/** A source of a draft. Credentials are set if they differ from the stored ones; null for none. */
export type DraftSource = Source & Pick<SourceSetting, SecretField>;

/** The draft, sorted by priority; undefined without one. Kept while other pages of the portal are open. */
export const draft = ref<readonly DraftSource[]>();
onSignOut(() => (draft.value = undefined));

/** IDs of new sources are negative, so that they differ from the IDs of stored sources. */
let lastNewId = 0;

/** Adds a source to the draft, or replaces `previous`. */
export function saveToDraft(setting: SourceSetting, previous?: DraftSource): void {
  const others = (draft.value ?? []).filter(({ id }) => id !== previous?.id);
  const changed = SECRET_FIELDS.filter((field) => setting[field] !== undefined);
  const kept = SECRET_FIELDS.filter((field) => setting[field] === undefined);
  const source: DraftSource = {
    ...(setting as Required<SourceSetting>),
    id: previous?.id ?? --lastNewId,
    origin: 'database',
    created_at: null,
    updated_at: null,
    name: setting.name ?? new URL(setting.url).host,
    ...NO_CREDENTIALS,
    ...Object.fromEntries(
      kept.flatMap((field) => [
        [field, previous?.[field]],
        [`has_${field}`, isStored(previous, field)],
      ]),
    ),
    ...Object.fromEntries(changed.map((field) => [`has_${field}`, setting[field] !== null])),
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

/** The request body for a source of the draft. Without credentials, the API uses the stored ones. */
export const draftSetting = (source: DraftSource): SourceSetting => ({
  ...exportedSource(source),
  ...Object.fromEntries(
    SECRET_FIELDS.flatMap((field) => (source[field] === undefined ? [] : [[field, source[field]]])),
  ),
});
