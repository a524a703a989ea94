import { watch, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useMe, type Me } from '@/api/session';

/** Redirects anonymous users to the sign-in page, which redirects them back after they have signed in. */
export function useRequireSignIn(): ComputedRef<Me | null | undefined> {
  const me = useMe();
  const route = useRoute();
  const router = useRouter();
  watch(
    me,
    (account) => {
      if (account === null) void router.replace({ path: '/login', query: { next: route.fullPath } });
    },
    { immediate: true },
  );
  return me;
}
