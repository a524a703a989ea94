import createClient, { type Middleware } from 'openapi-fetch';
import { computed, ref } from 'vue';
import { BASE_PATH } from '@/api/base-path';
import { fetchApi, fillPath, type Schemas } from '@/api/client';
import { ApiError } from '@/api/api-error';
import type { paths } from '@/api/schema';

const HEADER = 'x-admin-token';
/** In session storage, so that the token is kept for this tab only. */
const STORAGE_KEY = 'admin-token';
/** Any cheap endpoint that requires the token. */
const TOKEN_CHECK_PATH = '/admin/api/fallback-sources/cache/stats';

const token = ref(sessionStorage.getItem(STORAGE_KEY) ?? '');

/** The response that rejected a token that had been accepted before; undefined otherwise. */
export const rejection = ref<ApiError>();
/** Whether the signed-in user is an administrator; the admin token is not needed then. */
const isAdministrator = ref(false);
export const isSignedIn = computed(() => token.value !== '' || isAdministrator.value);
/** Whether the hub has rejected the signed-in user, who was an administrator before. */
export const isAccountRejected = ref(false);
/** Whether the portal is open because of the admin token, which can be deleted. */
export const usesToken = computed(() => token.value !== '');

/** Opens or closes the portal for the signed-in user. */
export function useAccount(account: Schemas['MeDto'] | null | undefined): void {
  isAdministrator.value = account?.administrator === true;
}

/**
 * Signs in if the hub accepts the token.
 *
 * @throws ApiError
 */
export async function signIn(adminToken: string): Promise<void> {
  await fetchApi(TOKEN_CHECK_PATH, { headers: { [HEADER]: adminToken }, cache: 'no-store' });
  sessionStorage.setItem(STORAGE_KEY, adminToken);
  rejection.value = undefined;
  token.value = adminToken;
}

const signOutHandlers = new Set<() => void>();

/** Registers a handler that clears what a page of the portal keeps in memory. */
export const onSignOut = (handler: () => void): unknown => signOutHandlers.add(handler);

/** @param reason the response that rejected the token */
export function signOut(reason?: ApiError): void {
  sessionStorage.removeItem(STORAGE_KEY);
  isAccountRejected.value = reason !== undefined && token.value === '';
  rejection.value = token.value === '' ? undefined : reason;
  token.value = '';
  isAdministrator.value = false;
  for (const handler of signOutHandlers) handler();
}

const authentication: Middleware = {
  onRequest({ request }) {
    if (token.value !== '') request.headers.set(HEADER, token.value);
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const error = await ApiError.of(response);
    if (error.status === 401 || error.status === 403) signOut(error);
    throw error;
  },
  onError: () => ApiError.unreachable(),
};

/** Client of the admin API, typed by openapi.json. Throws error responses as `ApiError` and signs out if the token is rejected. */
export const admin = createClient<paths>({ baseUrl: BASE_PATH, pathSerializer: fillPath });
admin.use(authentication);
