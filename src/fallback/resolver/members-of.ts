import type { AccountListOperation } from '../../domain/operation.js';

/** The first page of the members of an organization. Some sources show with it that the organization exists. */
export const membersOf = (name: string): AccountListOperation => ({
  kind: 'accountList',
  owner: 'organization',
  name,
  list: 'members',
  page: [],
});
