import { useQuery } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { hub, staleSince, type Schemas } from './client';
import { ApiError } from './api-error';

/** A local or external user or organization, with everything that its page shows. */
export interface AccountProfile {
  readonly kind: 'user' | 'organization';
  readonly profile: Schemas['PersonDto'];
  /** Memberships of a user. */
  readonly organizations: readonly Schemas['OrganizationOfDto'][];
  /** Number of repositories by type; missing if the source does not report it. */
  readonly counts: { readonly model?: number; readonly dataset?: number; readonly space?: number };
  /** Number of members of an organization, if known. */
  readonly members: number | undefined;
  /** When the source sent the profile, if it does not respond now. */
  readonly staleSince: string | undefined;
}

async function nullIfNotFound<T>(response: Promise<{ data?: T }>): Promise<T | null> {
  try {
    return (await response).data ?? null;
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
  model,
  dataset,
  space,
});

async function fetchProfile(name: string): Promise<AccountProfile | null> {
  const params = { path: { name } };
  const account = await nullIfNotFound(hub.GET('/api/users/{name}/type', { params }));
  if (!account) return null;
  if (account.type === 'org') {
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
      staleSince: staleSince(profile.response),
      counts: countsOf(overview ?? {}),
    };
  }
  const [profile, overview] = await Promise.all([
    hub.GET('/api/users/{name}/profile', { params }),
    nullIfNotFound(hub.GET('/api/users/{name}/overview', { params })),
  ]);
  const organizations = overview?.orgs ?? [];
  return {
    kind: 'user',
    profile: profile.data!,
    organizations,
    members: undefined,
    staleSince: staleSince(profile.response),
    counts: countsOf(overview ?? {}),
  };
}

/** The account with the given name; `null` if no account has it. */
export const useAccountProfile = (name: Ref<string>) =>
  useQuery({ queryKey: ['account', name], queryFn: () => fetchProfile(name.value) });
