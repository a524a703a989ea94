import createClient, { type Middleware } from 'openapi-fetch';
import { computed, ref } from 'vue';
import { fetchApi, fillPath } from '@/api/client';
import { ApiError } from '@/api/api-error';
import type { paths } from '@/api/schema';

const HEADER = 'x-admin-token';
/** Kept for this tab alone, and gone with it. */
const KEY = 'admin-token';
/** Anything that only an administrator is told. */
const HARMLESS = '/admin/api/fallback-sources/cache/stats';

const token = ref(sessionStorage.getItem(KEY) ?? '');

/** Why the door is shut again; undefined for who has not tried yet, or has signed out. */
export const refusal = ref<ApiError>();
export const isSignedIn = computed(() => token.value !== '');

/** Tries a token, and keeps one that is right. @throws ApiError */
export async function enter(given: string): Promise<void> {
  await fetchApi(HARMLESS, { headers: { [HEADER]: given }, cache: 'no-store' });
  sessionStorage.setItem(KEY, given);
  refusal.value = undefined;
  token.value = given;
}

const leaving = new Set<() => void>();

/** Whatever a page of the portal remembers between visits is forgotten with the token. */
export const onSignOut = (forget: () => void): unknown => leaving.add(forget);

/** Forgets the token. @param why the answer that refused it */
export function leave(why?: ApiError): void {
  sessionStorage.removeItem(KEY);
  refusal.value = why;
  token.value = '';
  for (const forget of leaving) forget();
}

const bearer: Middleware = {
  onRequest({ request }) {
    request.headers.set(HEADER, token.value);
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const fault = await ApiError.of(response);
    if (fault.status === 401 || fault.status === 403) leave(fault);
    throw fault;
  },
  onError: () => ApiError.unreachable(),
};

/** The admin API, typed by openapi.json. Every answer that is an error is thrown as a `ApiError`; a refused token is forgotten. */
export const admin = createClient<paths>({ pathSerializer: fillPath });
admin.use(bearer);
