import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import { ApiError } from './api/api-error';
import App from './app.vue';
import { router } from './router';
import './styles.css';

const MINUTE = 60_000;

/** What the hub has decided stays so when asked again at once; what was in the way of deciding may have passed. */
const worthRetrying = (tries: number, error: Error): boolean =>
  tries < 2 && !(error instanceof ApiError && error.status < 500);

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: MINUTE / 2, retry: worthRetrying, refetchOnWindowFocus: false } },
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app');
