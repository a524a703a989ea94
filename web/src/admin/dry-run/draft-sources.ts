import { newPriorities } from '@domain/new-priorities';
import { ref } from 'vue';
import { onSignOut } from '../admin-session';
import { exportedSource } from '../sources/export-sources';
import type { Source, SourceSetting } from '../sources/source-draft';

/** A source of a draft: with another token than the stored one where `token` is there (null: none). */
export type DraftSource = Source & { readonly token?: string | null };

/** What is tried before it is saved; undefined until somebody wants it. It outlives a look at another page of the portal. */
export const draft = ref<readonly DraftSource[]>();
onSignOut(() => (draft.value = undefined));

const byPriority = (sources: readonly DraftSource[]): DraftSource[] =>
  sources.toSorted((a, b) => a.priority - b.priority);

let made = 0;

/** A setting in place of one of the draft's, or besides them. */
export function putIntoDraft(setting: SourceSetting, before?: DraftSource): void {
  const others = (draft.value ?? []).filter(({ id }) => id !== before?.id);
  const token = setting.token === undefined ? before?.token : setting.token;
  const source: DraftSource = {
    ...{ id: before?.id ?? --made, origin: 'database', created_at: null, updated_at: null },
    ...(setting as Required<SourceSetting>),
    name: setting.name ?? new URL(setting.url).host,
    has_token: token === undefined ? (before?.has_token ?? false) : token !== null,
    token,
  };
  draft.value = byPriority([...others, source]);
}

/** Gives the draft's sources priorities for an order. @returns whether there is room for it beside those of the environment */
export function orderDraft(ids: readonly Source['id'][]): boolean {
  const known = new Map((draft.value ?? []).map((source) => [source.id, source]));
  const order = ids.map((id) => ({ id, fixed: known.get(id)!.origin === 'env' ? known.get(id)!.priority : undefined }));
  const { priorities } = newPriorities(order);
  if (!priorities) return false;
  draft.value = ids.map((id) => ({ ...known.get(id)!, priority: priorities.get(id) ?? known.get(id)!.priority }));
  return true;
}

/** As the API takes it: a token that is not mentioned is the stored one. */
export const draftSetting = ({ token, ...source }: DraftSource): SourceSetting => ({
  ...exportedSource(source),
  ...(token === undefined ? {} : { token }),
});
