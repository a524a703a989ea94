import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { ask, hub, nextPage, type Schemas } from './client';
import type { Role } from './whoami';

export type AccountKind = 'user' | 'organization';

/** One of the hub's own accounts. */
export interface AccountKey {
  readonly kind: AccountKind;
  readonly name: string;
}

export type AccountSettings = Schemas['AccountSettingsDto'];
export type SettingsUpdate = Schemas['ChangeSettingsDto'];

const of = ({ kind, name }: AccountKey): string => `/api/${kind}s/${encodeURIComponent(name)}`;

/** What an account says about itself, for those who may change it. */
export const useSettings = (key: Ref<AccountKey>) =>
  useQuery({
    queryKey: ['settings', key],
    queryFn: async ({ signal }) =>
      (await (await ask(`${of(key.value)}/settings`, { signal })).json()) as AccountSettings,
  });

export async function changeSettings(key: AccountKey, wish: SettingsUpdate): Promise<AccountSettings> {
  const params = { path: { name: key.name } };
  const { data } =
    key.kind === 'user'
      ? await hub.PUT('/api/users/{name}/settings', { params, body: wish })
      : await hub.PUT('/api/organizations/{name}/settings', { params, body: wish });
  return data!;
}

/** Gives an account another picture. */
export const putAvatar = (key: AccountKey, picture: Blob): Promise<Response> =>
  ask(`${of(key)}/avatar`, { method: 'PUT', body: picture, headers: { 'content-type': picture.type } });

export const removeAvatar = (key: AccountKey): Promise<Response> => ask(`${of(key)}/avatar`, { method: 'DELETE' });

/** A member of an organization; of a source's, without what it may do there. */
export interface Member {
  readonly user: string;
  readonly fullname: string;
  readonly avatarUrl: string;
  readonly role?: Role;
}

/** The first members of an organization, and whether there are more. */
export const useMembers = (organization: Ref<string>, enabled?: Ref<boolean>) =>
  useQuery({
    queryKey: ['members', organization],
    queryFn: async ({ signal }) => {
      const answer = await ask(`/api/organizations/${encodeURIComponent(organization.value)}/members`, { signal });
      return { members: (await answer.json()) as Member[], more: nextPage(answer) !== undefined };
    },
    enabled: computed(() => enabled?.value ?? true),
  });

const place = (organization: string, user: string): string =>
  `/api/organizations/${encodeURIComponent(organization)}/members/${encodeURIComponent(user)}`;

/** Takes a user in, or gives a member another role. */
export const setRole = (organization: string, user: string, role: Role): Promise<Response> =>
  ask(place(organization, user), {
    method: 'PUT',
    body: JSON.stringify({ role }),
    headers: { 'content-type': 'application/json' },
  });

/** Takes a member's place away; everybody may do so with one's own. */
export const removeMember = (organization: string, user: string): Promise<Response> =>
  ask(place(organization, user), { method: 'DELETE' });
