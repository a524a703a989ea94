import {
  Archive,
  Boxes,
  ChartColumn,
  CloudDownload,
  Gauge,
  Layers,
  Route,
  ScrollText,
  ServerCog,
  UsersRound,
} from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';

/** A page of the admin portal. */
export interface AdminPage {
  /** Path below `/admin`; empty for the first page. */
  readonly path: string;
  readonly title: string;
  readonly icon: Component;
  readonly component: Component;
}

export const ADMIN_PAGES: readonly AdminPage[] = [
  {
    path: '',
    title: 'Overview',
    icon: Gauge,
    component: defineAsyncComponent(() => import('./overview/overview-page.vue')),
  },
  {
    path: 'fallback-sources',
    title: 'Fallback sources',
    icon: ServerCog,
    component: defineAsyncComponent(() => import('./sources/sources-page.vue')),
  },
  {
    path: 'cache',
    title: 'Cache',
    icon: Layers,
    component: defineAsyncComponent(() => import('./cache/cache-page.vue')),
  },
  {
    path: 'content-cache',
    title: 'Cached files',
    icon: Archive,
    component: defineAsyncComponent(() => import('./content-cache/content-cache-page.vue')),
  },
  {
    path: 'prefetch',
    title: 'Prefetch',
    icon: CloudDownload,
    component: defineAsyncComponent(() => import('./prefetch/prefetch-page.vue')),
  },
  {
    path: 'chain-tester',
    title: 'Dry run',
    icon: Route,
    component: defineAsyncComponent(() => import('./dry-run/dry-run-page.vue')),
  },
  {
    path: 'accounts',
    title: 'Accounts',
    icon: UsersRound,
    component: defineAsyncComponent(() => import('./accounts/accounts-page.vue')),
  },
  {
    path: 'repositories',
    title: 'Repositories',
    icon: Boxes,
    component: defineAsyncComponent(() => import('./repositories/repositories-page.vue')),
  },
  {
    path: 'usage',
    title: 'Usage',
    icon: ChartColumn,
    component: defineAsyncComponent(() => import('./usage/usage-page.vue')),
  },
  {
    path: 'audit-log',
    title: 'Audit log',
    icon: ScrollText,
    component: defineAsyncComponent(() => import('./audit/audit-page.vue')),
  },
];
