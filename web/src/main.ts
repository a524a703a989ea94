import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import { ApiError } from './api/api-error';
import App from './app.vue';
import { router } from './router';
import './styles.css';

const STALE_AFTER_MS = 30_000;

/** Retries network failures and 5xx responses. A 4xx response would be the same again. */
const shouldRetry = (failureCount: number, error: Error): boolean =>
  failureCount < 2 && !(error instanceof ApiError && error.status < 500);

const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: STALE_AFTER_MS, retry: shouldRetry, refetchOnWindowFocus: false } },
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
