import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, hub, nextPage, type Schemas } from './client';
import type { Role } from './whoami';

export type AccountKind = 'user' | 'organization';

/** Identifies a local account. */
export interface AccountKey {
  readonly kind: AccountKind;
  readonly name: string;
}

export type AccountSettings = Schemas['AccountSettingsDto'];
export type SettingsUpdate = Schemas['ChangeSettingsDto'];

const accountUrl = ({ kind, name }: AccountKey): string => `/api/${kind}s/${encodeURIComponent(name)}`;

/** The settings of an account; only its owner and the admins of an organization can read them. */
export const useSettings = (key: Ref<AccountKey>) =>
  useQuery({
    queryKey: ['settings', key],
    queryFn: async ({ signal }) =>
      (await (await fetchApi(`${accountUrl(key.value)}/settings`, { signal })).json()) as AccountSettings,
  });

export async function changeSettings(key: AccountKey, update: SettingsUpdate): Promise<AccountSettings> {
  const params = { path: { name: key.name } };
  const { data } =
    key.kind === 'user'
      ? await hub.PUT('/api/users/{name}/settings', { params, body: update })
      : await hub.PUT('/api/organizations/{name}/settings', { params, body: update });
  return data!;
}

export const putAvatar = (key: AccountKey, image: Blob): Promise<Response> =>
  fetchApi(`${accountUrl(key)}/avatar`, { method: 'PUT', body: image, headers: { 'content-type': image.type } });

export const removeAvatar = (key: AccountKey): Promise<Response> =>
  fetchApi(`${accountUrl(key)}/avatar`, { method: 'DELETE' });

/** Fields that mark an account as one of a source. */
export type ExternalMarks = Pick<Schemas['ListedUserDto'], '_source' | '_source_url' | '_profile_url'>;

/**
 * The marks of the owner of an external repository: a local account may have the same name.
 * @param source - name and URL of the source; undefined for a local repository
 */
export function useOwnerMarks(owner: Ref<string>, source: Ref<Required<SourceLabel> | undefined>): Ref<ExternalMarks> {
  const { data } = useQuery({
    queryKey: ['account-type', owner],
    queryFn: async ({ signal }) =>
      (await hub.GET('/api/users/{name}/type', { params: { path: { name: owner.value } }, signal })).data!,
    enabled: computed(() => source.value !== undefined && owner.value !== ''),
    retry: false,
  });
  return computed(() => {
    if (!source.value || !data.value || data.value._source === source.value._source) return {};
    const { _source_url: url } = source.value;
    return { ...source.value, _profile_url: `${url}/${encodeURIComponent(owner.value)}` };
  });
}

type SourceLabel = Pick<ExternalMarks, '_source' | '_source_url'>;

/** A member of an organization. External organizations do not report roles. */
export interface Member extends ExternalMarks {
  readonly user: string;
  readonly fullname: string;
  readonly avatarUrl: string;
  readonly role?: Role;
  readonly isServiceAccount?: boolean;
}

/** The first page of an organization's members. */
export const useMembers = (organization: Ref<string>, enabled?: Ref<boolean>) =>
  useQuery({
    queryKey: ['members', organization],
    queryFn: async ({ signal }) => {
      const response = await fetchApi(`/api/organizations/${encodeURIComponent(organization.value)}/members`, {
        signal,
      });
      return { members: (await response.json()) as Member[], hasMore: nextPage(response) !== undefined };
    },
    enabled: computed(() => enabled?.value ?? true),
  });

const memberUrl = (organization: string, user: string): string =>
  `/api/organizations/${encodeURIComponent(organization)}/members/${encodeURIComponent(user)}`;

/** Adds a member, or changes a member's role. */
export const setRole = (organization: string, user: string, role: Role): Promise<Response> =>
  fetchApi(memberUrl(organization, user), {
    method: 'PUT',
    body: JSON.stringify({ role }),
    headers: { 'content-type': 'application/json' },
  });

/** Removes a member. Members can remove themselves. */
export const removeMember = (organization: string, user: string): Promise<Response> =>
  fetchApi(memberUrl(organization, user), { method: 'DELETE' });
