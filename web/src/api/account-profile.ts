import { useQuery } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { hub, type Schemas } from './client';
import { ApiError } from './api-error';

/** A user or an organization, this hub's or a source's, as its page shows it. */
export interface AccountProfile {
  readonly kind: 'user' | 'organization';
  readonly profile: Schemas['PersonDto'];
  /** The organizations that a user is in. */
  readonly organizations: readonly Schemas['OrganizationOfDto'][];
  /** How many of each type it has, as far as that is told. */
  readonly counts: { readonly model?: number; readonly dataset?: number; readonly space?: number };
  /** Of an organization, where it is told. */
  readonly members: number | undefined;
}

/** What is absent is null; anything else that goes wrong is thrown. */
async function nullIfNotFound<T>(answer: Promise<{ data?: T }>): Promise<T | null> {
  try {
    return (await answer).data ?? null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

const countsOf = ({
  numModels: model,
  numDatasets: dataset,
  numSpaces: space,
}: Partial<Schemas['UserOverviewDto']>) => ({
  ...{ model, dataset, space },
});

async function load(name: string): Promise<AccountProfile | null> {
  const params = { path: { name } };
  const found = await nullIfNotFound(hub.GET('/api/users/{name}/type', { params }));
  if (!found) return null;
  if (found.type === 'org') {
    const [profile, overview] = await Promise.all([
      hub.GET('/api/organizations/{name}/profile', { params }),
      nullIfNotFound(hub.GET('/api/organizations/{name}/overview', { params })),
    ]);
    const members = profile.data!.member_count ?? undefined;
    return {
      kind: 'organization',
      profile: profile.data!,
      organizations: [],
      members,
      counts: countsOf(overview ?? {}),
    };
  }
  const [profile, overview] = await Promise.all([
    hub.GET('/api/users/{name}/profile', { params }),
    nullIfNotFound(hub.GET('/api/users/{name}/overview', { params })),
  ]);
  const organizations = overview?.orgs ?? [];
  return { kind: 'user', profile: profile.data!, organizations, members: undefined, counts: countsOf(overview ?? {}) };
}

/** Who bears a name; null for nobody. */
export const useAccountProfile = (name: Ref<string>) =>
  useQuery({ queryKey: ['account', name], queryFn: () => load(name.value) });
