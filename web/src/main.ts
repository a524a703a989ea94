import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import { ApiError } from './api/api-error';
import App from './app.vue';
import { router } from './router';
import './styles.css';

const STALE_AFTER_MS = 30_000;

const RETRY_AFTER_MS = 10_000;

/** Retries after network failures and 5xx responses. A 4xx response would be the same again. */
const retryInterval = (error: Error | null): number | false =>
  error && !(error instanceof ApiError && error.status > 0 && error.status < 500) ? RETRY_AFTER_MS : false;

/** Errors are shown at once, and the request is repeated in the background. */
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_AFTER_MS,
      retry: false,
      refetchInterval: ({ state }) => retryInterval(state.error),
      refetchOnWindowFocus: false,
    },
  },
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
